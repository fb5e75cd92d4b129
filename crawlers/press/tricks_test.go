package press

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// with returns a press on all of whose hosts one trick is played.
func with(t *testing.T, tricks Tricks) (*Press, *reader) {
	t.Helper()
	p := newPress(t, func(c *Config) { c.Tricks = tricks })
	return p, serve(t, p)
}

func (p *Press) firstOf(host int) *article { return &p.articles[p.starts[host][0]] }

// anyWith returns an article with a flag.
func (p *Press) anyWith(t *testing.T, f flag) *article {
	t.Helper()
	for i := range p.articles {
		if p.articles[i].flags&f != 0 {
			return &p.articles[i]
		}
	}
	t.Fatalf("no article has flag %b", f)
	return nil
}

func TestADozenCharsetsAreSpoken(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(c *Config) { c.Outlets, c.Tricks = 300, AllTricks() })
	seen := map[string]map[declaration]bool{}
	for _, o := range p.outlets {
		if seen[o.charset] == nil {
			seen[o.charset] = map[declaration]bool{}
		}
		seen[o.charset][o.declared] = true
	}
	if len(seen) < 13 || !seen["utf-16"][declaredByMark] || !seen["utf-8"][declaredByMark] {
		t.Errorf("charsets: %v", seen)
	}
	languages := map[string]bool{}
	for _, o := range p.outlets {
		languages[o.language] = true
	}
	if len(languages) < 12 {
		t.Errorf("languages: %v", languages)
	}
}

func TestValidatorsLie(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{LyingETags: 1})
	forever, restless := p.hosts(trickForeverTag)[0], p.hosts(trickRestlessTag)[0]
	if res, _ := r.mustGet(r.url(forever, p.outlets[forever].channels[0].path), "If-None-Match", `"of another day"`); res.StatusCode != http.StatusNotModified {
		t.Errorf("conditional request: %s, want 304 for ever", res.Status)
	}
	if res, body := r.mustGet(r.url(forever, p.outlets[forever].channels[0].path)); res.StatusCode != http.StatusOK || len(body) == 0 {
		t.Errorf("unconditional request: %s", res.Status)
	}
	address := r.url(restless, p.outlets[restless].channels[0].path)
	one, first := r.mustGet(address)
	two, second := r.mustGet(address, "If-None-Match", one.Header.Get("ETag"))
	if two.StatusCode != http.StatusOK || one.Header.Get("ETag") == two.Header.Get("ETag") || string(first) != string(second) {
		t.Errorf("restless tag: %s then %s (%s)", one.Header.Get("ETag"), two.Header.Get("ETag"), two.Status)
	}
}

func TestHonestValidatorsHold(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{})
	address := r.url(0, p.outlets[0].channels[0].path)
	one, _ := r.mustGet(address)
	if two, _ := r.mustGet(address, "If-None-Match", one.Header.Get("ETag")); two.StatusCode != http.StatusNotModified {
		t.Errorf("unchanged channel: %s, want 304", two.Status)
	}
}

func TestRemovedStoriesAnswerSoftly(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{SoftNotFound: 1})
	for host := range p.outlets {
		extras := p.extras(host, p.of(host, time.Now()))
		if len(extras) == 0 {
			t.Fatalf("%s lists no removed story", p.outlets[host].slug)
		}
		if res, _ := r.mustGet(r.url(host, extras[0])); res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, want a soft 200", extras[0], res.Status)
		}
	}
}

func TestBusyHostsAskToWait(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{Throttling: 1})
	path := func(i int) string { return r.url(0, p.pathOf(&p.articles[p.starts[0][0]+i])) }
	if res, _ := r.mustGet(path(0)); res.StatusCode != http.StatusOK {
		t.Fatalf("first article: %s", res.Status)
	}
	res, _ := r.mustGet(path(1))
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "1" {
		t.Fatalf("second article: %s, Retry-After %q", res.Status, res.Header.Get("Retry-After"))
	}
	time.Sleep(retryAfter)
	if res, _ := r.mustGet(path(1)); res.StatusCode != http.StatusOK {
		t.Errorf("after the wait: %s", res.Status)
	}
}

func TestRobotsRulesAreWritten(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{RobotsRules: 1, CrawlDelays: 1})
	all := p.hosts(trickRobotsAll)
	if len(all) != 1 {
		t.Fatalf("%d hosts forbid everything, want 1", len(all))
	}
	host := slices.IndexFunc(p.outlets, func(o outlet) bool { return o.tricks&trickRobotsAll == 0 })
	_, body := r.mustGet(r.url(host, "/robots.txt"))
	for _, want := range []string{"Disallow: /members/", "Crawl-delay: 0."} {
		if !strings.Contains(string(body), want) {
			t.Errorf("robots.txt lacks %q:\n%s", want, body)
		}
	}
	if path := p.pathOf(p.anyWith(t, flagForbidden)); !strings.HasPrefix(path, membersFolder) {
		t.Errorf("forbidden article at %s", path)
	}
}

func TestSitemapsNeverEnd(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{EndlessSitemaps: 1})
	_, body := r.mustGet(r.url(0, "/sitemap-more/77.xml"))
	if !strings.Contains(string(body), "/sitemap-more/155.xml") {
		t.Errorf("no further children:\n%s", body)
	}
	_, body = r.mustGet(r.url(0, "/calendar/2031-05.html"))
	if !strings.Contains(string(body), "/calendar/2031-06.html") {
		t.Errorf("no further month:\n%s", body)
	}
	if !strings.Contains(p.sitemapIndex(0, "", time.Now()), "/sitemap-more/1.xml") {
		t.Error("the index does not lead there")
	}
}

func TestTwinsNameTheirOriginal(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{Twins: 1})
	a := p.firstOf(0)
	canonical := r.url(0, p.pathOf(a))
	joint := "?"
	if strings.Contains(canonical, "?") {
		joint = "&"
	}
	for _, address := range []string{r.url(0, ampOf(p.pathOf(a))), canonical + joint + "utm_source=rss"} {
		res, body := r.mustGet(address)
		want := fmt.Sprintf("<link rel=\"canonical\" href=%q>", canonical)
		if text := decoded(t, res, body); res.StatusCode != http.StatusOK || !strings.Contains(text, want) {
			t.Errorf("%s: %s without %s", address, res.Status, want)
		}
	}
}

func TestReprintsHaveLocalLeadsAndCutTails(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(c *Config) { c.Outlets, c.Tricks = 100, Tricks{Reprints: 0.3} })
	byStory := map[int64][]TruthArticle{}
	for _, a := range p.Truth(0).Articles {
		byStory[a.StoryID] = append(byStory[a.StoryID], a)
	}
	wired, sisters := 0, 0
	for _, copies := range byStory {
		if len(copies) > 1 && copies[0].Wire != "" {
			wired++
		}
		if len(copies) > 1 && copies[0].PublisherID == copies[1].PublisherID {
			sisters++
		}
	}
	if wired < 10 || sisters < 3 {
		t.Errorf("%d wire stories with copies, %d within a publisher", wired, sisters)
	}
	local, cut := *p.anyWith(t, flagLocalLead), *p.anyWith(t, flagCut)
	plain := local
	plain.flags = 0
	if a, b := p.compose(&local, 0), p.compose(&plain, 0); a.paragraphs[0][0].text == b.paragraphs[0][0].text {
		t.Error("the local lead is not there")
	}
	plain = cut
	plain.flags &^= flagCut
	if a, b := p.compose(&cut, 0), p.compose(&plain, 0); len(a.paragraphs) >= len(b.paragraphs) {
		t.Error("the tail is not cut")
	}
}

func TestStubsEditsAndDeletions(t *testing.T) {
	t.Parallel()
	var now time.Time
	p := newPress(t, func(c *Config) {
		c.Tricks = Tricks{Stubs: 1, Edits: 0.2, Deletions: 0.2}
		c.Clock = func() time.Time { return now }
	})
	ask := func(a *article) (int, string) {
		v := recorder{header: http.Header{}}
		req, _ := http.NewRequest(http.MethodGet, "http://"+p.outlets[a.outlet].hostOf(0)+p.pathOf(a), nil)
		p.Handler().ServeHTTP(&v, req)
		return v.status, v.body.String()
	}
	if _, text := ask(p.anyWith(t, flagStub)); now.IsZero() && text == "" {
		t.Error("no answer")
	}
	edited, deleted, stub := p.anyWith(t, flagEdited), p.anyWith(t, flagDeleted), p.anyWith(t, flagStub)
	now = time.Unix(edited.published, 0)
	_, before := ask(edited)
	now = p.editedAt(edited)
	if _, after := ask(edited); before == after {
		t.Error("the edited story did not change")
	}
	now = time.Unix(deleted.published, 0)
	if status, _ := ask(deleted); status != http.StatusOK {
		t.Errorf("the deleted story was never there: %d", status)
	}
	now = p.editedAt(deleted)
	if status, _ := ask(deleted); status != http.StatusNotFound && status != http.StatusGone {
		t.Errorf("the deleted story is still there: %d", status)
	}
	now = time.Unix(edited.published-1, 0)
	if status, _ := ask(edited); status != http.StatusNotFound {
		t.Errorf("a story of tomorrow is here today: %d", status)
	}
	now = lastNight().AddDate(0, 0, 1)
	if _, text := ask(stub); !strings.Contains(text, "paywall") {
		t.Error("the stub has no wall")
	}
}

func TestMarkupLiesAboutDates(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{WrongDates: 1})
	seen := map[string]bool{}
	for host := range p.outlets {
		a := p.firstOf(host)
		res, body := r.mustGet(r.url(host, p.pathOf(a)))
		text := decoded(t, res, body)
		right := p.outlets[host].local(a.published).Format(time.RFC3339)
		if !strings.Contains(text, fmt.Sprintf("content=%q", right)) {
			t.Errorf("%s: no meta tag tells the right date %s", p.outlets[host].slug, right)
		}
		seen["epoch"] = seen["epoch"] || strings.Contains(text, `"datePublished":"1970-`)
		seen["future"] = seen["future"] || strings.Contains(text, `"datePublished":"2099-`)
		seen["today"] = seen["today"] || strings.Contains(text, `<time datetime="2026-03-09">`)
	}
	if len(seen) != 3 || !seen["epoch"] || !seen["future"] || !seen["today"] {
		t.Errorf("wrong dates seen: %v", seen)
	}
}

func TestFurnitureNamesCompaniesThatAreNoMentions(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{Furniture: 1})
	named := 0
	for host := range p.outlets {
		a := p.firstOf(host)
		if len(p.truth(nil).articles[p.starts[host][0]].Mentions) > 0 {
			continue
		}
		res, body := r.mustGet(r.url(host, p.pathOf(a)))
		text := decoded(t, res, body)
		if !strings.Contains(text, "TikTok") {
			t.Errorf("%s: no share button", p.outlets[host].slug)
		}
		if strings.Contains(text, "BYD") || strings.Contains(text, "Huawei") {
			named++
		}
	}
	if named == 0 {
		t.Error("no side bar names a company")
	}
}

func TestSlowAndBrokenHosts(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{BrokenHosts: 0.5, SlowHosts: 0.5, HangFor: 50 * time.Millisecond})
	if res, _ := r.mustGet(r.url(p.hosts(trickError)[0], "/robots.txt")); res.StatusCode != http.StatusInternalServerError {
		t.Errorf("host that errs: %s", res.Status)
	}
	if _, _, err := r.get(r.url(p.hosts(trickReset)[0], "/")); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
		t.Errorf("host that resets: %v", err)
	}
	start := time.Now()
	if _, _, err := r.get(r.url(p.hosts(trickHang)[0], "/")); err == nil || time.Since(start) < 50*time.Millisecond {
		t.Errorf("host that hangs: %v after %s", err, time.Since(start))
	}
	start = time.Now()
	if _, _ = r.mustGet(r.url(p.hosts(trickSlow)[0], "/")); time.Since(start) < 200*time.Millisecond {
		t.Errorf("slow host answered in %s", time.Since(start))
	}
	for _, a := range p.Truth(0).Articles {
		if p.outlets[p.bySlug[a.OutletID]].tricks.isBroken() == a.IsToBeHad {
			t.Fatalf("%s: to be had %t", a.CanonicalURL, a.IsToBeHad)
		}
	}
}

func TestBombsAndBadChannels(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{Bombs: 1, BadChannels: 1})
	res, body := r.mustGet(r.url(0, "/special/big-picture.html"), "Accept-Encoding", "gzip")
	if len(body) > 2<<20 || res.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("bomb of %d bytes, %q", len(body), res.Header.Get("Content-Encoding"))
	}
	if n := unzippedSize(t, body); n < 500<<20 {
		t.Errorf("the bomb opens to %d bytes", n)
	}
	if n := r.size(r.url(0, "/special/live-ticker.html")); n < 200<<20 {
		t.Errorf("the page without end has %d bytes", n)
	}
	for _, host := range p.hosts(trickHTMLFeed) {
		if _, body := r.mustGet(r.url(host, "/rss.xml")); !strings.Contains(string(p.outlets[host].encode("<html")), "<html") && len(body) == 0 {
			t.Error("no page where the feed should be")
		}
	}
	_, body = r.mustGet(r.url(p.hosts(trickCutGzip)[0], "/sitemap-all.xml.gz"))
	if !isCut(body) {
		t.Error("the gzip is whole")
	}
	_, body = r.mustGet(r.url(p.hosts(trickBrokenXML)[0], "/sitemap-all.xml"))
	if strings.HasSuffix(string(body), "</urlset>\n") {
		t.Error("the XML is whole")
	}
}
