package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isChineseTrade says whether a sentence speaks of a Chinese maker, bank, brand
// or the like: a word for Chinese within three words of a word for a trade.
func isChineseTrade(sentence string) bool {
	text := fold(sentence)
	for _, w := range chinaWords {
		if strings.Contains(text, w) {
			return hasTradeNearChina(text)
		}
	}
	return false
}

// tradeReach is how many words may lie between "Chinese" and the trade.
const tradeReach = 3

func hasTradeNearChina(text string) bool {
	tokens := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) && r != '-'
	})
	for i, token := range tokens {
		if !beginsWithAny(token, chinaWords) {
			continue
		}
		for j := max(0, i-tradeReach); j <= min(len(tokens)-1, i+tradeReach); j++ {
			if j != i && beginsWithAny(tokens[j], tradeWords) || j == i && isTradeInside(token) {
				return true
			}
		}
	}
	return false
}

// beginsWithAny compares beginnings where words are separated, and looks for
// the word anywhere where they are not.
func beginsWithAny(token string, list []string) bool {
	for _, w := range list {
		if strings.HasPrefix(token, w) && (len(w) > 4 || len(token) <= len(w)+2) {
			return true
		}
		if r, _ := utf8.DecodeRuneInString(w); r > 0x0E00 && strings.Contains(token, w) {
			return true
		}
	}
	return false
}

// isTradeInside finds 中国企業 and the like, where both words are one token.
func isTradeInside(token string) bool {
	r, _ := utf8.DecodeRuneInString(token)
	return kindOf(r) != kindLetter && beginsWithAny(token, tradeWords)
}

// definition is what a document itself says an abbreviation stands for.
type definition uint8

const (
	undefined definition = iota
	definedChinese
	definedOther
)

// define reads what a name stands for: a person, if an age follows it, or, of an
// abbreviation, "Insurance Corporation of British Columbia (ICBC)" and
// "ICBC (Insurance Corporation of ...)".
func (p place) define() definition {
	name := p.text[p.name.start:p.name.end]
	if p.isAged() {
		return definedOther
	}
	letters := utf8.RuneCountInString(name)
	if letters < 2 || letters > 6 || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsUpper(r) }) {
		return undefined
	}
	long := ""
	before := strings.TrimRight(p.text[p.sentence.start:p.name.start], " ")
	after := strings.TrimLeft(p.text[p.name.end:max(p.sentence.end, p.name.end)], " ")
	switch {
	case strings.HasSuffix(before, "(") && strings.HasPrefix(after, ")"):
		fields := strings.Fields(strings.TrimSuffix(before, "("))
		for i := len(fields) - 1; i >= max(0, len(fields)-2*letters-2) && long == ""; i-- {
			if candidate := strings.Join(fields[i:], " "); initials(candidate) == name && isCapital(candidate) {
				long = candidate
			}
		}
	case strings.HasPrefix(after, "("):
		inside, _, _ := strings.Cut(after[1:], ")")
		if initials(inside) == name {
			long = inside
		}
	}
	switch {
	case long == "":
		return undefined
	case strings.Contains(long, "China") || strings.Contains(long, "Chinese"):
		return definedChinese
	}
	return definedOther
}

// isAged says whether an age follows the name, as it follows a person's: Midea, 66,
// or Didi, 34 ans.
func (p place) isAged() bool {
	rest, hasComma := strings.CutPrefix(p.text[p.name.end:max(p.sentence.end, p.name.end)], ", ")
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	if !hasComma || digits != 2 {
		return false
	}
	after := strings.ToLower(strings.TrimLeft(rest[digits:], " \u00A0"))
	return strings.HasPrefix(rest[digits:], ",") ||
		slices.ContainsFunc(yearWords, func(w string) bool { return strings.HasPrefix(after, w) })
}

// yearWords are years of age.
var yearWords = []string{"years old", "year-old", "ans", "años", "anos", "anni", "jahre", "jaar", "år", "lat ", "лет", "год"}
