package press

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestPromotionRecursAndIsNoMention(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{Promotion: 1})
	lines, shown := map[string]int{}, 0
	for i, a := range p.Truth(r.port).Articles {
		promoted, ok := p.promoted(&p.articles[i])
		if !ok {
			continue
		}
		line := p.promotionLine(&promoted)
		lines[a.OutletID+" "+line]++
		if i%40 != 0 {
			continue
		}
		shown++
		res, body := r.mustGet(a.CanonicalURL)
		if !strings.Contains(decoded(t, res, body), escaped(line)) {
			t.Errorf("%s does not show %q", a.CanonicalURL, line)
		}
		if a.Promoted == "" || a.LineCount == 0 {
			t.Errorf("the truth does not know of %q", line)
		}
	}
	most := 0
	for _, n := range lines {
		most = max(most, n)
	}
	if shown == 0 || most < 8 {
		t.Errorf("%d looked at; the most frequent line stands on %d pages", shown, most)
	}
}

func TestBaitIsLongerThanTheText(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{Bait: 1})
	for host := range p.outlets {
		a := p.firstOf(host)
		res, body := r.mustGet(r.url(host, p.pathOf(a)))
		page := decoded(t, res, body)
		_, bait, isThere := strings.Cut(page, `id="comments"`)
		end := "</section>"
		if p.outlets[host].tricks&trickCookieText != 0 {
			_, bait, isThere = strings.Cut(page, `id="cookie-layer"`)
			end = "<button>"
		}
		bait, _, _ = strings.Cut(bait, end)
		g := sheet(p, a)
		if !isThere || len(bait) < g.textLength() {
			t.Errorf("%s: bait of %d bytes, text of %d", p.outlets[host].slug, len(bait), g.textLength())
		}
	}
}

// sheet is as much of a page as it takes to measure its text.
func sheet(p *Press, a *article) *page {
	return &page{p: p, o: &p.outlets[a.outlet], w: p.wordings[p.outlets[a.outlet].language], a: a, text: p.compose(a, 0)}
}

func TestWallsAndOtherPages(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{Consent: 1, Listings: 1})
	r.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	seen := map[int]int{}
	for k := range 4 {
		a := &p.articles[p.starts[0][0]+k]
		res, body := r.mustGet(r.url(0, p.pathOf(a)))
		seen[res.StatusCode]++
		if text := decoded(t, res, body); res.StatusCode == 200 && (!strings.Contains(text, "consent-wall") || strings.Contains(text, escaped(p.headline(a).text))) {
			t.Error("no wall, or the article is before it")
		}
		if res, body := r.mustGet(r.url(0, p.pathOf(a)), "Cookie", "consent=all"); !strings.Contains(decoded(t, res, body), escaped(p.headline(a).text)) {
			t.Error("no article behind the wall")
		}
	}
	if seen[200] != 2 || seen[302] != 2 {
		t.Errorf("walls: %v, want two in place and two elsewhere", seen)
	}
	for _, path := range p.extras(0, p.of(0, time.Now())) {
		if res, _ := r.mustGet(r.url(0, path)); res.StatusCode != 200 {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
	for _, a := range p.Truth(0).Articles {
		if a.IsToBeHad || a.Why != WhyConsent || a.PageType != "consent_wall" {
			t.Fatalf("%+v", a)
		}
	}
}

func TestLiveBlogsAndFilms(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{LiveBlogs: 0.2, Videos: 0.2})
	for flag, want := range map[flag]struct{ pageType, markup string }{
		flagLive: {"live_blog", `"LiveBlogPosting"`}, flagVideo: {"video", "<video"},
	} {
		a := p.anyWith(t, flag)
		res, body := r.mustGet(r.url(int(a.outlet), p.pathOf(a)))
		if text := decoded(t, res, body); !strings.Contains(text, want.markup) {
			t.Errorf("%s lacks %s", p.pathOf(a), want.markup)
		}
		if got := p.truth(nil).articles[p.placeOf(a)]; got.PageType != want.pageType || !got.IsToBeHad {
			t.Errorf("%+v", got)
		}
	}
}

func TestTimesWithoutZone(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{Zoneless: 1})
	for i, o := range p.Outlets(r.port) {
		zone, err := time.LoadLocation(o.TimeZone)
		if err != nil {
			t.Fatal(err)
		}
		a := p.firstOf(i)
		res, body := r.mustGet(r.url(i, p.pathOf(a)))
		local := time.Unix(a.published, 0).In(zone)
		text := decoded(t, res, body)
		if !strings.Contains(text, `"`+local.Format("2006-01-02T15:04:05")+`"`) || strings.Contains(text, `"`+local.Format(time.RFC3339)+`"`) {
			t.Errorf("%s (%s): no local time, or one with a zone", p.pathOf(a), o.TimeZone)
		}
	}
}
