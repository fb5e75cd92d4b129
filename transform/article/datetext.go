package article

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// This file reads dates as people write them: "Tuesday, 14 January 2022 at 6:06 pm
// ET", "14. Januar 2022, 18:06 Uhr", "2022年1月14日 18時06分", "14/01/2022 18h06". The
// text is cut into numbers, words and marks, and the first run of them that makes
// a day is taken, with the time of day that stands next to it.

// token is a number, a word, or a mark between them.
type token struct {
	text   string // lower case
	number int    // -1 if it is none
	digits int
}

// maxTokens bounds the search; a date stands at the start of a dateline.
const maxTokens = 60

// findDate reads the first date in a short text.
func findDate(s string) (stamp, bool) {
	list := tokenise(s)
	for i := range list {
		at, alt, used, ok := dayAt(list, i)
		if !ok {
			continue
		}
		d := stamp{at: at, alt: alt}
		clock, zone, hasZone, found := timeIn(list[min(i+used, len(list)):], 6)
		if !found { // "18:06, 14 January 2022"
			from := max(0, i-8)
			clock, zone, hasZone, found = timeIn(list[from:i], 8)
		}
		if found {
			d.timed, d.exact = true, hasZone
			if !hasZone {
				zone = time.UTC
			}
			d.at = onDay(at, clock, zone)
			if !alt.IsZero() {
				d.alt = onDay(alt, clock, zone)
			}
		}
		return d, true
	}
	return stamp{}, false
}

func onDay(day time.Time, clock time.Duration, zone *time.Location) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), int(clock/time.Hour), int(clock%time.Hour/time.Minute), int(clock%time.Minute/time.Second), 0, zone)
}

func tokenise(s string) []token {
	var out []token
	for len(s) > 0 && len(out) < maxTokens {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case unicode.IsSpace(r):
			s = s[size:]
			continue
		case isNumeral(r):
			n, value := 0, 0
			for len(s) > 0 {
				r, size := utf8.DecodeRuneInString(s)
				if !isNumeral(r) {
					break
				}
				if n < 9 {
					value = value*10 + numeral(r)
				}
				n++
				s = s[size:]
			}
			out = append(out, token{number: value, digits: n})
			continue
		case isDense(r) || r >= 0xac00 && r <= 0xd7a3: // 年 月 日, 년 월 일: each its own
			out = append(out, token{text: s[:size], number: -1})
		case unicode.IsLetter(r) || unicode.IsMark(r):
			end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) || isDense(r) })
			if end < 0 {
				end = len(s)
			}
			out = append(out, token{text: strings.ToLower(s[:end]), number: -1})
			size = end
		default:
			out = append(out, token{text: s[:size], number: -1})
		}
		s = s[size:]
	}
	return out
}

// isNumeral tells the digits of the scripts that dates are written in.
func isNumeral(r rune) bool { return r >= '0' && r <= '9' || unicode.Is(unicode.Nd, r) }

func numeral(r rune) int {
	if r <= '9' {
		return int(r - '0')
	}
	first := r
	for unicode.Is(unicode.Nd, first-1) && r-first < 9 {
		first--
	}
	return int(r-first) % 10
}

// dayAt reads a day that starts at token i and tells how many tokens it took.
func dayAt(list []token, i int) (at, alt time.Time, used int, ok bool) {
	get := func(k int) token {
		if i+k < len(list) {
			return list[i+k]
		}
		return token{number: -1}
	}
	a := get(0)
	if i > 0 && a.number >= 0 && (list[i-1].text == "$" || list[i-1].text == "€" || list[i-1].text == ":" && i > 1 && list[i-2].number >= 0) {
		return at, alt, 0, false
	}
	switch {
	case a.digits == 4 && isYear(a.number): // 2022-01-14, 2022/1/14, 2022年1月14日, 2022. január 14.
		sep := get(1).text
		if m := get(2); m.number >= 0 && m.digits <= 2 && get(4).number >= 0 && get(4).digits <= 2 && (sep == get(3).text && strings.Contains("-/.", sep) && sep != "" || sep == "年" && get(3).text == "月" || sep == "년" && get(3).text == "월") {
			at, ok = calendar(a.number, m.number, get(4).number)
			return at, alt, 5, ok
		}
		k := 1
		if sep == "." || sep == "m" || sep == "," {
			k = 2
		}
		if month := monthOf(get(k).text); month > 0 && get(k+1).number > 0 && get(k+1).digits <= 2 {
			at, ok = calendar(a.number, month, get(k+1).number)
			return at, alt, k + 2, ok
		}
	case a.number > 0 && a.digits <= 2: // 14 January 2022, 14.1.2022, 14/01/22, 14 de enero de 2022
		if sep := get(1).text; sep != "" && strings.Contains("/.-", sep) && get(3).text == sep && get(2).digits <= 2 && get(2).number > 0 {
			year := get(4)
			if year.digits == 2 && sep != "-" && year.number > 0 {
				year = token{number: year.number + 2000, digits: 4}
				if year.number > 2069 {
					year.number -= 100
				}
			}
			if year.digits == 4 && isYear(year.number) {
				return numeric(a.number, get(2).number, year.number, sep)
			}
		}
		k := 1
		for k < 4 && isBetween(get(k).text) {
			k++
		}
		month := monthOf(get(k).text)
		if month == 0 && get(k).text == "tháng" && get(k+1).number > 0 {
			k++
			month = get(k).number
		}
		if month > 0 {
			k++
			for n := 0; n < 3 && isBetween(get(k).text); n++ {
				k++
			}
			year := get(k)
			if year.digits == 2 && year.number > 0 && get(k-1).text != "," {
				year = token{number: 2000 + year.number, digits: 4}
			}
			if year.digits == 4 && isYear(year.number) {
				at, ok = calendar(year.number, month, a.number)
				return at, alt, k + 1, ok
			}
		}
	case a.number < 0: // January 14, 2022; Jan. 14th 2022
		month := monthOf(a.text)
		if month == 0 {
			return at, alt, 0, false
		}
		k := 1
		if get(k).text == "." {
			k++
		}
		day := get(k)
		if day.number <= 0 || day.digits > 2 {
			return at, alt, 0, false
		}
		k++
		for n := 0; n < 3 && isBetween(get(k).text); n++ {
			k++
		}
		if year := get(k); year.digits == 4 && isYear(year.number) {
			at, ok = calendar(year.number, month, day.number)
			return at, alt, k + 1, ok
		}
	}
	return at, alt, 0, false
}

// numeric reads two numbers before a year: day and month, but with slashes half of
// the world means month and day.
func numeric(a, b, year int, sep string) (at, alt time.Time, used int, ok bool) {
	dayFirst, isDayFirst := calendar(year, b, a)
	monthFirst, isMonthFirst := calendar(year, a, b)
	switch {
	case isDayFirst && isMonthFirst && a != b && sep != ".":
		return dayFirst, monthFirst, 5, true
	case isDayFirst:
		return dayFirst, alt, 5, true
	case isMonthFirst && sep != ".":
		return monthFirst, alt, 5, true
	}
	return at, alt, 0, false
}

func isYear(n int) bool { return n >= 1990 && n < 2100 }

// isBetween tells the words and marks that stand inside a date.
func isBetween(s string) bool {
	switch s {
	case ".", ",", "-", "/", "st", "nd", "rd", "th", "º", "er", "de", "del", "of", "г", "—", "–":
		return true
	}
	return false
}

// timeIn reads the first time of day in the tokens, starting no later than the
// window, and the zone behind it.
func timeIn(list []token, window int) (clock time.Duration, zone *time.Location, hasZone, found bool) {
	get := func(k int) token {
		if k < len(list) {
			return list[k]
		}
		return token{number: -1}
	}
	for i := 0; i < len(list) && i < window; i++ {
		hour, sep, minute := get(i), get(i+1).text, get(i+2)
		if hour.number < 0 || hour.digits > 2 || hour.number > 24 {
			continue
		}
		k := i + 3
		switch {
		case (sep == ":" || sep == "h" || sep == "时" || sep == "時" || sep == "시" || sep == "：") && minute.digits == 2 && minute.number < 60:
		case sep == "." && minute.digits == 2 && minute.number < 60 && get(i+3).text != ".":
		case isHalfDay(get(i+1).text) && hour.number <= 12 && hour.number > 0: // 6 pm
			minute = token{number: 0}
			k = i + 1
		default:
			continue
		}
		clock = time.Duration(hour.number)*time.Hour + time.Duration(minute.number)*time.Minute
		if get(k).text == ":" && get(k+1).digits == 2 && get(k+1).number < 60 {
			clock += time.Duration(get(k+1).number) * time.Second
			k += 2
		}
		half := get(k).text
		switch half {
		case "p", "a":
			k++
			for get(k).text == "." || get(k).text == "m" {
				k++
			}
		case "pm", "am", "nm", "vm":
			k++
		default:
			half = ""
		}
		if half != "" && hour.number <= 12 {
			clock %= 12 * time.Hour
			if half[0] == 'p' || half == "nm" {
				clock += 12 * time.Hour
			}
		}
		if clock >= 24*time.Hour {
			continue
		}
		zone, hasZone = zoneAt(list, k)
		return clock, zone, hasZone, true
	}
	return 0, nil, false, false
}

func isHalfDay(s string) bool { return s == "am" || s == "pm" }

// zoneAt reads a zone by its letters, or as an offset from GMT. Letters that stand
// for several zones (CST, IST, BST in Asia) are read as the one most news sites
// with a dateline mean; those that only say "local" are none.
func zoneAt(list []token, k int) (*time.Location, bool) {
	for k < len(list) && (list[k].text == "(" || list[k].text == "," || list[k].text == "uhr" || list[k].text == "분" || list[k].text == "分") {
		k++
	}
	if k >= len(list) {
		return nil, false
	}
	name := list[k].text
	if name == "gmt" || name == "utc" {
		if k+2 < len(list) && (list[k+1].text == "+" || list[k+1].text == "-") && list[k+2].number >= 0 {
			hours, minutes := list[k+2].number, 0
			if list[k+2].digits == 4 {
				hours, minutes = hours/100, hours%100
			} else if k+4 < len(list) && list[k+3].text == ":" && list[k+4].digits == 2 {
				minutes = list[k+4].number
			}
			if hours > 14 || minutes > 59 {
				return nil, false
			}
			offset := hours*3600 + minutes*60
			if list[k+1].text == "-" {
				offset = -offset
			}
			return time.FixedZone("", offset), true
		}
		return time.UTC, true
	}
	if hours, ok := zoneHours[name]; ok {
		return time.FixedZone(strings.ToUpper(name), int(hours*3600)), true
	}
	return nil, false
}

// zoneHours are the offsets of the letters in hours. ET and its kin are standard or
// summer time by the day; the hour between is settled by the other candidates.
var zoneHours = map[string]float64{
	"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "nst": -3.5, "ast": -4, "adt": -3,
	"bst": 1, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3, "sast": 2, "eat": 3, "wat": 1, "cat": 2,
	"ist": 5.5, "pkt": 5, "npt": 5.75, "wib": 7, "wita": 8, "wit": 9, "ict": 7, "sgt": 8, "hkt": 8, "pht": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "acst": 9.5, "awst": 8, "nzst": 12, "nzdt": 13,
}

// monthOf is the month a word names in any of the languages of the panel, in lower
// case, or 0.
func monthOf(word string) int {
	if len(word) < 3 {
		return 0
	}
	return monthNames[word]
}
