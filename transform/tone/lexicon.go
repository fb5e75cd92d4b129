package tone

// The lexicons: words/<language>.txt are our own, words that praise or blame by what
// they speak of (a concept: to win, to punish, ...), one concept a line, those with a
// star standing for all words that begin so; words/afinn-<language>.txt are lists of
// words by score, made from AFINN (words/NOTICE).

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed words/*.txt
var wordFiles embed.FS

// concepts a word can speak of, the good ones first.
var concepts = []string{
	"+win", "+grow", "+praise", "+help", "+good", "+joy", "+right",
	"-lose", "-fall", "-blame", "-crime", "-punish", "-harm", "-bad", "-lie", "-fear", "-anger",
}

// conceptScore is how good or bad a word of a concept is on AFINN's scale.
const conceptScore = 2

// entry is what a word says.
type entry struct {
	concept byte // 'a' the first of concepts; 0: only a score is known
	score   int8 // -5 to 5; 0: nothing
}

// lexicon is the words of a language that praise or blame. The zero value is empty.
type lexicon struct {
	exact    map[string]entry
	prefixes map[string]entry
	shortest int      // of prefixes, in bytes
	longest  int      // of prefixes, in bytes
	clitics  []string // what may be written before a word
	pieces   int      // characters of the longest word of a script without spaces
}

// readLexicon reads our words of a language and AFINN's, if it has the language; a word
// that both have keeps our concept and AFINN's score.
func readLexicon(language string) (*lexicon, error) {
	l := &lexicon{exact: map[string]entry{}, prefixes: map[string]entry{}}
	if err := l.read(language+".txt", concepts); err != nil {
		return nil, err
	}
	if language == "ar" {
		l.clitics = []string{"وال", "بال", "لل", "ال", "و", "ب", "ف", "ل"}
	}
	scored := &lexicon{exact: map[string]entry{}, prefixes: map[string]entry{}}
	if err := scored.read("afinn-"+language+".txt", nil); errors.Is(err, fs.ErrNotExist) {
		return l, nil
	} else if err != nil {
		return nil, err
	}
	for word, e := range scored.exact {
		e.concept = l.find(word).concept
		scored.exact[word] = e
	}
	for word, e := range l.exact {
		if _, isScored := scored.exact[word]; !isScored {
			scored.exact[word] = e
		}
	}
	l.exact = scored.exact
	return l, nil
}

// read adds a file; without names of lines they are scores.
func (l *lexicon) read(name string, names []string) error {
	text, err := wordFiles.ReadFile("words/" + name)
	if err != nil {
		return err
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		head, words, _ := strings.Cut(strings.TrimSpace(line), " ")
		e := entry{score: conceptScore}
		if at := slices.Index(names, head); at >= 0 {
			e.concept = byte('a' + at)
			if head[0] == '-' {
				e.score = -conceptScore
			}
		} else if score, err := strconv.ParseInt(head, 10, 8); names == nil && err == nil {
			e.score = int8(score)
		} else {
			return fmt.Errorf("words/%s line %d: no concept or score %q", name, number, head)
		}
		for _, word := range strings.Fields(words) {
			if err := l.add(word, e); err != nil {
				return fmt.Errorf("words/%s line %d: %w", name, number, err)
			}
		}
	}
	return nil
}

func (l *lexicon) add(word string, e entry) error {
	start, isPrefix := strings.CutSuffix(word, "*")
	to := l.exact
	if isPrefix {
		to = l.prefixes
		l.longest = max(l.longest, len(start))
		if l.shortest == 0 || len(start) < l.shortest {
			l.shortest = len(start)
		}
	}
	if _, isTwice := to[start]; isTwice || start == "" || start != normal(start) {
		return fmt.Errorf("%q is there twice or not as words are compared", word)
	}
	to[start] = e
	if first, _ := utf8.DecodeRuneInString(start); isUnspaced(first) {
		l.pieces = max(l.pieces, utf8.RuneCountInString(start))
	}
	return nil
}

// find tells what a word says: by itself, by how it begins, by what follows a clitic.
func (l *lexicon) find(word string) entry {
	if l.exact == nil {
		return entry{}
	}
	if e, ok := l.exact[word]; ok {
		return e
	}
	for n := min(len(word), l.longest); n >= l.shortest && n > 0; n-- {
		if e, ok := l.prefixes[word[:n]]; ok {
			return e
		}
	}
	for _, c := range l.clitics {
		if rest, has := strings.CutPrefix(word, c); has && utf8.RuneCountInString(rest) > 2 {
			bare := lexicon{exact: l.exact, prefixes: l.prefixes, shortest: l.shortest, longest: l.longest}
			return bare.find(rest)
		}
	}
	return entry{}
}

// longestAt is the length of the longest word of the lexicon that a text without
// spaces begins with, or of its first character.
func (l *lexicon) longestAt(text string) int {
	longest, count := 0, 0
	for i, r := range text {
		if count > 0 {
			if _, ok := l.exact[text[:i]]; ok {
				longest = i
			}
		}
		if count >= l.pieces || !isUnspaced(r) {
			break
		}
		count++
		if end := i + utf8.RuneLen(r); end == len(text) {
			if _, ok := l.exact[text]; ok {
				longest = end
			}
		}
	}
	if longest == 0 {
		_, longest = utf8.DecodeRuneInString(text)
	}
	return longest
}
