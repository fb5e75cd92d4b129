package story

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// dateline reads the start of a line.
func (r creditReader) dateline(line string) string {
	if id := chineseDateline(line); id != "" {
		return id
	}
	head := line
	if len(head) > maxDate+100 {
		head = head[:maxDate+100]
	}
	for at, open := range head {
		if at > maxDate {
			break
		}
		closing, ok := brackets[open]
		if !ok {
			continue
		}
		inside := head[at+utf8.RuneLen(open):]
		end := strings.IndexRune(inside, closing)
		if end < 0 {
			continue
		}
		before, after := strings.TrimSpace(head[:at]), strings.TrimSpace(inside[end+utf8.RuneLen(closing):])
		if !isDateline(before) || r.first(before, false) != "" || !goesOnAsDateline(before, after) {
			continue
		}
		if id := r.bracketed(inside[:end]); id != "" {
			return id
		}
	}
	return r.openDateline(head)
}

// goesOnAsDateline tells what follows a dateline: a dash, a colon, a full stop or
// the first word of a sentence.
func goesOnAsDateline(before, after string) bool {
	next, _ := utf8.DecodeRuneInString(after)
	switch {
	case after == "" || before == "":
		return true
	case strings.ContainsRune("-–—―:：.|‐−", next):
		return true
	case standsAloneOrHangul(next) || strings.ContainsRune("「『“‘\"", next):
		return strings.ContainsFunc(before, unicode.IsDigit) || !strings.ContainsFunc(before, unicode.IsLower)
	}
	if unicode.Is(unicode.Lo, next) { // no capitals: place, date
		return strings.ContainsAny(before, ",،")
	}
	return unicode.IsUpper(next) && (strings.ToUpper(before) == before || strings.ContainsFunc(before, unicode.IsDigit))
}

// openDateline reads a dateline without brackets: the agency stands between
// commas and dashes, after the place or before it.
func (r creditReader) openDateline(head string) string {
	start := 0
	for at, c := range head {
		if at > maxDate {
			return ""
		}
		isDash := c == '–' || c == '—' || c == '-' && isSpaced(head, at) || c == ':' && start > 0
		if !isDash && c != ',' && c != '.' && c != '،' && c != ';' {
			continue
		}
		part := strings.TrimSpace(head[start:at])
		if id := r.named(part); id != "" {
			if isDash || c == '.' && start > 0 || start > 0 && strings.ContainsAny(head[at:min(len(head), at+24)], "–—") {
				return id
			}
			return ""
		}
		if part != "" && !isDateline(part) {
			return ""
		}
		start = at + utf8.RuneLen(c)
	}
	return ""
}

func isSpaced(text string, at int) bool {
	return at > 0 && at+1 < len(text) && (text[at-1] == ' ' || text[at+1] == ' ' || text[at+1] == '-')
}

// chineseDateline reads 新华社北京10月3日电 and 据路透社3日电.
func chineseDateline(line string) string {
	r, _ := utf8.DecodeRuneInString(line)
	if !standsAlone(r) {
		return ""
	}
	line = strings.TrimLeft(line, "（(【据據")
	end := strings.IndexAny(line, "电電讯訊")
	if end < 0 || end > 100 {
		return ""
	}
	_, size := utf8.DecodeRuneInString(line[end:])
	head := line[:end+size]
	if strings.ContainsAny(head, "，。、；") {
		return ""
	}
	for _, a := range agencies {
		for _, name := range a.names {
			if rest, ok := strings.CutPrefix(head, name); ok && isWireMark(rest) {
				return a.id
			}
		}
	}
	return ""
}

// isDateline tells places and dates from sentences: a few words, capitalised
// where the script has capitals.
func isDateline(text string) bool {
	if len(text) > maxDate {
		return false
	}
	words, plain := 0, 0
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",.،、，-–—:：'’/()", r)
	}) {
		words++
		first, _ := utf8.DecodeRuneInString(word)
		switch {
		case unicode.IsUpper(first), unicode.IsDigit(first):
		case standsAloneOrHangul(first):
			if utf8.RuneCountInString(word) > 14 {
				return false
			}
			plain++
		case unicode.IsLower(first):
			if !datelineWords[word] {
				return false
			}
		default:
			plain++
		}
	}
	return words <= 8 && plain <= 5
}

// asianCredit reads 【北京時事】, 【10月3日 AFP】, 新华社北京10月3日电, 中央社記者…電.
func asianCredit(inside string) string {
	if utf8.RuneCountInString(inside) > 24 || !strings.ContainsFunc(inside, standsAloneOrHangul) {
		return ""
	}
	lower := strings.ToLower(inside)
	for _, a := range agencies {
		for _, name := range a.names {
			if len(name) < 3 || !strings.HasPrefix(lower, name) && !strings.HasSuffix(lower, name) {
				continue
			}
			rest := strings.TrimSuffix(strings.TrimPrefix(lower, name), name)
			switch {
			case strings.HasSuffix(lower, name) && !strings.ContainsAny(rest, "。"):
				return a.id
			case isWireMark(rest):
				return a.id
			}
		}
	}
	return ""
}

// isWireMark tells the end of a Chinese dateline: 北京10月3日电.
func isWireMark(rest string) bool {
	for _, mark := range []string{"电", "電", "讯", "訊"} {
		if rest == mark || strings.HasSuffix(rest, "日"+mark) {
			return true
		}
	}
	return false
}
