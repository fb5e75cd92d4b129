package article

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// stamp is a date as somebody wrote it.
type stamp struct {
	at    time.Time // in the zone it was written in; in UTC if it names none
	exact bool      // a time of day with its zone
	timed bool      // a time of day at all
	// alt is the other reading of a date that can be day/month or month/day; zero
	// if there is only one.
	alt time.Time
}

// layouts of dates in markup; the zone decides whether a time is exact.
var layouts = []struct {
	layout       string
	exact, timed bool
}{
	{time.RFC3339, true, true},
	{"2006-01-02T15:04:05-0700", true, true},
	{"2006-01-02T15:04:05 -0700", true, true},
	{"2006-01-02T15:04:05-07", true, true},
	{"2006-01-02T15:04Z07:00", true, true},
	{"2006-01-02T15:04-0700", true, true},
	{"2006-01-02 15:04:05Z07:00", true, true},
	{"2006-01-02 15:04:05 Z07:00", true, true},
	{"2006-01-02 15:04:05 -0700", true, true},
	{"2006-01-02 15:04:05 -0700 MST", true, true},
	{"2006-01-02 15:04:05-0700", true, true},
	{"20060102T150405Z0700", true, true},
	{"20060102T150405Z", true, true},
	{time.RFC1123Z, true, true},
	{"Mon, 2 Jan 2006 15:04:05 -0700", true, true},
	{"2 Jan 2006 15:04:05 -0700", true, true},
	{"Mon, 02 Jan 2006 15:04:05 GMT", true, true},
	{"Mon, 02 Jan 2006 15:04:05 UTC", true, true},
	{"2006-01-02T15:04:05", false, true},
	{"2006-01-02T15:04", false, true},
	{"2006-01-02 15:04:05", false, true},
	{"2006-01-02 15:04", false, true},
	{"2006/01/02 15:04:05", false, true},
	{"2006/01/02 15:04", false, true},
	{"20060102150405", false, true},
	{"Mon Jan 2 15:04:05 2006", false, true},
	{"2006-01-02", false, false},
	{"20060102", false, false},
}

var (
	fraction = regexp.MustCompile(`(:\d\d)[.,]\d+`)
	zoneName = regexp.MustCompile(`\[[A-Za-z_/+-]+\]$`)
	zeroTime = regexp.MustCompile(`[T ]00:00(:00)?$`)
	unixTime = regexp.MustCompile(`^1\d{9}(\d{3})?$`)
)

// maxDate bounds what is read as one stated date, in bytes.
const maxDate = 80

// parseDate reads a date as machines state it, and else one as people write it.
func parseDate(s string) (stamp, bool) {
	s = line(s)
	if s == "" || len(s) > maxDate || !hasDigit(s) {
		return stamp{}, false
	}
	if unixTime.MatchString(s) {
		n, err := strconv.ParseInt(s[:10], 10, 64)
		return stamp{at: time.Unix(n, 0).UTC(), exact: true, timed: true}, err == nil
	}
	if s[0] >= '0' && s[0] <= '9' || strings.Contains(s, ", ") || strings.Contains(s, ":") {
		t := zoneName.ReplaceAllString(fraction.ReplaceAllString(s, "$1"), "")
		t = zeroTime.ReplaceAllString(t, "") // a template that had only a date
		for _, l := range layouts {
			if at, err := time.Parse(l.layout, t); err == nil {
				return stamp{at: at, exact: l.exact, timed: l.timed}, true
			}
		}
	}
	return findDate(s)
}

var urlDates = []*regexp.Regexp{
	regexp.MustCompile(`/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})(?:/|$)`),
	regexp.MustCompile(`(?:^|[/_.-])((?:19|20)\d\d)[-_.](\d\d)[-_.](\d\d)(?:[/_.-]|$)`),
	regexp.MustCompile(`(?:^|[/_.-])((?:19|20)\d\d)(\d\d)(\d\d)(?:[/_.-]|$)`),
	regexp.MustCompile(`/((?:19|20)\d\d)/(\d\d)(\d\d)(?:/|$)`),
	regexp.MustCompile(`/((?:19|20)\d\d)-(\d\d)/(\d\d)(?:/|$)`),
	regexp.MustCompile(`(?i)/((?:19|20)\d\d)/(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/(\d{1,2})(?:/|$)`),
}

// urlDate reads the date many sites file their articles under.
func urlDate(path string) (stamp, bool) {
	for _, re := range urlDates {
		m := re.FindStringSubmatch(path)
		if m == nil {
			continue
		}
		month := monthOf(strings.ToLower(m[2]))
		if month == 0 {
			month, _ = strconv.Atoi(m[2])
		}
		year, _ := strconv.Atoi(m[1])
		day, _ := strconv.Atoi(m[3])
		if at, ok := calendar(year, month, day); ok {
			return stamp{at: at}, true
		}
	}
	return stamp{}, false
}

// calendar makes a day, if there is such a one.
func calendar(year, month, day int) (time.Time, bool) {
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return at, year >= 1900 && year < 2100 && month >= 1 && month <= 12 && at.Day() == day && at.Month() == time.Month(month)
}
