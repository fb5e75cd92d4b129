package discover

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

// web answers by address: a *fetch.Response, an error, or a body.
type web struct {
	answers map[string]any
	asked   []fetch.Request

	sitemaps    []string
	sitemapsErr error // of robots.txt
}

func (w *web) Fetch(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	w.asked = append(w.asked, r)
	switch a := w.answers[r.URL].(type) {
	case []any: // one answer after the other
		w.answers[r.URL] = a[1:]
		if len(a) == 2 {
			w.answers[r.URL] = a[1]
		}
		return (&web{answers: map[string]any{r.URL: a[0]}}).Fetch(context.Background(), r)
	case string:
		return &fetch.Response{URL: r.URL, FinalURL: r.URL, Status: 200, Body: []byte(a), WireBytes: int64(len(a)), Header: http.Header{"Etag": {`"new"`}}}, nil
	case *fetch.Response:
		return a, nil
	case error:
		return nil, a
	}
	return nil, &fetch.Error{Outcome: fetch.OutcomeGone, Status: 404, URL: r.URL, Reason: "status 404 Not Found"}
}

func (w *web) Sitemaps(context.Context, string) ([]string, error) { return w.sitemaps, w.sitemapsErr }

func (w *web) addresses() []string {
	var list []string
	for _, r := range w.asked {
		list = append(list, strings.TrimPrefix(r.URL, "https://paper.example"))
	}
	return list
}

var noon = at("2026-03-02T12:00:00Z")

func poll(t *testing.T, w *web, kind string, prior map[string]ChannelState, since time.Time, paths ...string) []Poll {
	t.Helper()
	o := outlets.Outlet{ID: "paper"}
	for _, p := range paths {
		o.Channels = append(o.Channels, outlets.Channel{Kind: kind, URL: "https://paper.example" + p})
	}
	d := New(slog.New(slog.DiscardHandler), w)
	d.now, d.pause = func() time.Time { return noon }, time.Millisecond
	d.maxUndated, d.maxDated = 200, 500
	return d.PollOutlet(t.Context(), o, prior, since, Pattern{})
}

const (
	oneItem  = `<rss><channel><item><link>https://paper.example/1</link></item></channel></rss>`
	feedPath = "/feed"
	feedURL  = "https://paper.example" + feedPath
)

func TestAnswersBecomeStates(t *testing.T) {
	t.Parallel()
	status := func(outcome string, s int) error { return &fetch.Error{Outcome: outcome, Status: s, Reason: "x"} }
	for _, c := range []struct {
		name   string
		answer any
		want   string
	}{
		{"items", oneItem, StateOK},
		{"no items", `<rss><channel></channel></rss>`, StateEmpty},
		{"cut, with items", strings.TrimSuffix(oneItem, "</channel></rss>"), StateOK},
		{"cut, without items", `<rss><channel>`, StateFailed},
		{"a page", `<html><title>Home</title>`, StateNotFeed},
		{"nothing", "", StateNotFeed},
		{"robots", status(fetch.OutcomeRobots, 0), StateBlocked},
		{"403", status(fetch.OutcomeBlocked, 403), StateBlocked},
		{"429", status(fetch.OutcomeDeferred, 429), StateBlocked},
		{"404", status(fetch.OutcomeGone, 404), StateGone},
		{"410", status(fetch.OutcomeGone, 410), StateGone},
		{"402", status(fetch.OutcomeGone, 402), StateFailed},
		{"500", status(fetch.OutcomeDeferred, 500), StateFailed},
		{"too large", status(fetch.OutcomeTooLarge, 200), StateFailed},
		{"cancelled", context.Canceled, StateFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			prior := map[string]ChannelState{feedURL: {FailureCount: 2}}
			got := poll(t, &web{answers: map[string]any{feedURL: c.answer}}, KindFeed, prior, time.Time{}, feedPath)[0]
			if got.State != c.want {
				t.Errorf("state %s, want %s (%v)", got.State, c.want, got.Err)
			}
			wantCount := 3
			if c.want == StateOK || c.want == StateEmpty {
				wantCount = 0
			}
			if got.FailureCount != wantCount {
				t.Errorf("failure count %d, want %d", got.FailureCount, wantCount)
			}
			if isWhole := got.Err == nil; isWhole != (got.ETag != "") {
				t.Errorf("ETag %q after %v: only a whole answer may be asked for again by it", got.ETag, got.Err)
			}
		})
	}
}

func TestAHostOutOfSortsIsAskedAgain(t *testing.T) {
	t.Parallel()
	deferred := func(status int, after time.Duration) error {
		return &fetch.Error{Outcome: fetch.OutcomeDeferred, Status: status, RetryAfter: after, Reason: "x"}
	}
	for _, c := range []struct {
		name     string
		answers  []any
		want     string
		requests int
	}{
		{"500, then well", []any{deferred(500, 0), oneItem}, StateOK, 2},
		{"429 with a short Retry-After, then well", []any{deferred(429, time.Millisecond), oneItem}, StateOK, 2},
		{"cut off twice, then well", []any{deferred(200, 0), deferred(0, 0), oneItem}, StateOK, 3},
		{"three times out of sorts", []any{deferred(503, 0), deferred(503, 0), deferred(503, 0), oneItem}, StateFailed, 3},
		{"429 with a long Retry-After", []any{deferred(429, time.Hour), oneItem}, StateBlocked, 1},
		{"gone is not asked again", []any{&fetch.Error{Outcome: fetch.OutcomeGone, Status: 404}, oneItem}, StateGone, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := poll(t, &web{answers: map[string]any{feedURL: c.answers}}, KindFeed, nil, time.Time{}, feedPath)[0]
			if got.State != c.want || got.Requests != c.requests {
				t.Errorf("state %s after %d requests, want %s after %d (%v)", got.State, got.Requests, c.want, c.requests, got.Err)
			}
		})
	}
}

func TestConditionalRequests(t *testing.T) {
	t.Parallel()
	notModified := &fetch.Response{URL: feedURL, FinalURL: feedURL, Status: 304, NotModified: true}
	for _, c := range []struct {
		name          string
		prior         ChannelState
		answer        any
		isConditional bool
		wantState     string
		wantETag      string
	}{
		{"unchanged since an hour", ChannelState{ETag: `"old"`, LastOKAt: noon.Add(-time.Minute)}, notModified, true, StateUnchanged, `"old"`},
		{"changed since an hour", ChannelState{ETag: `"old"`, LastOKAt: noon.Add(-time.Minute)}, oneItem, true, StateOK, `"new"`},
		{"never asked", ChannelState{}, oneItem, false, StateOK, `"new"`},
		{"the first of the day asks in full, whatever the ETag says", ChannelState{ETag: `"old"`, LastOKAt: noon.Add(-24 * time.Hour)}, oneItem, false, StateOK, `"new"`},
		{"a failure before asks in full", ChannelState{ETag: `"old"`, LastOKAt: noon.Add(-time.Minute), FailureCount: 1}, oneItem, false, StateOK, `"new"`},
		{"304 after a failure stays a failure", ChannelState{ETag: `"old"`, LastOKAt: noon.Add(-time.Minute), FailureCount: 1}, notModified, false, StateFailed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := &web{answers: map[string]any{feedURL: c.answer}}
			got := poll(t, w, KindFeed, map[string]ChannelState{feedURL: c.prior}, time.Time{}, feedPath)[0]
			if w.asked[0].ETag != "" != c.isConditional {
				t.Errorf("asked with ETag %q", w.asked[0].ETag)
			}
			if got.State != c.wantState || got.ETag != c.wantETag {
				t.Errorf("state %s, ETag %s, want %s, %s (%v)", got.State, got.ETag, c.wantState, c.wantETag, got.Err)
			}
		})
	}
}

// A server that answers 304 for ever is asked in full once a day, even though
// each 304 counts as a good poll.
func TestLyingETagIsFoundOutWithinADay(t *testing.T) {
	t.Parallel()
	full := 0
	last := noon
	for now := noon; now.Before(noon.Add(72 * time.Hour)); now = now.Add(15 * time.Minute) {
		if !mayAskConditionally(feedURL, ChannelState{ETag: "x", LastOKAt: last}, now) {
			full++
		}
		last = now
	}
	if full != 3 {
		t.Errorf("%d full requests in three days", full)
	}
}

func index(children ...string) string {
	var b strings.Builder
	for _, c := range children {
		loc, lastmod, _ := strings.Cut(c, " ")
		fmt.Fprintf(&b, "<sitemap><loc>%s</loc><lastmod>%s</lastmod></sitemap>", loc, lastmod)
	}
	return "<sitemapindex>" + b.String() + "</sitemapindex>"
}

func TestSitemapIndexes(t *testing.T) {
	t.Parallel()
	page := `<urlset><url><loc>https://paper.example/1</loc></url></urlset>`
	p := "https://paper.example"
	endless := map[string]any{}
	var children []string
	for i := range 200 {
		children = append(children, fmt.Sprintf("/c%d", i))
		endless[fmt.Sprintf("%s/c%d", p, i)] = page
	}
	endless[p+"/s"] = index(children...)
	var eitherEnd []string
	for i := range 100 {
		eitherEnd = append(eitherEnd, children[i], children[199-i])
	}
	for _, c := range []struct {
		name    string
		answers map[string]any
		paths   []string
		want    []string
	}{
		{"newest first by lastmod or name, the old left out, the undated last", map[string]any{
			p + "/s":       index("/undated", "/old 2026-01-01", "/mid 2026-03-01", "/new 2026-03-02T10:00:00Z", "/map-2025-12.xml", "/map-2026-03.xml"),
			p + "/undated": page, p + "/mid": page, p + "/new": page, p + "/map-2026-03.xml": page,
		}, []string{"/s"}, []string{"/s", "/map-2026-03.xml", "/new", "/mid", "/undated"}},
		{"names win over lastmods that lie", map[string]any{
			p + "/s":                 index("/2026-02-01.xml 2026-03-02", "/2026-03-01.xml 2026-03-02", "/2026-03-02.xml 2026-03-02", "/tags.xml 2026-03-02", "/news-by-topic.xml 2026-03-02"),
			p + "/news-by-topic.xml": page, p + "/2026-03-01.xml": page, p + "/2026-03-02.xml": page,
		}, []string{"/s"}, []string{"/s", "/2026-03-02.xml", "/2026-03-01.xml", "/news-by-topic.xml"}},
		{"a loop ends", map[string]any{p + "/s": index("/s", "/t"), p + "/t": index("/s", "/t")}, []string{"/s"}, []string{"/s", "/t"}},
		{"no file twice, whoever names it", map[string]any{p + "/s": index("/a"), p + "/t": index("/a"), p + "/a": page}, []string{"/s", "/t", "/s"}, []string{"/s", "/a", "/t"}},
		{"three deep and no deeper", map[string]any{p + "/1": index("/2"), p + "/2": index("/3"), p + "/3": index("/4"), p + "/4": page}, []string{"/1"}, []string{"/1", "/2", "/3"}},
		{"not without end, and from either end", endless, []string{"/s"}, append([]string{"/s"}, eitherEnd[:maxSitemaps-1]...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := &web{answers: c.answers}
			polls := poll(t, w, KindSitemap, nil, at("2026-03-01T00:00:00Z"), c.paths...)
			if d := cmp.Diff(c.want, w.addresses()); d != "" {
				t.Error(d)
			}
			if len(polls) != len(w.asked) {
				t.Errorf("%d polls of %d requests", len(polls), len(w.asked))
			}
			if polls[0].ETag != "" {
				t.Error("an index was given an ETag: its children would not be seen")
			}
			if strings.HasPrefix(c.name, "not without end") && polls[0].SkippedCount != 200-maxSitemaps+1 {
				t.Errorf("%d children skipped", polls[0].SkippedCount)
			}
		})
	}
}

func TestOldEntriesOfASitemapAreCounted(t *testing.T) {
	t.Parallel()
	body := `<urlset><url><loc>/1</loc><lastmod>2026-03-02</lastmod></url><url><loc>/2</loc><lastmod>2020-01-01</lastmod></url><url><loc>/3</loc></url></urlset>`
	got := poll(t, &web{answers: map[string]any{"https://paper.example/s": body}}, KindSitemap, nil, at("2026-03-01T00:00:00Z"), "/s")[0]
	if len(got.Items) != 2 || got.OldCount != 1 || got.State != StateOK {
		t.Errorf("%+v", got)
	}
}

func TestSitemapsWithoutEndAreCapped(t *testing.T) {
	t.Parallel()
	p := "https://paper.example"
	file := func(name string, n int, lastmod string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "<url><loc>/%s-%d</loc>%s</url>", name, i, strings.ReplaceAll(lastmod, "SS", fmt.Sprintf("%02d", i%60)))
		}
		return "<urlset>" + b.String() + "</urlset>"
	}
	web := func() *web {
		return &web{answers: map[string]any{
			p + "/s":  index("/u1", "/u2", "/u3", "/dated 2026-03-02T10:00:00Z"),
			p + "/u1": file("u1", 150, ""), p + "/u2": file("u2", 150, ""), p + "/u3": file("u3", 150, ""),
			p + "/dated": file("d", 30, "<lastmod>2026-03-02T09:00:00Z</lastmod>"),
			p + "/t":     index("/now1 2026-03-02T10:00:00Z", "/now2 2026-03-02T09:00:00Z", "/now3 2026-03-02T08:00:00Z"),
			p + "/now1":  file("n1", 400, "<lastmod>2026-03-02T09:00:SSZ</lastmod>"), p + "/now2": file("n2", 400, "<lastmod>2026-03-02T09:00:SSZ</lastmod>"),
			p + "/news": file("news", 10, "<lastmod>2026-03-02T09:00:00Z</lastmod>"),
			p + "/feed": oneItem,
		}}
	}
	w := web()
	polls := poll(t, w, KindSitemap, nil, at("2026-03-01T00:00:00Z"), "/s", "/t", "/news")
	type result struct {
		Address        string
		Items, Skipped int
	}
	var got []result
	for _, p := range polls {
		got = append(got, result{strings.TrimPrefix(p.URL, "https://paper.example"), len(p.Items), p.SkippedCount})
		if p.SkippedCount > 0 && p.ETag != "" {
			t.Errorf("%s: an ETag, though entries were left out", p.URL)
		}
		if p.State != StateOK {
			t.Errorf("%s: %s", p.URL, p.State)
		}
	}
	want := []result{
		{"/s", 0, 1}, {"/dated", 30, 0}, {"/u1", 150, 0}, {"/u2", 50, 100},
		{"/t", 0, 1}, {"/now1", 400, 0}, {"/now2", 100, 300}, {"/news", 10, 0},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(polls) == len(want) {
		if oldest := polls[6].Items[99].PublishedAt; oldest.Second() < 43 {
			t.Errorf("an entry of %v was kept, though newer ones were not", oldest)
		}
	}
	again := poll(t, web(), KindSitemap, nil, at("2026-03-01T00:00:00Z"), "/s", "/t", "/news")
	if d := cmp.Diff(polls, again); d != "" {
		t.Error(d)
	}
}

func TestWhatWasNotSentIsNoRequest(t *testing.T) {
	t.Parallel()
	unsent := func(outcome string, after time.Duration) error {
		return &fetch.Error{Outcome: outcome, IsUnsent: true, RetryAfter: after, Reason: "x"}
	}
	for _, c := range []struct {
		name     string
		answers  []any
		asked    int
		requests int
		want     string
	}{
		{"robots.txt", []any{unsent(fetch.OutcomeRobots, 0)}, 1, 0, StateBlocked},
		{"left alone for long", []any{unsent(fetch.OutcomeDeferred, time.Hour)}, 1, 0, StateFailed},
		{"left alone for a moment", []any{unsent(fetch.OutcomeDeferred, time.Millisecond), oneItem}, 2, 1, StateOK},
		{"left alone for several moments", []any{unsent(fetch.OutcomeDeferred, time.Millisecond)}, maxTries, 0, StateFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := &web{answers: map[string]any{feedURL: append(c.answers, c.answers[len(c.answers)-1])}}
			got := poll(t, w, KindFeed, nil, time.Time{}, feedPath)[0]
			if got.State != c.want || got.Requests != c.requests || len(w.asked) != c.asked {
				t.Errorf("state %s, %d requests, asked %d times; want %s, %d, %d (%v)", got.State, got.Requests, len(w.asked), c.want, c.requests, c.asked, got.Err)
			}
		})
	}
}

// Whatever a server sends, a poll can be written to a table.
func TestPollsCanBeStored(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3000)
	answer := func(etag, modified, finalURL, body string) *fetch.Response {
		return &fetch.Response{URL: feedURL, FinalURL: finalURL, Status: 200, Header: http.Header{"Etag": {etag}, "Last-Modified": {modified}}, Body: []byte(body)}
	}
	for _, c := range []struct {
		name         string
		answer       any
		wantETag     string
		wantModified string
	}{
		{"honest", answer(`W/"1-a~"`, "Mon, 02 Mar 2026 10:00:00 GMT", feedURL, oneItem), `W/"1-a~"`, "Mon, 02 Mar 2026 10:00:00 GMT"},
		{"invalid text", answer("\"\xff\"", "\x00", "https://paper.example/\xff\x00", oneItem), "", ""},
		{"beyond ASCII", answer(`"é"`, "2 März", feedURL, oneItem), "", ""},
		{"too long", answer(long, long, "https://paper.example/"+long, oneItem), "", ""},
		{"an error that quotes", &fetch.Error{Outcome: fetch.OutcomeGone, Reason: "a\x00b\xff\x1b" + long}, "", ""},
		{"no feed, with an odd title", answer("", "", feedURL, "<html><title>a&#0;b&#1;\x00\xff"+long+"</title>"), "", ""},
		{"broken", answer("", "", feedURL, "<rss><\xff\x00&#0;"+long+">"), "", ""},
	} {
		for _, kind := range []string{KindFeed, KindSitemap} {
			got := poll(t, &web{answers: map[string]any{feedURL: c.answer}}, kind, nil, time.Time{}, feedPath)[0]
			if kind == KindFeed && (got.ETag != c.wantETag || got.LastModified != c.wantModified) {
				t.Errorf("%s: ETag %q, Last-Modified %q", c.name, got.ETag, got.LastModified)
			}
			if got.Err != nil && (!isText(got.Err.Error()) || len(got.Err.Error()) > 4000) {
				t.Errorf("%s: error %q", c.name, got.Err)
			}
			if !isStorable(got.FinalURL) {
				t.Errorf("%s: final URL %q", c.name, got.FinalURL)
			}
		}
	}
	if got := poll(t, &web{}, KindFeed, nil, time.Time{}, "/"+long); len(got) != 0 {
		t.Errorf("a channel with an address of %d bytes was polled", len(got[0].URL))
	}
}

func TestSectionPagesGiveWhatLooksLikeAnArticle(t *testing.T) {
	t.Parallel()
	home := `<html><head><title>P</title></head><body>
<a href="/sport/">Sport</a> <a href="/tag/some-long-words-in-a-row-4711/">tag</a>
<a href="/2026/03/02/storm-hits-coast?ref=top"><img src="x.jpg"></a><a href="/2026/03/02/storm-hits-coast">Storm hits the <b>coast</b></a>
<a href="https://m.paper.example/2026/03/02/second-story#comments">Second</a><a href="https://other.example/2026/03/02/not-ours">Elsewhere</a>
<a href="/2026/03/02/">Archive</a><a href="/2026/03/02/photo.jpg">photo</a></body></html>`
	want := []Item{
		{URL: "https://paper.example/2026/03/02/storm-hits-coast", Title: "Storm hits the coast"},
		{URL: "https://m.paper.example/2026/03/02/second-story", Title: "Second"},
	}
	for _, pattern := range []Pattern{{}, LearnPattern([]string{"https://paper.example/2026/02/01/a-b-c", "https://paper.example/2026/02/02/d", "https://paper.example/2026/02/03/e-f"})} {
		d := New(slog.New(slog.DiscardHandler), &web{answers: map[string]any{"https://paper.example/": home}})
		o := outlets.Outlet{ID: "paper", HomeURL: "https://paper.example/", Channels: []outlets.Channel{{Kind: KindPage, URL: "https://paper.example/"}}}
		got := d.PollOutlet(t.Context(), o, nil, time.Time{}, pattern)
		if len(got) != 1 || got[0].State != StateOK || got[0].ItemCount != 2 {
			t.Fatalf("%+v", got)
		}
		if d := cmp.Diff(want, got[0].Items); d != "" {
			t.Errorf("pattern %q: %s", pattern, d)
		}
	}
}

func TestAPageWithoutArticlesIsEmptyAndAFeedIsNoPage(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{`<html><a href="/sport">Sport</a>`: StateEmpty, oneItem: StateNotFeed, `{"a":1}`: StateNotFeed, "": StateNotFeed} {
		got := poll(t, &web{answers: map[string]any{feedURL: body}}, KindPage, nil, time.Time{}, feedPath)[0]
		if got.State != want {
			t.Errorf("%s: %s, want %s (%v)", body, got.State, want, got.Err)
		}
	}
}

func TestOurOwnNetworkBeingDownCountsAgainstNobody(t *testing.T) {
	t.Parallel()
	down := &fetch.Error{Outcome: fetch.OutcomeDeferred, IsNetworkDown: true, IsUnsent: true, Reason: "network down"}
	p := "https://paper.example"
	w := &web{answers: map[string]any{p + "/a": oneItem, p + "/b": down, p + "/c": oneItem}}
	got := poll(t, w, KindFeed, map[string]ChannelState{p + "/b": {FailureCount: 2}}, time.Time{}, "/a", "/b", "/c")
	if len(got) != 1 || got[0].URL != p+"/a" {
		t.Errorf("%+v", got)
	}
	if d := cmp.Diff([]string{"/a", "/b"}, w.addresses()); d != "" {
		t.Error(d)
	}
	w = &web{answers: map[string]any{p + "/s": index("/x", "/y"), p + "/x": `<urlset><url><loc>/1</loc></url></urlset>`, p + "/y": down}}
	got = poll(t, w, KindSitemap, nil, time.Time{}, "/s")
	if len(got) != 0 {
		t.Errorf("an index whose second file was not asked is told: %+v", got)
	}
	w = &web{answers: map[string]any{p + "/a": oneItem, p + "/s": index("/x", "/y"), p + "/x": `<urlset><url><loc>/1</loc></url></urlset>`, p + "/y": down, p + "/z": oneItem}}
	got = poll(t, w, KindSitemap, nil, time.Time{}, "/x", "/s", "/z")
	if len(got) != 1 || got[0].URL != p+"/x" || len(got[0].Items) != 1 {
		t.Errorf("what was asked before is missing: %+v", got)
	}
}

// What a channel showed last is remembered until another answer is understood.
func TestWhatAChannelShowsOutlivesBadAnswers(t *testing.T) {
	t.Parallel()
	prior := ChannelState{ETag: `"old"`, LastOKAt: noon.Add(-time.Minute), LastBytes: 7000, ItemCount: 30}
	for _, c := range []struct {
		name      string
		answer    any
		wantBytes int64
		wantCount int
		wantETag  string
	}{
		{"a whole answer", oneItem, int64(len(oneItem)), 1, `"new"`},
		{"unchanged", &fetch.Response{URL: feedURL, FinalURL: feedURL, Status: 304, NotModified: true}, 7000, 30, `"old"`},
		{"a page in its place", "<html><title>Moved</title>", 7000, 30, ""},
		{"cut before the first item", "<rss><channel>", 7000, 30, ""},
		{"gone", &fetch.Error{Outcome: fetch.OutcomeGone, Status: 404, Reason: "x"}, 7000, 30, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := &web{answers: map[string]any{feedURL: c.answer}}
			got := poll(t, w, KindFeed, map[string]ChannelState{feedURL: prior}, time.Time{}, feedPath)[0]
			if got.LastBytes != c.wantBytes || got.ItemCount != c.wantCount || got.ETag != c.wantETag {
				t.Errorf("%d bytes, %d items, ETag %s; want %d, %d, %s", got.LastBytes, got.ItemCount, got.ETag, c.wantBytes, c.wantCount, c.wantETag)
			}
			if w.asked[0].LastBytes != 7000 {
				t.Errorf("asked with %d bytes", w.asked[0].LastBytes)
			}
		})
	}
}

func TestCancelledOutletStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := outlets.Outlet{ID: "paper", Channels: []outlets.Channel{{Kind: KindFeed, URL: feedURL}}}
	if got := New(slog.New(slog.DiscardHandler), &web{}).PollOutlet(ctx, o, nil, time.Time{}, Pattern{}); len(got) != 0 {
		t.Errorf("%d polls", len(got))
	}
}
