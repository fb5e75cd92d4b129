package tone

// How a sentence is cut into words, and where each stands to the target: before or
// after it, how many words away, in which clause, denied or not.

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a number, a mark, or the target as a whole.
type token struct {
	word     string // lower case; a number is 0, a quotation mark ", the target empty
	stem     string // what its forms share, roughly
	distance int    // words to the target: below zero before it, 0 the target itself
	clause   int    // counted from 0
	isMark   bool
	isTarget bool
	isName   bool // written with a capital inside a sentence
	isQuoted bool // between quotation marks
	isDenied bool // after a negation of its clause
}

const (
	quoteMarks  = "\"“”„«»‟「」『』"
	openMarks   = "“„«「『"
	closeMarks  = "”»」』"
	clauseMarks = ",;:–—()[]….!?…、，。；：（）！？،؛؟"
	denialReach = 5 // words
)

// tokens cuts a text; start and end are the target's bytes, equal where there is none.
func tokens(text string, start, end int, w *wording, lex *lexicon) []token {
	list := make([]token, 0, len(text)/5+4)
	isQuoted, isFirst := false, true
	for i := 0; i < len(text); {
		if i == start && start < end {
			list = append(list, token{isTarget: true, isName: true, isQuoted: isQuoted})
			i, isFirst = end, false
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		next := i + size
		switch {
		case isUnspaced(r):
			limit := len(text)
			if i < start {
				limit = start
			}
			next = i + lex.longestAt(text[i:limit])
			list = append(list, token{word: text[i:next], isQuoted: isQuoted})
		case unicode.IsLetter(r) || unicode.IsMark(r):
			next = wordEnd(text, i, start, end)
			list = append(list, token{word: normal(text[i:next]), isName: !isFirst && unicode.IsUpper(r), isQuoted: isQuoted})
		case unicode.IsDigit(r):
			next = max(next, numberEnd(text, i, start))
			list = append(list, token{word: "0", isQuoted: isQuoted})
		case unicode.IsSpace(r):
			i = next
			continue
		case strings.ContainsRune(quoteMarks, r):
			isQuoted = strings.ContainsRune(openMarks, r) || !isQuoted && !strings.ContainsRune(closeMarks, r)
			list = append(list, token{word: `"`, isMark: true, isQuoted: isQuoted})
			i = next
			continue
		default:
			list = append(list, token{word: text[i:next], isMark: true, isQuoted: isQuoted})
			i = next
			continue
		}
		i, isFirst = next, false
	}
	place(list, w)
	return list
}

// isUnspaced says whether a letter is of a script written without spaces.
func isUnspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー'
}

// normal is a word in lower case with a straight apostrophe and without ё.
func normal(word string) string {
	word = strings.ToLower(word)
	if strings.ContainsAny(word, "’ё") {
		word = strings.NewReplacer("’", "'", "ё", "е").Replace(word)
	}
	return word
}

// wordEnd is where the word at i ends: letters, and an apostrophe or a hyphen
// between letters; never inside the target.
func wordEnd(text string, i, start, end int) int {
	for i < len(text) && (i != start || start >= end) {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case isUnspaced(r):
			return i
		case unicode.IsLetter(r) || unicode.IsMark(r):
		case r == '\'' || r == '’' || r == '-' || r == '\u00AD':
			next, _ := utf8.DecodeRuneInString(text[i+size:])
			if !unicode.IsLetter(next) || i+size == start && start < end {
				return i
			}
		default:
			return i
		}
		i += size
	}
	return i
}

func numberEnd(text string, i, start int) int {
	isDigit := func(i int) bool { return i < len(text) && text[i] >= '0' && text[i] <= '9' }
	for i < len(text) && i != start && (isDigit(i) || (text[i] == '.' || text[i] == ',') && isDigit(i+1)) {
		i++
	}
	return i
}

// place fills in where each token stands to the target, to clauses and to negations.
func place(list []token, w *wording) {
	clause, denied := 0, 0
	for i := range list {
		t := &list[i]
		if t.isMark && strings.Contains(clauseMarks, t.word) || w.joins[t.word] {
			clause++
			denied = 0
		}
		t.clause = clause
		if t.isMark || t.isTarget {
			continue
		}
		t.stem = stem(t.word)
		if t.isDenied = denied > 0; t.isDenied {
			denied--
		}
		if w.denials[t.word] || strings.HasSuffix(t.word, "n't") {
			denied = denialReach
		}
	}
	target := targetOf(list)
	measure := func(i, step, distance int) {
		for ; i >= 0 && i < len(list); i += step {
			if !list[i].isMark || distance == 0 {
				distance += step
			}
			list[i].distance = distance
		}
	}
	measure(target+1, 1, 0)
	if target >= 0 {
		measure(target-1, -1, 0)
	}
}

// targetOf is the index of the target; -1 if there is none.
func targetOf(list []token) int {
	for i := range list {
		if list[i].isTarget {
			return i
		}
	}
	return -1
}

// stem is the beginning of a word: two thirds of it, four to seven letters.
func stem(word string) string {
	n := utf8.RuneCountInString(word)
	if n <= 4 {
		return word
	}
	keep := min(max(4, n*2/3), 7)
	for i := range word {
		if keep == 0 {
			return word[:i]
		}
		keep--
	}
	return word
}
