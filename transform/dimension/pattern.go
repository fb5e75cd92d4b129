package dimension

import (
	"fmt"
	"strconv"
	"strings"
)

// A pattern is words in their order:
//
//	build*|construct* ..4 @plant
//
// A word stands for itself; a star stands for any letters where it is written
// (fabri*, *werk, *fabrik*); bars part alternatives; an underline joins words that
// follow each other; @plant is a list of the file; # is a number, CAP a word with a
// capital that is not the first of the sentence; NAME is the company. Parts follow each other directly, or with up to n words between them
// (..n; .. alone is ..4, in scripts without spaces ..10). A ~n B is A ..n B or
// B ..n A. A gap does not lead into another clause. A line may hold several
// patterns, parted by " / ".
type pattern []step

// step is one part of a pattern: any of the alternatives, after at most gap words.
type step struct {
	gap  int
	alts [][]int32 // each a run of atoms, one a word
}

// Atoms that are no words.
const (
	atomName int32 = iota
	atomNumber
	atomCapital
	atomsReserved
)

// atom is one word as a pattern writes it, folded.
type atom struct {
	text     string
	isSuffix bool // begins with a star
	isPrefix bool // ends in one
}

// vocabulary numbers the atoms of a language.
type vocabulary struct {
	number map[atom]int32
	same   map[rune]rune
}

func newVocabulary() *vocabulary {
	return &vocabulary{number: map[atom]int32{}, same: map[rune]rune{}}
}

func (v *vocabulary) atom(a atom) int32 {
	n, ok := v.number[a]
	if !ok {
		n = atomsReserved + int32(len(v.number))
		v.number[a] = n
	}
	return n
}

const (
	gapDefault     = 4
	gapIdeographic = 10
	maxGap         = 30
)

// parsePattern reads a pattern; A ~n B gives two.
func (v *vocabulary) parsePattern(text string, lists map[string][][]int32) ([]pattern, error) {
	var out pattern
	gap, either, isOpen := 0, -1, true // isOpen: a part must follow
	for _, field := range strings.Fields(text) {
		if n, ok := strings.CutPrefix(field, ".."); ok || strings.HasPrefix(field, "~") {
			if isOpen {
				return nil, fmt.Errorf("%q stands where words must stand", field)
			}
			isOpen = true
			if !ok {
				if either >= 0 || len(out) > 1 {
					return nil, fmt.Errorf("~ joins two parts and no more")
				}
				n, either = field[1:], 0
			}
			var err error
			if gap, err = parseGap(n, text); err != nil {
				return nil, err
			}
			if !ok {
				either = gap
			}
			continue
		}
		if either >= 0 && len(out) == 2 {
			return nil, fmt.Errorf("~ joins two parts and no more")
		}
		alts, err := v.parseAlternatives(field, lists)
		if err != nil {
			return nil, err
		}
		out = append(out, step{gap: gap, alts: alts})
		gap, isOpen = 0, false
	}
	switch {
	case len(out) == 0:
		return nil, fmt.Errorf("the pattern is empty")
	case isOpen:
		return nil, fmt.Errorf("nothing follows the gap at the end")
	case either >= 0:
		return []pattern{out, {{alts: out[1].alts}, {gap: either, alts: out[0].alts}}}, nil
	}
	return []pattern{out}, nil
}

func parseGap(n, text string) (int, error) {
	if n == "" {
		if strings.ContainsFunc(text, isIdeographic) {
			return gapIdeographic, nil
		}
		return gapDefault, nil
	}
	gap, err := strconv.Atoi(n)
	if err != nil || gap < 1 || gap > maxGap {
		return 0, fmt.Errorf("%q is no gap: write a number from 1 to %d", n, maxGap)
	}
	return gap, nil
}

// parseAlternatives reads one part: words parted by bars.
func (v *vocabulary) parseAlternatives(field string, lists map[string][][]int32) ([][]int32, error) {
	var alts [][]int32
	for alt := range strings.SplitSeq(field, "|") {
		if name, ok := strings.CutPrefix(alt, "@"); ok {
			list, ok := lists[name]
			if !ok {
				return nil, fmt.Errorf("there is no list %q above", name)
			}
			alts = append(alts, list...)
			continue
		}
		run, err := v.parseRun(alt)
		if err != nil {
			return nil, err
		}
		alts = append(alts, run)
	}
	return alts, nil
}

// parseRun reads words joined by underlines.
func (v *vocabulary) parseRun(alt string) ([]int32, error) {
	var run []int32
	for word := range strings.SplitSeq(alt, "_") {
		switch word {
		case "NAME":
			run = append(run, atomName)
			continue
		case "CAP":
			run = append(run, atomCapital)
			continue
		case "#":
			run = append(run, atomNumber)
			continue
		}
		atoms, err := v.parseWord(word)
		if err != nil {
			return nil, err
		}
		run = append(run, atoms...)
	}
	return run, nil
}

// parseWord reads one word, which the script may part into several.
func (v *vocabulary) parseWord(word string) ([]int32, error) {
	text, isPrefix := strings.CutSuffix(word, "*")
	text, isSuffix := strings.CutPrefix(text, "*")
	if strings.ContainsAny(text, "*@~#") {
		return nil, fmt.Errorf("%q has a sign inside that may stand at an end only", word)
	}
	var t tokens
	t.read(text, nameSpan{}, v.same)
	if len(t.list) == 0 {
		return nil, fmt.Errorf("%q holds no word", word)
	}
	var run []int32
	for i := range t.list {
		a := atom{text: string(t.word(i)), isSuffix: isSuffix && i == 0, isPrefix: isPrefix && i == len(t.list)-1}
		run = append(run, v.atom(a))
	}
	return run, nil
}
