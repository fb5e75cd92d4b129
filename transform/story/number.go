package story

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A number is written as its digits without trailing zeros, e and a power of ten,
// so that 1.2 billion, 1,2 Milliarden, 12億 and 1,200,000,000 are one. A dot or a
// comma before three digits parts thousands. Not numbers: years, what is below 10
// (newsrooms spell it out), times, dates, versions and digits in a name.

const maxDigits = 15

// decimal is a number: digits times ten to the power of exponent.
type decimal struct {
	digits   int64
	exponent int
	isPlain  bool // an integer written without separator or unit
}

func (d decimal) normal() decimal {
	for d.digits != 0 && d.digits%10 == 0 {
		d.digits /= 10
		d.exponent++
	}
	return d
}

// times multiplies by a power of ten.
func (d decimal) times(power int) decimal {
	return decimal{digits: d.digits, exponent: d.exponent + power}
}

// plus adds; false if the sum has too many digits.
func (d decimal) plus(o decimal) (decimal, bool) {
	for _, x := range []*decimal{&d, &o} {
		for x.exponent > min(d.exponent, o.exponent) {
			if x.digits > 1e17 {
				return d, false
			}
			x.digits *= 10
			x.exponent--
		}
	}
	return decimal{digits: d.digits + o.digits, exponent: d.exponent}, true
}

func (d decimal) isYear() bool { return d.isPlain && d.digits >= 1900 && d.digits <= 2100 }

// fact says what a number is as a fact; false if it is none.
func (d decimal) fact(buffer []byte) (int32, bool) {
	if d.digits == 0 || d.isPlain && d.digits < 10 || d.isYear() {
		return 0, false
	}
	isDay := d.isPlain && d.digits <= 31
	d = d.normal()
	kind := number
	if isDay || d.digits < 10 && d.exponent < 3 && d.exponent >= 0 {
		kind = smallNumber
	}
	buffer = strconv.AppendInt(buffer[:0], d.digits, 10)
	buffer = strconv.AppendInt(append(buffer, 'e'), int64(d.exponent), 10)
	return newFact(kind, buffer), true
}

// readNumber reads the number that text begins with, its unit of counting
// included, and how many bytes it takes. A false says that it is none.
func readNumber(text string, isMoney bool) (d decimal, size int, ok bool) {
	d, size, ok = readDigits(text)
	if !ok {
		return d, size, false
	}
	power, more := readMagnitude(text[size:], isMoney)
	if more == 0 {
		return d, size, true
	}
	d = d.times(power)
	size += more
	// 1億2000万, 3조 5000억: the next lesser unit goes on.
	for isAsianUnit(text[:size]) {
		rest := strings.TrimPrefix(text[size:], " ")
		skipped := len(text) - size - len(rest)
		next, n, ok := readDigits(rest)
		if !ok {
			break
		}
		lesser, m := readMagnitude(rest[n:], false)
		if lesser >= power || m > 0 && !isAsianUnit(rest[:n+m]) || m == 0 && skipped > 0 {
			break
		}
		sum, ok := d.plus(next.times(lesser))
		if !ok {
			break
		}
		d, power = sum, lesser
		size += skipped + n + m
	}
	return d, size, true
}

func isAsianUnit(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsRune("千百万萬亿億兆천만억조", r)
}

// readDigits reads groups of digits with what parts them.
func readDigits(text string) (d decimal, size int, ok bool) {
	var groups [8]string // digits, in ASCII
	var seps [8]rune
	var buffer [40]byte
	written := buffer[:0]
	count := 0
	for {
		start := len(written)
		for size < len(text) {
			r, n := utf8.DecodeRuneInString(text[size:])
			v := digitValue(r)
			if v < 0 || len(written) == cap(written) {
				break
			}
			written = append(written, byte('0'+v))
			size += n
		}
		groups[count] = string(written[start:])
		count++
		r, n := utf8.DecodeRuneInString(text[size:])
		if n == 0 || count == len(groups) || !isSeparator(r) || !startsWithDigit(text[size+n:]) {
			break
		}
		if isSpace(r) && (len(groups[0]) > 3 || digitsAhead(text[size+n:]) != 3) {
			break
		}
		seps[count-1] = r
		size += n
	}
	return assemble(groups[:count], seps[:count-1], size)
}

// assemble decides which separators part thousands and which the decimals.
func assemble(groups []string, seps []rune, size int) (decimal, int, bool) {
	last := len(groups) - 1
	decimals := ""
	whole := groups
	switch {
	case last == 0:
	case areThousands(groups, seps):
	case (last == 1 || areThousands(groups[:last], seps[:last-1]) && seps[last-1] != seps[0]) && !isSpace(seps[last-1]):
		whole, decimals = groups[:last], groups[last]
	default:
		return decimal{}, size, false // a date, an address, a version
	}
	all := strings.Join(whole, "") + decimals
	if len(all) > maxDigits {
		return decimal{}, size, false
	}
	digits, err := strconv.ParseInt(all, 10, 64)
	if err != nil {
		return decimal{}, size, false
	}
	return decimal{digits, -len(decimals), last == 0}, size, true
}

// areThousands tells 1,234,567, 1.234 and the Indian 12,34,567.
func areThousands(groups []string, seps []rune) bool {
	last := len(groups) - 1
	if last == 0 {
		return true
	}
	if len(groups[0]) > 3 || groups[0] == "0" || len(groups[last]) != 3 {
		return false
	}
	for i := 1; i < last; i++ {
		if seps[i] != seps[0] || len(groups[i]) != 3 && len(groups[i]) != 2 {
			return false
		}
	}
	return true
}

func isSeparator(r rune) bool {
	switch r {
	case '.', ',', '’', '\'', '٬', '٫', '，', '．':
		return true
	}
	return isSpace(r)
}

func isSpace(r rune) bool { return r == ' ' || r == '\u00A0' || r == '\u202F' || r == '\u2009' }

func digitValue(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r < utf8.RuneSelf || !unicode.Is(unicode.Nd, r):
		return -1
	case r >= 0x0660 && r <= 0x0669:
		return int(r - 0x0660)
	case r >= 0x06F0 && r <= 0x06F9:
		return int(r - 0x06F0)
	case r >= 0x0966 && r <= 0x096F:
		return int(r - 0x0966)
	case r >= 0x0E50 && r <= 0x0E59:
		return int(r - 0x0E50)
	case r >= 0xFF10 && r <= 0xFF19:
		return int(r - 0xFF10)
	}
	return -1
}

func startsWithDigit(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return digitValue(r) >= 0
}

func digitsAhead(text string) int {
	count := 0
	for _, r := range text {
		if digitValue(r) < 0 {
			break
		}
		count++
	}
	return count
}

// readMagnitude reads the word or sign that multiplies a number, and how many
// bytes it takes; zero if there is none.
func readMagnitude(text string, isMoney bool) (power, size int) {
	for {
		r, n := utf8.DecodeRuneInString(text[size:])
		unit, ok := asianUnits[r]
		if !ok {
			break
		}
		power += unit
		size += n
	}
	if size > 0 {
		return power, size
	}
	for range 2 { // hundred thousand million: mil millones, हजार करोड़
		rest := text[size:]
		gap := gapLength(rest)
		word := leadingWord(rest[gap:])
		if word == "" {
			break
		}
		more, ok := magnitude(word, isMoney && gap == 0)
		if !ok {
			break
		}
		power += more
		size += gap + len(word)
	}
	return power, size
}

// gapLength is the length of the space or hyphen between a number and its word.
func gapLength(text string) int {
	r, n := utf8.DecodeRuneInString(text)
	if isSpace(r) || r == '-' || r == '\n' {
		return n
	}
	return 0
}

func leadingWord(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) })
	if end < 0 {
		return text
	}
	return text[:end]
}

func magnitude(word string, isMoney bool) (power int, ok bool) {
	const longest = 32 // bytes
	if len(word) > longest {
		return 0, false
	}
	if isMoney && (word == "m" || word == "M") {
		return 6, true
	}
	var buffer [longest]byte
	lower := bytes.ToLower(append(buffer[:0], word...))
	if power, ok := magnitudes[string(lower)]; ok {
		return power, true
	}
	for _, m := range magnitudeStems {
		if bytes.HasPrefix(lower, []byte(m.stem)) {
			return m.power, true
		}
	}
	return 0, false
}
