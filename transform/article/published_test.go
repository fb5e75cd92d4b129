package article

import (
	"strings"
	"testing"
	"time"
)

func TestPublished(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		d, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return d.UTC()
	}
	ld := func(s string) string {
		return `<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"` + s + `"}</script>`
	}
	meta := func(s string) string { return `<meta property="article:published_time" content="` + s + `">` }
	channel := at("2026-03-10T06:00:00Z")
	tests := []struct {
		name   string
		page   Page
		head   string
		body   string
		want   time.Time
		origin string
		exact  bool
	}{
		{name: "linked data", head: ld("2026-03-09T08:30:00+02:00"), want: at("2026-03-09T06:30:00Z"), origin: "json_ld", exact: true},
		{name: "meta", head: meta("2026-03-09T08:30:00Z"), want: at("2026-03-09T08:30:00Z"), origin: "meta", exact: true},
		{name: "exact meta before a bare date in the data", head: ld("2026-03-09") + meta("2026-03-09T08:30:00Z"), want: at("2026-03-09T08:30:00Z"), origin: "meta", exact: true},
		{name: "a marked time", body: `<time itemprop=datePublished datetime="2026-03-09T08:30:00Z">x</time>`, want: at("2026-03-09T08:30:00Z"), origin: "time", exact: true},
		{name: "the address", page: Page{URL: "https://example.com/2026/03/08/new-bridge-opens"}, want: at("2026-03-08T00:00:00Z"), origin: "url"},
		{name: "the text", body: `<p>Published: 7 March 2026</p>`, want: at("2026-03-07T00:00:00Z"), origin: "text"},
		{name: "nothing", want: seen, origin: "first_seen"},
		{name: "page exact before feed", page: Page{ChannelPublishedAt: channel, ChannelKind: "feed"}, head: ld("2026-03-09T08:30:00Z"), want: at("2026-03-09T08:30:00Z"), origin: "json_ld", exact: true},
		{name: "feed before a bare date", page: Page{ChannelPublishedAt: channel, ChannelKind: "feed"}, head: ld("2026-03-10"), want: channel, origin: "feed", exact: true},
		{name: "feed before a time without zone", page: Page{ChannelPublishedAt: channel, ChannelKind: "feed"}, head: ld("2026-03-10T07:00:00"), want: channel, origin: "feed", exact: true},
		{name: "sitemap adds the time of day", page: Page{ChannelPublishedAt: channel, ChannelKind: "sitemap", IsChannelTimeModified: true}, head: ld("2026-03-10"), want: channel, origin: "sitemap", exact: true},
		{name: "sitemap that tells of a change", page: Page{ChannelPublishedAt: channel, ChannelKind: "sitemap", IsChannelTimeModified: true}, head: ld("2026-02-01"), want: at("2026-02-01T00:00:00Z"), origin: "json_ld"},
		{name: "news sitemap before a bare date", page: Page{ChannelPublishedAt: channel, ChannelKind: "sitemap"}, head: ld("2026-03-09"), want: channel, origin: "sitemap", exact: true},
		{name: "sitemap for want of another", page: Page{ChannelPublishedAt: channel, ChannelKind: "sitemap", IsChannelTimeModified: true}, want: channel, origin: "sitemap", exact: true},
		{name: "trusted channel wins", page: Page{ChannelPublishedAt: channel, ChannelKind: "feed", TrustChannelDates: true}, head: ld("2012-03-09T08:30:00Z"), want: channel, origin: "feed", exact: true},
		{name: "from the future", head: ld("2026-05-01T08:30:00Z"), want: seen, origin: "first_seen"},
		{name: "a clock that runs ahead", head: ld("2026-03-10T20:00:00Z"), want: at("2026-03-10T20:00:00Z"), origin: "json_ld", exact: true},
		{name: "a channel from the future", page: Page{ChannelPublishedAt: at("2030-01-01T10:00:00Z"), ChannelKind: "feed", TrustChannelDates: true}, head: ld("2026-03-09T08:30:00Z"), want: at("2026-03-09T08:30:00Z"), origin: "json_ld", exact: true},
		{name: "the epoch", head: ld("1970-01-01T00:00:00Z") + meta("2026-03-09T08:30:00Z"), want: at("2026-03-09T08:30:00Z"), origin: "meta", exact: true},
		{name: "the year one", head: ld("0001-01-01T00:00:00Z"), want: seen, origin: "first_seen"},
		{name: "no date at all", head: ld("yesterday"), want: seen, origin: "first_seen"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := tt.page
			p.Body = []byte(document1("<title>A bridge opens at last</title>"+tt.head, tt.body+story))
			a, v := normalise(t, p)
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if !a.PublishedAt.Equal(tt.want) || a.PublishedOrigin != tt.origin || a.IsPublishedExact != tt.exact {
				t.Errorf("published %s by %s, exact %v; want %s by %s, exact %v", a.PublishedAt, a.PublishedOrigin, a.IsPublishedExact, tt.want, tt.origin, tt.exact)
			}
		})
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		give, want string
		exact      bool
	}{
		{"2026-03-09T08:30:00.123Z", "2026-03-09T08:30:00Z", true},
		{"2026-03-09T08:30:00+0100", "2026-03-09T07:30:00Z", true},
		{"2026-03-09T08:30:00+01:00[Europe/Oslo]", "2026-03-09T07:30:00Z", true},
		{"2026-03-09 08:30:00 +0100", "2026-03-09T07:30:00Z", true},
		{"2026-03-09T08:30+01:00", "2026-03-09T07:30:00Z", true},
		{"Mon, 09 Mar 2026 08:30:00 GMT", "2026-03-09T08:30:00Z", true},
		{"1773045000", "2026-03-09T08:30:00Z", true},
		{"1773045000000", "2026-03-09T08:30:00Z", true},
		{"2026-03-09T08:30:00", "2026-03-09T08:30:00Z", false},
		{"2026-03-09T00:00:00", "2026-03-09T00:00:00Z", false},
		{"09.03.2026", "2026-03-09T00:00:00Z", false},
		{"March 9, 2026", "2026-03-09T00:00:00Z", false},
		{"20260309", "2026-03-09T00:00:00Z", false},
		{"2026年3月9日", "2026-03-09T00:00:00Z", false},
	}
	for _, tt := range tests {
		t.Run(tt.give, func(t *testing.T) {
			t.Parallel()
			d, ok := parseDate(tt.give)
			if got := d.at.UTC().Format(time.RFC3339); !ok || got != tt.want || d.exact != tt.exact {
				t.Errorf("parseDate = %s, exact %v, %v; want %s, exact %v", got, d.exact, ok, tt.want, tt.exact)
			}
		})
	}
	for _, bad := range []string{"", "soon", "2026-13-45", strings.Repeat("9", 200)} {
		if d, ok := parseDate(bad); ok {
			t.Errorf("parseDate(%q) = %v, want none", bad, d.at)
		}
	}
}

func TestFindDate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		give, want   string // in the zone written, or UTC
		exact, timed bool
		alt          string
	}{
		{"Tuesday, 14 January 2022 at 6:06 pm ET", "2022-01-14T18:06:00Z", false, true, ""},
		{"Published Jan. 14, 2022 6:06 p.m. EST", "2022-01-14T18:06:00-05:00", true, true, ""},
		{"January 14th, 2022", "2022-01-14T00:00:00Z", false, false, ""},
		{"14. Januar 2022, 18.06 Uhr", "2022-01-14T18:06:00Z", false, true, ""},
		{"Stand: 14.01.2022 18:06 Uhr", "2022-01-14T18:06:00Z", false, true, ""},
		{"Publié le 14 février 2022 à 18h06", "2022-02-14T18:06:00Z", false, true, ""},
		{"14 de enero de 2022 - 00:05", "2022-01-14T00:05:00Z", false, true, ""},
		{"14 января 2022, 18:06 MSK", "2022-01-14T18:06:00+03:00", true, true, ""},
		{"2022年1月14日 18時06分", "2022-01-14T18:06:00Z", false, true, ""},
		{"2022년 1월 14일 18:06", "2022-01-14T18:06:00Z", false, true, ""},
		{"2022. január 14. 18:06", "2022-01-14T18:06:00Z", false, true, ""},
		{"١٤ يناير ٢٠٢٢", "2022-01-14T00:00:00Z", false, false, ""},
		{"18:06 GMT+2, 14 Jan 2022", "2022-01-14T18:06:00+02:00", true, true, ""},
		{"12:30 am 14 Jan 2022", "2022-01-14T00:30:00Z", false, true, ""},
		{"25/01/2022", "2022-01-25T00:00:00Z", false, false, ""},
		{"01/25/2022", "2022-01-25T00:00:00Z", false, false, ""},
		{"03/04/2022 10:00", "2022-04-03T10:00:00Z", false, true, "2022-03-04T10:00:00Z"},
		{"04.03.22", "2022-03-04T00:00:00Z", false, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.give, func(t *testing.T) {
			t.Parallel()
			d, ok := findDate(tt.give)
			if got := d.at.Format(time.RFC3339); !ok || got != tt.want || d.exact != tt.exact || d.timed != tt.timed {
				t.Errorf("findDate = %s, exact %v, timed %v, %v; want %s, exact %v, timed %v", got, d.exact, d.timed, ok, tt.want, tt.exact, tt.timed)
			}
			if got := d.alt.Format(time.RFC3339); tt.alt != "" && got != tt.alt || tt.alt == "" && !d.alt.IsZero() {
				t.Errorf("the other reading is %s, want %q", got, tt.alt)
			}
		})
	}
	for _, bad := range []string{"", "soon", "31 February 2022", "2022", "call 555-1234", "version 1.2.3", "may 2022", "12:30", "99/99/2022"} {
		if d, ok := findDate(bad); ok {
			t.Errorf("findDate(%q) = %v, want none", bad, d.at)
		}
	}
}

// TestDateIsWeighed looks at the rules that need more than one candidate.
func TestDateIsWeighed(t *testing.T) {
	t.Parallel()
	tokyo, newYork := time.FixedZone("Asia/Tokyo", 9*3600), time.FixedZone("America/New_York", -5*3600)
	meta := func(s string) string { return `<meta property="article:published_time" content="` + s + `">` }
	stamped := func(s string) string { return `<h1>A bridge opens at last</h1><p class=date>` + s + `</p>` }
	tests := []struct {
		name, head, body string
		page             Page
		want             string
		exact            bool
	}{
		{"a local time in the zone of the outlet", meta("2026-03-09T08:30:00"), "", Page{OutletZone: tokyo}, "2026-03-08T23:30:00Z", false},
		{"a day keeps its day", meta("2026-03-09"), "", Page{OutletZone: tokyo}, "2026-03-09T00:00:00Z", false},
		{"a local time and the moment itself", meta("2026-03-09T08:30:00"), `<time itemprop=datePublished datetime="2026-03-09T13:30:00Z">x</time>`, Page{}, "2026-03-09T13:30:00Z", true},
		{"a Z that is not meant", meta("2026-03-09T08:30:00Z"), `<time itemprop=datePublished datetime="2026-03-09T08:30:00+09:00">x</time>`, Page{OutletZone: tokyo}, "2026-03-08T23:30:00Z", true},
		{"a Z beside a zone that is not the outlet's", meta("2026-03-09T08:30:00Z"), `<time itemprop=datePublished datetime="2026-03-09T08:30:00+09:00">x</time>`, Page{}, "2026-03-09T08:30:00Z", true},
		{"the address settles which is the day", "", stamped("04/03/2026"), Page{URL: "https://example.com/2026/03/04/bridge"}, "2026-03-04T00:00:00Z", false},
		{"the future settles it", "", stamped("04/03/2026"), Page{}, "2026-03-04T00:00:00Z", false},
		{"the country settles it: month first", "", stamped("01/02/2026"), Page{OutletZone: newYork}, "2026-01-02T00:00:00Z", false},
		{"the country settles it: day first", "", stamped("01/02/2026"), Page{OutletZone: tokyo}, "2026-02-01T00:00:00Z", false},
		{"nothing settles it", "", stamped("01/02/2026"), Page{}, seen.Format(time.RFC3339), false},
		{"the time of day joins its day", meta("2026-03-09"), stamped("9 March 2026, 18:06"), Page{}, "2026-03-09T18:06:00Z", false},
		{"an update is no publication", "", stamped("Updated 9 March 2026") + `<p class=date>8 March 2026</p>`, Page{}, "2026-03-08T00:00:00Z", false},
		{"the last change in the place of the date", meta("2026-03-08") + `<meta property="article:modified_time" content="2026-03-09T13:30:00Z">`, `<time itemprop=datePublished datetime="2026-03-09T13:30:00Z">x</time>`, Page{}, "2026-03-08T00:00:00Z", false},
		{"the page was made just now", meta("2026-03-10T11:59:30Z"), `<time itemprop=datePublished datetime="2026-03-09T13:30:00Z">x</time>`, Page{FirstSeenAt: seen.Add(-2 * time.Hour), FetchedAt: seen}, "2026-03-09T13:30:00Z", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := tt.page
			p.Body = []byte(strings.Replace(document1("<title>A bridge opens at last</title>"+tt.head, tt.body+story), " lang=en", "", 1))
			a, v := normalise(t, p)
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if got := a.PublishedAt.Format(time.RFC3339); got != tt.want || a.IsPublishedExact != tt.exact {
				t.Errorf("published %s by %s, exact %v; want %s, %v\n%+v", got, a.PublishedOrigin, a.IsPublishedExact, tt.want, tt.exact, a.DateCandidates)
			}
			if c := a.DateCandidates; len(c) == 0 || !c[0].At.Equal(a.PublishedAt) || c[0].Origin != a.PublishedOrigin || !c[0].IsPlausible {
				t.Errorf("the best is not the first of the candidates: %+v", c)
			}
		})
	}
}

func TestRefusedDatesTellWhy(t *testing.T) {
	t.Parallel()
	head := `<title>A bridge opens at last</title><meta property="article:published_time" content="2031-03-09T08:30:00Z"><meta name=date content="1970-01-01"><meta name=pubdate content="2026-03-09T08:30:00Z">`
	a, _ := normalise(t, Page{Body: []byte(document1(head, story))})
	var reasons []string
	for _, c := range a.DateCandidates {
		if c.IsPlausible != (c.Reason == "") {
			t.Errorf("%+v", c)
		}
		reasons = append(reasons, c.Reason)
	}
	if len(reasons) != 3 || reasons[0] != "" || !strings.Contains(reasons[1], "after first sight") || reasons[2] != "before 1993" {
		t.Errorf("reasons = %q", reasons)
	}
}

func FuzzFindDate(f *testing.F) {
	for _, s := range []string{"14. Januar 2022, 18.06 Uhr", "2022年1月14日 18時06分", "03/04/22 6 pm GMT+05:30", "Jan 1 99999", "1/1/1:1:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, parse := range []func(string) (stamp, bool){findDate, parseDate} {
			d, ok := parse(s)
			if ok && (d.at.IsZero() || d.exact && !d.timed) {
				t.Fatalf("%q gave %+v", s, d)
			}
		}
		urlDate(s)
	})
}
