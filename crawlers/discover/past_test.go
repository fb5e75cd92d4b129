package discover

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

func TestTimesOfThePast(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("far east", 9*3600)
	at := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct{ name, file, address, published, modified, want string }{
		{"a date of publication stands", "/sitemap-2026-01-05.xml", "/2026/01/04/story", "2026-01-06T10:00:00Z", "", "2026-01-06T10:00:00Z"},
		{"a change on the day of the address", "/sitemap.xml", "/2026/01/05/story", "", "2026-01-05T10:00:00Z", "2026-01-05T10:00:00Z"},
		{"a change weeks later", "/sitemap.xml", "/2026/01/05/story", "", "2026-01-25T10:00:00Z", "2026-01-05T03:00:00Z"},
		{"no change told", "/sitemap.xml", "/2026-01-05-a-story", "", "", "2026-01-05T03:00:00Z"},
		{"the day in one word", "/sitemap.xml", "/20260105/story", "", "", "2026-01-05T03:00:00Z"},
		{"a number is no day", "/sitemap.xml", "/story-20260105", "", "", ""},
		{"a day to come is a number", "/sitemap.xml", "/20770105/story", "", "", ""},
		{"no such day", "/sitemap.xml", "/2026/02/31/story", "", "", ""},
		{"the day of the file", "/sitemaps/2026-01-05.xml", "/story-of-things", "", "", "2026-01-05T12:00:00Z"},
		{"a change long after the day of the file", "/sitemaps/2026-01-05.xml", "/story-of-things", "", "2026-01-25T10:00:00Z", "2026-01-05T12:00:00Z"},
		{"a change near the day of the file", "/sitemaps/2026-01-05.xml", "/story-of-things", "", "2026-01-06T10:00:00Z", "2026-01-06T10:00:00Z"},
		{"a change after the month of the file", "/sitemaps/2026-01.xml", "/story-of-things", "", "2026-03-06T10:00:00Z", "2026-01-31T12:00:00Z"},
		{"the month alone tells no time", "/sitemaps/2026-01.xml", "/story-of-things", "", "", ""},
		{"the address is believed before the file", "/sitemaps/2026-01.xml", "/2026/01/05/story", "", "", "2026-01-05T03:00:00Z"},
		{"a year is none", "/sitemaps/2026.xml", "/story-of-things", "", "2026-03-06T10:00:00Z", "2026-03-06T10:00:00Z"},
	} {
		w := &walk{d: &Discoverer{now: func() time.Time { return at("2026-03-10T12:00:00Z") }}, zone: zone}
		i := Item{URL: "https://paper.example" + c.address, PublishedAt: at(c.published)}
		if c.modified != "" {
			i.PublishedAt, i.IsModifiedTime = at(c.modified), true
		}
		if i.PublishedAt.IsZero() || i.IsModifiedTime {
			w.bound(&i, namedPeriod("https://paper.example"+c.file))
		}
		if !i.PublishedAt.Equal(at(c.want)) || i.IsModifiedTime != (c.want != "" && c.published == "") {
			t.Errorf("%s: %v, changed: %v; want %q", c.name, i.PublishedAt, i.IsModifiedTime, c.want)
		}
	}
}

func past(t *testing.T, w *web, from, to string, paths ...string) ([]Poll, error) {
	t.Helper()
	d := New(slog.New(slog.DiscardHandler), w)
	d.now, d.pause = func() time.Time { return noon }, time.Millisecond
	var sitemaps []string
	for _, p := range paths {
		sitemaps = append(sitemaps, "https://paper.example"+p)
	}
	return d.Past(t.Context(), outlets.Outlet{ID: "paper", HomeURL: "https://paper.example/"}, sitemaps, at(from+"T00:00:00Z"), at(to+"T00:00:00Z"), Pattern{})
}

// Of an index only the files are asked that can hold something of the nights, those
// with a name that says so first.
func TestFilesOfThePast(t *testing.T) {
	t.Parallel()
	days := func(first string, n int) []string {
		var list []string
		for i := range n {
			list = append(list, at(first+"T00:00:00Z").AddDate(0, 0, i).Format("/s-2006-01-02.xml"))
		}
		return list
	}
	for _, c := range []struct {
		name     string
		entries  []string
		from, to string
		want     []string
	}{
		{"months", []string{"/s-2025-11.xml", "/s-2025-12.xml", "/s-2026-01.xml 2026-03-01", "/s-2026-02.xml", "/s-2026-03.xml"}, "2026-01-10", "2026-01-20", []string{"/s-2026-01.xml"}},
		{"months at their ends, for dates have zones", []string{"/s-2025-12.xml", "/s-2026-01.xml", "/s-2026-02.xml", "/s-2026-03.xml"}, "2026-02-01", "2026-03-01", []string{"/s-2026-02.xml", "/s-2026-03.xml", "/s-2026-01.xml"}},
		{"days", days("2025-12-01", 90), "2026-01-10", "2026-01-12", []string{"/s-2026-01-11.xml", "/s-2026-01-12.xml", "/s-2026-01-10.xml", "/s-2026-01-09.xml", "/s-2026-01-08.xml"}},
		{"numbers by their lastmod, the nearest first", []string{"/s-1.xml 2025-12-01", "/s-2.xml 2026-01-15", "/s-3.xml 2026-01-25", "/s-4.xml 2026-02-20", "/s-5.xml"}, "2026-01-10", "2026-01-20",
			[]string{"/s-2.xml", "/s-3.xml", "/s-4.xml", "/s-5.xml"}},
		{"tags are no archive", []string{"/tags-2026-01.xml", "/posts-2026-01.xml"}, "2026-01-10", "2026-01-20", []string{"/posts-2026-01.xml"}},
	} {
		w := &web{answers: map[string]any{"https://paper.example/index.xml": index(c.entries...)}}
		if _, err := past(t, w, c.from, c.to, "/index.xml"); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(append([]string{"/index.xml"}, c.want...), w.addresses()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestBoundsOfThePast(t *testing.T) {
	t.Parallel()
	var entries []string
	for i := range 1000 {
		entries = append(entries, fmt.Sprintf("/s-%d.xml", i))
	}
	w := &web{answers: map[string]any{"https://paper.example/index.xml": index(entries...)}}
	polls, err := past(t, w, "2026-01-01", "2026-01-31", "/index.xml")
	if err != nil {
		t.Fatal(err)
	}
	if len(w.asked) != maxSitemaps || polls[0].SkippedCount != 1000-maxSitemaps+1 {
		t.Errorf("%d files asked, %d skipped", len(w.asked), polls[0].SkippedCount)
	}
	var b strings.Builder
	b.WriteString("<urlset>")
	for i := range 2 * maxPastUndated {
		fmt.Fprintf(&b, "<url><loc>https://paper.example/a-story-of-many-words-%d</loc></url>", 100_000+i)
	}
	b.WriteString("<url><loc>https://paper.example/about</loc></url><url><loc>https://paper.example/new</loc><lastmod>2026-02-20</lastmod></url></urlset>")
	w = &web{answers: map[string]any{"https://paper.example/all.xml": b.String()}}
	polls, err = past(t, w, "2026-01-01", "2026-01-31", "/all.xml")
	if err != nil {
		t.Fatal(err)
	}
	if p := polls[0]; len(p.Items) != maxPastUndated || p.SkippedCount != maxPastUndated+1 || p.LaterCount != 1 {
		t.Errorf("%d items, %d skipped, %d later", len(p.Items), p.SkippedCount, p.LaterCount)
	}
}

// Sitemaps are looked for in robots.txt, and where they mostly stand if it names
// none; what may pass is an error, what will not is none.
func TestWhereThePastIsLookedFor(t *testing.T) {
	t.Parallel()
	w := &web{answers: map[string]any{}, sitemaps: []string{"https://paper.example/named.xml"}}
	if _, err := past(t, w, "2026-01-01", "2026-01-31", "/known.xml"); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"/known.xml", "/named.xml"}, w.addresses()); diff != "" {
		t.Error(diff)
	}
	w = &web{answers: map[string]any{"https://paper.example/sitemap_index.xml": index()}}
	if _, err := past(t, w, "2026-01-01", "2026-01-31"); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"/sitemap_index.xml"}, w.addresses()); diff != "" {
		t.Error(diff)
	}
	for outcome, isPassing := range map[string]bool{fetch.OutcomeDeferred: true, fetch.OutcomeBlocked: false} {
		w = &web{answers: map[string]any{}, sitemapsErr: &fetch.Error{Outcome: outcome, Reason: "as scripted"}}
		_, err := past(t, w, "2026-01-01", "2026-01-31", "/known.xml")
		var fe *fetch.Error
		if errors.As(err, &fe) != isPassing || (len(w.asked) == 0) != isPassing {
			t.Errorf("robots.txt is %s: %v, asked %q", outcome, err, w.addresses())
		}
	}
	w = &web{answers: map[string]any{"https://paper.example/known.xml": &fetch.Error{Outcome: fetch.OutcomeDeferred, IsNetworkDown: true}}}
	if polls, err := past(t, w, "2026-01-01", "2026-01-31", "/known.xml", "/other.xml"); !isNetworkDown(err) || len(polls) != 0 {
		t.Errorf("our network is out: %v, %v", polls, err)
	}
}
