package story

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A name is a capitalised word inside a sentence; in German, which capitalises
// all nouns, only one with a neighbour of its kind. It is written as its first
// six consonants, those that languages confuse taken together (l and r, m and n,
// v and f, k and g and h, all hissing ones), so that Wolfsburg, Вольфсбурге and
// ヴォルフスブルク are one; initials (BYD) are written as they are. What gives fewer than three
// consonants says too little.

const (
	minConsonants = 3
	maxConsonants = 6
)

// factReader walks through a text.
type factReader struct {
	isGerman       bool
	numbers, names []int32
	buffer         [64]byte

	before struct { // the word before
		word          string
		end           int
		isStart       bool // it begins a sentence
		isCapitalised bool
	}
}

func (f *factReader) read(text string, isBody bool) {
	f.before.word, f.before.end, f.before.isCapitalised = "", -1, false
	isStart, isMoney := true, false
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case digitValue(r) >= 0:
			at += f.readNumber(text[at:], isMoney)
			isStart, isMoney = false, false
			continue
		case isKatakana(r):
			word := leadingRun(text[at:], isKatakana)
			f.addName(word, false)
			at += len(word)
			isStart = false
			continue
		case unicode.IsLetter(r):
			word := nameWord(text[at:])
			if isBody && !standsAlone(r) {
				f.readWord(text, at, word, isStart)
			}
			at += len(word)
			isStart, isMoney = false, currencies[word]
			if !standsAlone(r) && !isMoney { // digits right behind belong to the word: A320, Covid-19
				if strings.HasPrefix(text[at:], "-") && startsWithDigit(text[at+1:]) {
					at++
				}
				at += lengthOfDigits(text[at:])
			}
			continue
		case strings.ContainsRune("$€£¥₩₹￥", r):
			isMoney = true
		case endsSentence(r):
			isStart, isMoney = true, false
		case r != ' ':
			isMoney = false
		}
		at += size
	}
	f.settle(false)
}

// lengthOfDigits is the length of the digits a text begins with, those behind a
// dot or a comma as well.
func lengthOfDigits(text string) int {
	size := len(leadingRun(text, func(r rune) bool { return digitValue(r) >= 0 }))
	if size > 0 && size+1 < len(text) && (text[size] == '.' || text[size] == ',') && startsWithDigit(text[size+1:]) {
		return size + 1 + lengthOfDigits(text[size+1:])
	}
	return size
}

// readNumber adds the number the text begins with; times of day are left out.
func (f *factReader) readNumber(text string, isMoney bool) int {
	d, size, ok := readNumber(text, isMoney)
	rest := text[size:]
	isTime := strings.HasPrefix(rest, ":")
	isDate := strings.HasPrefix(rest, "-") && d.isYear()
	if (isTime || isDate) && startsWithDigit(rest[1:]) {
		return size + 1 + len(leadingRun(rest[1:], func(r rune) bool { return digitValue(r) >= 0 || r == ':' || r == '-' }))
	}
	if ok {
		if fact, isFact := d.fact(f.buffer[:0]); isFact {
			f.numbers = append(f.numbers, fact)
		}
	}
	return size
}

// readWord decides about the word before, now that its neighbour is known.
func (f *factReader) readWord(text string, at int, word string, isStart bool) {
	r, _ := utf8.DecodeRuneInString(word)
	isCapitalised := unicode.IsUpper(r)
	isNext := f.before.word != "" && at == f.before.end+1 && text[f.before.end] == ' '
	hadCapital, wasStart := f.before.isCapitalised, f.before.isStart
	f.settle(isNext && isCapitalised)
	f.before.word, f.before.end = word, at+len(word)
	f.before.isStart, f.before.isCapitalised = isStart, isCapitalised
	if f.isGerman && isNext && hadCapital && isCapitalised && !wasStart { // has its neighbour already
		f.addName(word, isInitials(word))
		f.before.word = ""
	}
}

// settle takes the word before for a name, or not.
func (f *factReader) settle(hasNeighbour bool) {
	word := f.before.word
	if word == "" || !f.before.isCapitalised {
		return
	}
	f.before.word = ""
	switch {
	case isInitials(word):
		f.addName(word, true)
	case hasNeighbour && !(f.isGerman && f.before.isStart), !f.before.isStart && !f.isGerman, hasInnerCapital(word):
		f.addName(word, false)
	}
}

func (f *factReader) addName(word string, isInitials bool) {
	if currencies[word] || commonNames[strings.ToLower(word)] {
		return
	}
	var written []byte
	if isInitials {
		written = append(append(f.buffer[:0], '='), word...)
	} else if written = consonants(f.buffer[:0], word); len(written) < minConsonants {
		return
	}
	f.names = append(f.names, newFact(name, written))
}

// isInitials tells BYD and NATO.
func isInitials(word string) bool {
	if len(word) < 2 || len(word) > 5 {
		return false
	}
	for i := range len(word) {
		if word[i] < 'A' || word[i] > 'Z' {
			return false
		}
	}
	return true
}

func hasInnerCapital(word string) bool {
	isUpper, isLower := false, false
	for i, r := range word {
		isUpper = isUpper || i > 0 && unicode.IsUpper(r)
		isLower = isLower || unicode.IsLower(r)
	}
	return isUpper && isLower
}

// nameWord is the run of letters a text begins with; letters that stand alone are
// one each.
func nameWord(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if standsAlone(r) {
		return text[:size]
	}
	return leadingRun(text, func(r rune) bool {
		return (unicode.IsLetter(r) || unicode.Is(unicode.M, r)) && !standsAlone(r)
	})
}

func leadingRun(text string, is func(rune) bool) string {
	end := strings.IndexFunc(text, func(r rune) bool { return !is(r) })
	if end < 0 {
		return text
	}
	return text[:end]
}

func endsSentence(r rune) bool {
	switch r {
	case '.', '!', '?', ':', ';', '\n', '。', '！', '？', '…', '"', '“', '”', '«', '»', '„', '•', '–', '—', '|', '·', '।':
		return true
	}
	return false
}

func isKatakana(r rune) bool { return r >= 0x30A1 && r <= 0x30FC }

// consonants appends what a name is written as.
func consonants(out []byte, word string) []byte {
	before := rune(0)
	for i, r := range word {
		r = unicode.ToLower(r)
		next, _ := utf8.DecodeRuneInString(word[i+sizeAt(word, i):])
		for _, c := range []byte(consonant(before, r, unicode.ToLower(next))) {
			if len(out) > 0 {
				last := out[len(out)-1]
				if last == c {
					continue
				}
				if c == 's' && (last == 't' || last == 'd') { // ts, tz, dž are one sound
					out[len(out)-1] = 's'
					if len(out) > 1 && out[len(out)-2] == 's' {
						out = out[:len(out)-1]
					}
					continue
				}
			}
			if len(out) == maxConsonants {
				return out
			}
			out = append(out, c)
		}
		before = r
	}
	return out
}

func sizeAt(text string, at int) int {
	_, size := utf8.DecodeRuneInString(text[at:])
	return size
}

// consonant is what a letter is written as; empty for vowels.
func consonant(before, r, next rune) string {
	switch r {
	case 'c':
		if next == 'h' || next == 'e' || next == 'i' || next == 'y' {
			return "s"
		}
		return "k"
	case 'h':
		if strings.ContainsRune("pstckg", before) {
			return ""
		}
		return "k"
	case 'p':
		if next == 'h' {
			return "v"
		}
		return "p"
	}
	return consonantClasses[r]
}
