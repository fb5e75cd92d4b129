package discover

import (
	"regexp"
	"strings"
	"time"
)

// layouts are the forms of date found in channels, beyond what gofeed reads.
// Weekdays are gone and months English when they are tried.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04",
	"2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02 15:04",
	"2006-01-02", "2006/01/02 15:04:05", "2006/1/2 15:04", "2006/01/02", "2006.01.02 15:04", "20060102150405", "20060102", "2006-01", "2006",
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 Z07:00", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04 MST", "2 Jan 2006 15:04", "2 Jan 2006",
	"2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04:05 MST", "2 Jan 06 15:04:05", "2 Jan 06",
	"Jan 2 2006 15:04:05 -0700", "Jan 2 2006 15:04:05", "Jan 2 2006 15:04", "Jan 2 2006 3:04 PM", "Jan 2 2006", "Jan 2 15:04:05 -0700 2006", "Jan 2 15:04:05 MST 2006",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006",
}

// zones are abbreviations that mean one offset in news feeds; time.Parse takes
// those it does not know for UTC.
var zones = strings.NewReplacer(
	" GMT+", " +", " UTC+", " +", " UT", " +0000", " UTC", " +0000", " GMT", " +0000", " EST", " -0500", " EDT", " -0400", " CST", " -0600", " CDT", " -0500",
	" MST", " -0700", " MDT", " -0600", " PST", " -0800", " PDT", " -0700", " CEST", " +0200", " CET", " +0100", " EEST", " +0300", " EET", " +0200", " BST", " +0100",
	" WEST", " +0100", " WET", " +0000", " MSK", " +0300", " IST", " +0530", " JST", " +0900", " KST", " +0900", " HKT", " +0800", " SGT", " +0800", " AEST", " +1000", " AEDT", " +1100",
)

// months are beginnings of month names in the languages of our outlets. Where
// one is the beginning of another, the longer stands first.
var months = []struct {
	month string
	names []string
}{
	{"Jan", []string{"jan", "ene", "gen", "янв", "січ", "sty", "ocak", "oca", "ιαν", "led", "يناير"}},
	{"Feb", []string{"feb", "fév", "fev", "фев", "лют", "lut", "şub", "φεβ", "úno", "فبراير"}},
	{"Mar", []string{"mar", "mär", "mrt", "maa", "мар", "бер", "μαρ", "bře", "مارس"}},
	{"Apr", []string{"apr", "avr", "abr", "апр", "кві", "kwi", "nis", "απρ", "dub", "أبريل"}},
	{"May", []string{"may", "mai", "mag", "maj", "mei", "май", "мая", "тра", "μαΐ", "μαι", "kvě", "مايو"}},
	{"Jun", []string{"jun", "juin", "giu", "июн", "чер", "cze", "haz", "ιουν", "čvn", "يونيو"}},
	{"Jul", []string{"jul", "juil", "lug", "июл", "лип", "lip", "tem", "ιουλ", "čvc", "يوليو"}},
	{"Aug", []string{"aug", "aoû", "aou", "ago", "авг", "сер", "sie", "ağu", "αυγ", "srp", "أغسطس"}},
	{"Sep", []string{"sep", "set", "сен", "вер", "wrz", "eyl", "σεπ", "zář", "سبتمبر"}},
	{"Oct", []string{"oct", "okt", "out", "ott", "окт", "жов", "paź", "eki", "οκτ", "říj", "أكتوبر"}},
	{"Nov", []string{"nov", "ноя", "лис", "kas", "νοε", "نوفمبر"}},
	{"Dec", []string{"dec", "déc", "dez", "dic", "des", "дек", "гру", "gru", "ara", "δεκ", "pro", "ديسمبر"}},
}

var (
	words      = regexp.MustCompile(`\p{L}[\p{L}\p{M}.]*`)
	comments   = regexp.MustCompile(`\([^)]*\)`)
	cjkDate    = regexp.MustCompile(`(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]`)
	oneDigit   = regexp.MustCompile(`\b(\d)\b`)
	zoneColon  = regexp.MustCompile(`([ 0-9][+-]\d\d):(\d\d)$`)
	bareOffset = regexp.MustCompile(`( [+-])(\d)$|( [+-]\d\d)$`)
)

// parseDate reads a date however it is written; zero if it cannot, or if the
// year is before there was news on the web. No zone means UTC.
func parseDate(s string) time.Time {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 100 {
		return time.Time{}
	}
	if t := tryLayouts(s); !t.IsZero() {
		return t
	}
	s = comments.ReplaceAllString(s, " ")
	s = cjkDate.ReplaceAllStringFunc(s, func(m string) string {
		p := cjkDate.FindStringSubmatch(m)
		return p[1] + "-" + oneDigit.ReplaceAllString(p[2], "0$1") + "-" + oneDigit.ReplaceAllString(p[3], "0$1") + " "
	})
	s = words.ReplaceAllStringFunc(s, englishWord)
	s = strings.Join(strings.Fields(strings.NewReplacer(",", " ", "º", " ").Replace(s)), " ")
	s = zones.Replace(s)
	s = zoneColon.ReplaceAllString(s, "$1$2")
	s = bareOffset.ReplaceAllStringFunc(s, func(m string) string {
		if len(m) == 3 {
			return m[:2] + "0" + m[2:] + "00"
		}
		return m + "00"
	})
	return tryLayouts(s)
}

func tryLayouts(s string) time.Time {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return plausible(t)
		}
	}
	return time.Time{}
}

func plausible(t time.Time) time.Time {
	if t.Year() < 1990 || t.Year() > 2100 {
		return time.Time{}
	}
	return t.UTC()
}

// englishWord turns a month's name into its English one, keeps zones, marks of
// the day's half and letters of ISO dates, and drops the rest: weekdays, "de",
// "o'clock".
func englishWord(w string) string {
	lower := strings.ToLower(strings.TrimSuffix(w, "."))
	switch {
	case lower == "am", lower == "pm", lower == "a.m", lower == "p.m":
		return strings.ToUpper(lower[:1]) + "M"
	case len(w) <= 5 && w == strings.ToUpper(w) && len(lower) > 1 && isASCII([]byte(w)) && w != "MAY":
		if monthOf(lower) == "" || len(w) > 3 {
			return w // a zone
		}
	case w == "T" || w == "Z":
		return w
	}
	return monthOf(lower)
}

func monthOf(lower string) string {
	if len([]rune(lower)) < 3 || isWeekday(lower) {
		return ""
	}
	for _, m := range months {
		for _, name := range m.names {
			if strings.HasPrefix(lower, name) {
				return m.month
			}
		}
	}
	return ""
}

// isWeekday catches the days whose names begin like a month.
func isWeekday(lower string) bool {
	switch lower {
	case "martes", "mardi", "mar", "martedì", "marți", "dec.", "czwartek", "maandag", "maa", "segunda", "sexta", "seg":
		return lower != "mar" && lower != "maa"
	}
	return false
}
