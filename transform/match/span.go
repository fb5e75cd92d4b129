package match

// The span rule: is this string here a name of its own, or part of another
// name? It reads the original text, since capitals decide. Its answer has three
// values, because in German, where nouns have capitals, and in a headline where
// every word has one, the capital of a neighbour says nothing.

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type verdict uint8

const (
	fails  verdict = iota // part of another name
	unsure                // nothing speaks against it, too little for it
	passes
)

// place is one occurrence of a name in its sentence.
type place struct {
	text     string
	sentence span
	name     span
	language string
}

// judge applies the span rule to entry e.
func (p place) judge(e *entry) verdict {
	first, _ := utf8.DecodeRuneInString(p.text[p.name.start:])
	if !unicode.IsUpper(first) && !unicode.IsLower(first) {
		return passes // a script without capitals
	}
	if e.isName && unicode.IsLower(first) || p.isGlued(e.isShort) {
		return fails
	}
	left, leftStart := p.wordBefore(p.name.start)
	if e.isShort && (isNumber(left) || magnitudes[strings.TrimSuffix(strings.ToLower(left), ".")]) {
		return fails // 20 MG, 60 million BOE
	}
	if p.isCompound() {
		return passes // der Nio-Chef: what stands before belongs to the whole word
	}
	result := min(p.judgeLeft(left, leftStart), p.judgeRight(e.class))
	if unicode.IsLower(first) || p.isInflected() || p.isCapitalBorrowed() {
		result = min(result, unsure)
	}
	return result
}

// isInflected says whether an ending is written straight onto the name: it may
// be another word altogether (Shella, Smarty).
func (p place) isInflected() bool {
	next, _ := utf8.DecodeRuneInString(p.text[p.name.end:])
	return kindOf(next) == kindLetter
}

// isCapitalBorrowed says whether the name has its only capital from standing
// first in its sentence, where any word has one: Honor is due, Poco dopo.
func (p place) isCapitalBorrowed() bool {
	name := p.text[p.name.start:p.name.end]
	_, size := utf8.DecodeRuneInString(name)
	return p.startsSentence(p.name.start) && !strings.ContainsFunc(name[size:], func(r rune) bool { return unicode.IsUpper(r) || unicode.IsDigit(r) })
}

// isGlued recognises names inside addresses, handles, longer hyphenated names
// and, for short ones, numbered roads and standards (MG-167).
func (p place) isGlued(isShort bool) bool {
	before, size := utf8.DecodeLastRuneInString(p.text[:p.name.start])
	rest := p.text[p.name.end:]
	after, afterSize := utf8.DecodeRuneInString(rest)
	beyond, _ := utf8.DecodeRuneInString(rest[min(afterSize, len(rest)):])
	prefix := strings.ToLower(lastLetters(p.text[:max(p.name.start-size, 0)]))
	switch before {
	case '@':
		return true
	case '.', '_':
		return prefix != ""
	case '/':
		return strings.ContainsAny(lastToken(p.text[:p.name.start]), ":.")
	case '-', '‐', '‑':
		if prefix != "" && !hyphenPrefixes[prefix] {
			return true
		}
	case '\'', '’':
		if prefix != "" && !elisions[prefix] {
			return true
		}
	case '&':
		return true
	}
	switch after {
	case '.', '@', '&':
		return unicode.IsLetter(beyond)
	case '-', '‐', '‑':
		return unicode.IsUpper(beyond) && solidCompounds[p.language] || unicode.IsDigit(beyond) && isShort
	}
	return false
}

// isCompound says whether the name begins a word such as Nio-Aktie, in a
// language that makes words so.
func (p place) isCompound() bool {
	rest := p.text[p.name.end:]
	first, _ := utf8.DecodeRuneInString(strings.TrimPrefix(rest, "-"))
	return strings.HasPrefix(rest, "-") && unicode.IsLetter(first) && hyphenCompounds[p.language]
}

// hyphenCompounds are languages that join a name and a noun by a hyphen.
var hyphenCompounds = words("de nl sv da no nb nn fi hu af lb et")

// solidCompounds are languages in which a capital after a hyphen makes a longer
// name; elsewhere (Nio-Chef, Nio-Aktie) it is an ordinary compound.
var solidCompounds = words("en fr es pt it ro ca")

// isInAddress says whether the text before a name is the beginning of a web address.
func isInAddress(before string) bool {
	token := lastToken(before)
	return strings.Contains(token, "://") || strings.HasPrefix(token, "www.")
}

func (p place) judgeLeft(word string, start int) verdict {
	lower := strings.TrimSuffix(strings.ToLower(word), ".")
	switch {
	case word == "":
		return passes
	case word == "&" || personTitles[lower] && (isCapital(word) || strings.HasSuffix(word, ".")):
		return fails
	case particles[lower]:
		return p.judgeParticle(start)
	case !isCapital(word) || plainNeighbours[lower] || isPossessive(word):
		return passes
	case utf8.RuneCountInString(word) == 1 && oneLetterWords[lower]:
		return passes
	case utf8.RuneCountInString(lower) == 1:
		return fails // an initial
	case p.startsSentence(start) || capitalNouns[p.language] || p.isShouting():
		return unsure // Rival Honor, or Kirby Smart: the capital may be the sentence's
	}
	return fails
}

// judgeParticle decides names after of, de, von: a capital before it makes one
// name of the three words; sales of Nio are possible, but prove nothing.
func (p place) judgeParticle(start int) verdict {
	word, wordStart := p.wordBefore(start)
	if !isCapital(word) || p.startsSentence(wordStart) || capitalNouns[p.language] || p.isShouting() {
		return unsure
	}
	return fails
}

func (p place) judgeRight(class byte) verdict {
	word, end := p.wordAfter(p.name.end)
	lower := strings.ToLower(word)
	switch {
	case word == "":
		return passes
	case particles[lower]:
		next, _ := p.wordAfter(end)
		switch {
		case !isCapital(next) || capitalNouns[p.language] && lower != "von" && lower != "of":
			return passes
		case lower == "of":
			return fails // Honor of Kings
		}
		return unsure
	case !isCapital(word) || designators[lower] || designators[strings.TrimSuffix(lower, ".")] || plainNeighbours[lower] || hasDigit(word):
		return passes
	case capitalNouns[p.language] || p.isShouting() || p.isAcronym() && !isAllCapitals(word):
		return unsure // ICBC Argentina is the bank, ABC News is not
	case class == 'B':
		return unsure // Midea PortaSplit; but Midea Smith
	}
	return fails
}

// isAcronym says whether the name is three capitals or more.
func (p place) isAcronym() bool {
	name := p.text[p.name.start:p.name.end]
	return utf8.RuneCountInString(name) >= 3 && isAllCapitals(name)
}

func isAllCapitals(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsUpper(r) })
}

// capitalNouns are languages that write every noun with a capital.
var capitalNouns = words("de lb nds")

// startsSentence says whether nothing but quotes and brackets stands between
// the start of the sentence and byte at: its capital is then the sentence's.
func (p place) startsSentence(at int) bool {
	if at <= p.sentence.start {
		return true
	}
	before := strings.TrimRightFunc(p.text[p.sentence.start:at], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ':' })
	return before == "" || strings.HasSuffix(before, ":")
}

// isShouting says whether the sentence writes most long words with a capital,
// as headlines do in English.
func (p place) isShouting() bool {
	capital, count := 0, 0
	for _, part := range []span{{p.sentence.start, p.name.start}, {p.name.end, p.sentence.end}} {
		if part.start >= part.end {
			continue
		}
		for word := range strings.FieldsSeq(p.text[part.start:part.end]) {
			word = strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
			if utf8.RuneCountInString(word) < 4 {
				continue
			}
			count++
			if isCapital(word) {
				capital++
			}
		}
	}
	return count >= 2 && capital*10 >= count*6
}

// wordBefore returns the word right before byte at, parted from it by spaces
// alone and in the same sentence; empty if there is none.
func (p place) wordBefore(at int) (string, int) {
	before := p.text[min(p.sentence.start, at):at]
	trimmed := strings.TrimRight(before, " \u00A0\u202F")
	if len(trimmed) == len(before) {
		return "", at
	}
	start := strings.LastIndexFunc(trimmed, func(r rune) bool { return !isWordRune(r) })
	if start >= 0 {
		_, size := utf8.DecodeRuneInString(trimmed[start:])
		start += size
	} else {
		start = 0
	}
	return strings.TrimLeft(trimmed[start:], ".-'’"), min(p.sentence.start, at) + start
}

// wordAfter is wordBefore in the other direction; it returns where the word ends.
func (p place) wordAfter(at int) (string, int) {
	after := p.text[at:max(p.sentence.end, at)]
	trimmed := strings.TrimLeft(after, " \u00A0\u202F")
	if len(trimmed) == len(after) {
		return "", at
	}
	end := strings.IndexFunc(trimmed, func(r rune) bool { return !isWordRune(r) })
	if end < 0 {
		end = len(trimmed)
	}
	return strings.TrimRight(trimmed[:end], ".-'’"), at + len(after) - len(trimmed) + end
}

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || strings.ContainsRune(".'’-&", r)
}

func isCapital(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}

func isPossessive(word string) bool {
	return strings.HasSuffix(word, "'s") || strings.HasSuffix(word, "’s")
}

func hasDigit(word string) bool { return strings.ContainsFunc(word, unicode.IsDigit) }

func isNumber(word string) bool {
	return word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) && r != '.' && r != '-' })
}

// lastLetters returns the letters that end s, of the last 32 bytes at most.
func lastLetters(s string) string {
	start := len(s)
	for start > 0 && len(s)-start < 32 {
		r, size := utf8.DecodeLastRuneInString(s[:start])
		if !unicode.IsLetter(r) {
			break
		}
		start -= size
	}
	return s[start:]
}

// lastToken returns what stands after the last space, of the last 200 bytes at most.
func lastToken(s string) string {
	from := max(0, len(s)-200)
	return s[from+strings.LastIndexAny(s[from:], " \n\t")+1:]
}
