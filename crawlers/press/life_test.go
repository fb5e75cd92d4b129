package press

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// aging is a press without tricks whose clock the test sets.
type aging struct {
	*Press
	t   *testing.T
	now time.Time
}

func newAging(t *testing.T, tricks Tricks) *aging {
	t.Helper()
	a := &aging{t: t, now: lastNight().AddDate(0, 0, 1)}
	a.Press = newPress(t, func(c *Config) {
		c.Tricks, c.ArticlesPerOutletNight, c.Clock = tricks, 20, func() time.Time { return a.now }
	})
	return a
}

// ask fetches an address of an outlet without a network; 0 is a connection that
// was dropped.
func (a *aging) ask(host int, path string) (status int, text string, header http.Header) {
	a.t.Helper()
	defer func() {
		if problem := recover(); problem == http.ErrAbortHandler { //nolint:errorlint // what net/http panics with
			status = 0
		}
	}()
	w := recorder{header: http.Header{}}
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodGet, "http://"+a.outlets[host].hostOf(0)+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	a.Handler().ServeHTTP(&w, req)
	return w.status, w.body.String(), w.header
}

func (a *aging) mustSchedule(events ...Event) {
	a.t.Helper()
	if err := a.Schedule(events...); err != nil {
		a.t.Fatal(err)
	}
}

// feedHost returns a host with an RSS feed in UTF-8, and the feed's path.
func (a *aging) feedHost() (int, channel) {
	a.t.Helper()
	for i, o := range a.outlets {
		if c := o.channels[0]; c.kind == "feed" && c.form == formRSS && len(o.channels) > 1 && o.charset == "utf-8" {
			return i, c
		}
	}
	a.t.Fatal("no host with a feed")
	return 0, channel{}
}

func TestOutletsDieAndRevive(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]int{Dies: 0, Errs: 500, Vanishes: 404} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			a := newAging(t, Tricks{})
			host, feed := a.feedHost()
			noon := lastNight().Add(12 * time.Hour)
			a.mustSchedule(Event{At: noon, Kind: kind, Outlet: a.outlets[host].slug}, Event{At: noon.Add(6 * time.Hour), Kind: Revives, Outlet: a.outlets[host].slug})
			for at, status := range map[time.Duration]int{-time.Second: 200, 0: want, 5 * time.Hour: want, 6 * time.Hour: 200} {
				a.now = noon.Add(at)
				for _, path := range []string{feed.path, "/"} {
					if got, _, _ := a.ask(host, path); got != status {
						t.Errorf("%s at noon%+v: %d, want %d", path, at, got, status)
					}
				}
			}
			had := func(visits ...time.Time) (had, gone int) {
				for _, article := range a.Truth(0, visits...).Articles {
					switch {
					case article.OutletID != a.outlets[host].slug:
					case article.IsToBeHad:
						had++
					case article.Why == WhyGone:
						gone++
					}
				}
				return had, gone
			}
			if n, gone := had(noon.Add(time.Hour)); n != 0 || gone == 0 {
				t.Errorf("while it is gone %d are to be had, %d not because of that", n, gone)
			}
			if n, _ := had(noon.Add(time.Hour), noon.Add(7*time.Hour)); n == 0 {
				t.Error("after it is back nothing is to be had")
			}
		})
	}
}

func TestFeedsMove(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]struct {
		status  int
		isFound bool // by who knows the old address only
	}{FeedMoved: {301, true}, FeedLost: {404, false}, FeedReplaced: {200, false}} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			a := newAging(t, Tricks{FeedOnly: 1})
			host := 0
			feed := a.outlets[host].channels[0]
			a.mustSchedule(Event{At: lastNight(), Kind: kind, Outlet: a.outlets[host].slug})
			status, text, header := a.ask(host, feed.path)
			if status != want.status || strings.Contains(text, "<rss") || strings.Contains(text, "<feed") {
				t.Errorf("at the old address: %d with %.60q", status, text)
			}
			if kind == FeedMoved && !strings.HasSuffix(header.Get("Location"), feed.movedPath()) {
				t.Errorf("moved to %q", header.Get("Location"))
			}
			if _, home, _ := a.ask(host, "/"); !strings.Contains(home, feed.movedPath()) {
				t.Errorf("the front page does not name %s", feed.movedPath())
			}
			if status, _, _ := a.ask(host, feed.movedPath()); status != http.StatusOK {
				t.Errorf("at the new address: %d", status)
			}
			before, after := a.Truth(0, lastNight().Add(-time.Hour)), a.Truth(0)
			hadBefore, hadAfter := 0, 0
			for i := range before.Articles {
				if before.Articles[i].OutletID == a.outlets[host].slug {
					hadBefore += map[bool]int{true: 1}[before.Articles[i].IsToBeHad]
					hadAfter += map[bool]int{true: 1}[after.Articles[i].IsToBeHad]
				}
			}
			if hadBefore == 0 || (hadAfter > 0) != want.isFound {
				t.Errorf("to be had: %d before, %d after", hadBefore, hadAfter)
			}
		})
	}
}

func TestFeedsFreeze(t *testing.T) {
	t.Parallel()
	a := newAging(t, Tricks{})
	host, feed := a.feedHost()
	a.mustSchedule(Event{At: lastNight(), Kind: FeedFrozen, Outlet: a.outlets[host].slug})
	a.now = lastNight()
	_, then, _ := a.ask(host, feed.path)
	a.now = lastNight().AddDate(0, 0, 1)
	if status, now, _ := a.ask(host, feed.path); status != 200 || now != then {
		t.Errorf("%d, and it is another feed", status)
	}
	if _, home, _ := a.ask(host, "/"); !strings.Contains(home, a.lastPath(host)) {
		t.Error("the front page froze, too")
	}
}

func (p *Press) lastPath(host int) string {
	return p.pathOf(&p.articles[p.starts[host][p.cfg.Nights]-1])
}

func TestLayoutsChange(t *testing.T) {
	t.Parallel()
	a := newAging(t, Tricks{})
	host, _ := a.feedHost()
	article := a.firstOf(host)
	noon := lastNight().Add(12 * time.Hour)
	slug := a.outlets[host].slug
	a.mustSchedule(Event{At: noon, Kind: Redesigned, Outlet: slug}, Event{At: noon.Add(time.Hour), Kind: Hollowed, Outlet: slug})
	line := escaped(join(a.wordings[a.outlets[host].language], a.compose(article, 0).paragraphs[2]))
	a.now = noon.Add(-time.Hour)
	_, before, _ := a.ask(host, a.pathOf(article))
	a.now = noon
	_, redesigned, _ := a.ask(host, a.pathOf(article))
	a.now = noon.Add(time.Hour)
	_, hollow, _ := a.ask(host, a.pathOf(article))
	if !strings.Contains(before, line) || !strings.Contains(redesigned, line) || strings.Contains(redesigned, "<p>"+line) {
		t.Error("the redesign does not show the text in other markup")
	}
	if strings.Contains(hollow, line) || len(hollow) == 0 {
		t.Error("the shell is not empty")
	}
	for _, late := range a.Truth(0, noon.Add(2*time.Hour)).Articles {
		if late.OutletID == slug && (late.IsToBeHad || late.Why != WhyHollow && late.Why != WhyUnpublished) {
			t.Fatalf("%s: to be had %t, %s", late.CanonicalURL, late.IsToBeHad, late.Why)
		}
	}
}

func TestAddressesChange(t *testing.T) {
	t.Parallel()
	a := newAging(t, Tricks{})
	host, _ := a.feedHost()
	a.mustSchedule(Event{At: lastNight(), Kind: AddressChanged, Outlet: a.outlets[host].slug})
	first, last := a.firstOf(host), &a.articles[a.starts[host][a.cfg.Nights]-1]
	if a.styleOf(first) == a.styleOf(last) {
		t.Error("the style is the same")
	}
	for _, article := range []*article{first, last} {
		if status, _, _ := a.ask(host, a.pathOf(article)); status != http.StatusOK {
			t.Errorf("%s: %d", a.pathOf(article), status)
		}
	}
}

func TestArticlesChangeWhenScheduled(t *testing.T) {
	t.Parallel()
	a := newAging(t, Tricks{})
	host, _ := a.feedHost()
	day := lastNight().AddDate(0, 0, 2)
	var addresses []string
	for i, kind := range []Kind{Edited, Deleted, Redirected} {
		addresses = append(addresses, "http://"+a.outlets[host].hostOf(0)+a.pathOf(&a.articles[a.starts[host][0]+i]))
		a.mustSchedule(Event{At: day, Kind: kind, Article: addresses[i]})
	}
	a.mustSchedule(Event{At: day.AddDate(0, 0, 6), Kind: Edited, Article: addresses[0]})
	status := func(i int) (int, string, http.Header) {
		u, err := url.Parse(addresses[i])
		if err != nil {
			t.Fatal(err)
		}
		return a.ask(host, u.RequestURI())
	}
	a.now = day.Add(-time.Second)
	_, original, _ := status(0)
	for i := range addresses {
		if got, _, _ := status(i); got != 200 {
			t.Errorf("%s: %d before its time", addresses[i], got)
		}
	}
	a.now = day
	_, edited, _ := status(0)
	deleted, _, _ := status(1)
	redirected, _, header := status(2)
	if edited == original || deleted != 404 && deleted != 410 || redirected != 301 || header.Get("Location") == "" {
		t.Errorf("edited %t, deleted %d, redirected %d to %q", edited != original, deleted, redirected, header.Get("Location"))
	}
	a.now = day.AddDate(0, 0, 7)
	if _, again, _ := status(0); again == edited || again == original {
		t.Error("the second edit does not show")
	}
	byURL := map[string]TruthArticle{}
	for _, article := range a.Truth(0, lastNight().AddDate(0, 0, 1)).Articles {
		byURL[article.CanonicalURL] = article
	}
	for i, want := range []string{"edited", "deleted", "redirected"} {
		article := byURL[addresses[i]]
		if before, after := article.At(day.Add(-time.Second)), article.At(day); before != "published" || after != want || !article.IsToBeHad {
			t.Errorf("%s: %s, then %s, to be had %t", addresses[i], before, after, article.IsToBeHad)
		}
	}
	for _, article := range a.Truth(0, day.AddDate(0, 0, 1)).Articles {
		if article.CanonicalURL == addresses[1] && article.Why != WhyDeleted || article.CanonicalURL == addresses[2] && article.Why != WhyRedirected {
			t.Errorf("%s for who comes late: %q", article.CanonicalURL, article.Why)
		}
	}
}

// Who follows a redirect to an article it has is not to blame.
func TestRedirectsAreFollowedWithoutBlame(t *testing.T) {
	t.Parallel()
	a := newAging(t, Tricks{})
	host, _ := a.feedHost()
	path, next := a.pathOf(a.firstOf(host)), a.successor(a.firstOf(host))
	a.mustSchedule(Event{At: lastNight(), Kind: Redirected, Article: "http://" + a.outlets[host].hostOf(0) + path})
	a.ask(host, "/robots.txt")
	for _, step := range []struct {
		path string
		want int
	}{{next, 0}, {path, 0}, {next, 0}, {next, 1}} {
		a.ask(host, step.path)
		if m := a.Manners(); m.Refetched != step.want {
			t.Errorf("%s: %d refetched, want %d", step.path, m.Refetched, step.want)
		}
	}
}

func TestLateChangesHappenInTime(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(c *Config) { c.Tricks = Tricks{LateChanges: 0.5} })
	kinds, withinDay := map[Kind]int{}, 0
	for _, a := range p.Truth(0).Articles {
		for _, c := range a.Changes {
			kinds[c.Kind]++
			after := c.At.Sub(a.PublishedAt)
			if after < 6*time.Hour || after > recheckSpan*time.Hour+time.Minute {
				t.Fatalf("%s %s %s after its publication", a.CanonicalURL, c.Kind, after)
			}
			if after < 24*time.Hour {
				withinDay++
			}
		}
	}
	if kinds[Edited] < 50 || kinds[Deleted] < 20 || kinds[Redirected] < 20 || withinDay < 5 {
		t.Errorf("changes: %v, %d within a day", kinds, withinDay)
	}
}

func TestScheduleRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	p := newPress(t, nil)
	for _, e := range []Event{{Kind: Dies, Outlet: "nobody"}, {Kind: Edited, Article: "http://nobody.localhost/x"}, {Kind: "explodes", Outlet: p.outlets[0].slug}} {
		if err := p.Schedule(e); err == nil || !strings.Contains(err.Error(), string(e.Kind)) {
			t.Errorf("%+v: %v", e, err)
		}
	}
	if _, err := New(Config{Outlets: 1, Nights: 1, LastNight: lastNight(), Events: []Event{{Kind: Dies, Outlet: "nobody"}}}); err == nil {
		t.Error("an event in the configuration is not checked")
	}
}

// FuzzFind asks for whatever comes: the answer is an article only at its address.
func FuzzFind(f *testing.F) {
	p, err := New(Config{Seed: 3, Outlets: 20, Nights: 1, LastNight: lastNight(), ArticlesPerOutletNight: 3, Companies: companies(), Tricks: AllTricks()})
	if err != nil {
		f.Fatal(err)
	}
	for i := range p.articles {
		f.Add("http://" + p.outlets[p.articles[i].outlet].hostOf(0) + p.pathOf(&p.articles[i]) + ";jsessionid=12?x=1")
	}
	f.Add("http://m..localhost/;jsessionid=")
	f.Fuzz(func(t *testing.T, address string) {
		u, err := url.Parse(address)
		if err != nil {
			return
		}
		host, _, isKnown := p.locate(u.Hostname())
		if !isKnown {
			return
		}
		a, isAMP := p.find(host, u)
		if a == nil {
			return
		}
		if int(a.outlet) != host || isAMP && p.outlets[host].tricks&trickTwins == 0 || !strings.Contains(strings.ToLower(u.EscapedPath()+"?"+u.RawQuery), fmt.Sprint(int(a.day)*1000+int(a.number))) {
			t.Errorf("%q leads to %s", address, p.pathOf(a))
		}
	})
}
