package press

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// perfect is what a reader without fault brings home.
func perfect(p *Press) Found {
	var f Found
	truth := p.Truth(8080)
	for _, a := range truth.Articles {
		if !a.IsToBeHad {
			continue
		}
		f.Articles = append(f.Articles, FoundArticle{CanonicalURL: a.CanonicalURL, OutletID: a.OutletID, Night: a.Night, StoryID: a.StoryID + 1000, CharacterCount: a.CharacterCount})
		for _, m := range a.Mentions {
			f.Mentions = append(f.Mentions, FoundMention{a.CanonicalURL, m.CompanyID, m.Class, ""})
		}
	}
	for _, s := range truth.Ranking {
		f.Ranking = append(f.Ranking, s.CompanyID)
	}
	return f
}

func TestAPerfectReaderHasAPerfectCard(t *testing.T) {
	t.Parallel()
	p := newPress(t, nil)
	got := p.Score(perfect(p))
	want := got
	want.Extra, want.Forbidden = 0, 0
	want.Recall, want.NightsRight, want.OutletsRight = 1, 1, 1
	want.DuplicatePrecision, want.DuplicateRecall, want.MentionPrecision, want.MentionRecall, want.InflectedRecall, want.KendallTau = 1, 1, 1, 1, 1, 1
	want.Fooled, want.Twice, want.PromotedTaken, want.TextsRight, want.WrongTexts = 0, 0, 0, want.Found, nil
	for i := range want.Tricks {
		s := &want.Tricks[i]
		s.Found, s.Nights, s.Texts, s.TextsRight = s.ToBeHad, s.ToBeHad, s.ToBeHad, s.ToBeHad
	}
	for i := range want.Classes {
		want.Classes[i].Recall, want.Classes[i].Precision = 1, 1
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the card is not perfect:\n%s", diff)
	}
	if got.ToBeHad < 300 || got.DuplicatePairs < 20 || got.Mentions < 50 || got.RankedCompanies != 7 {
		t.Errorf("too little to judge: %+v", got)
	}
	var out strings.Builder
	if err := got.WriteText(&out); err != nil || !strings.Contains(out.String(), "Kendall τ 1.000") {
		t.Errorf("card %q, error %v", out.String(), err)
	}
}

func TestDamageShowsOnTheCard(t *testing.T) {
	t.Parallel()
	p := newPress(t, nil)
	for name, c := range map[string]struct {
		damage func(*Found)
		isSeen func(ScoreCard) bool
	}{
		"a lost article":   {func(f *Found) { f.Articles = f.Articles[1:] }, func(c ScoreCard) bool { return c.Recall < 1 && len(c.Missed) == 1 }},
		"a second address": {func(f *Found) { f.Articles = append(f.Articles, f.Articles[0]) }, func(c ScoreCard) bool { return c.Extra == 1 && c.Recall == 1 }},
		"no article":       {func(f *Found) { f.Articles = append(f.Articles, FoundArticle{CanonicalURL: "http://x.localhost/"}) }, func(c ScoreCard) bool { return c.Extra == 1 }},
		"a wrong night": {func(f *Found) { f.Articles[0].Night = f.Articles[0].Night.AddDate(0, 0, 1) }, func(c ScoreCard) bool {
			return c.NightsRight < 1
		}},
		"copies not seen as such": {func(f *Found) {
			for i := range f.Articles {
				f.Articles[i].StoryID = 0
			}
		}, func(c ScoreCard) bool { return c.DuplicateRecall == 0 && c.DuplicatePrecision == 1 }},
		"everything one story": {func(f *Found) {
			for i := range f.Articles {
				f.Articles[i].StoryID = 1
			}
		}, func(c ScoreCard) bool { return c.DuplicateRecall == 1 && c.DuplicatePrecision < 0.1 }},
		"a lost mention": {func(f *Found) { f.Mentions = f.Mentions[1:] }, func(c ScoreCard) bool { return c.MentionRecall < 1 && c.MentionPrecision == 1 }},
		"an invented mention": {func(f *Found) {
			f.Mentions = append(f.Mentions, FoundMention{f.Articles[0].CanonicalURL, "nobody", classSure, ""})
		}, func(c ScoreCard) bool { return c.MentionPrecision < 1 }},
		"a wrong mention by a hard name": {func(f *Found) {
			f.Mentions = append(f.Mentions, FoundMention{f.Articles[0].CanonicalURL, "nobody", classAmbiguous, ""})
		}, func(c ScoreCard) bool { return c.Classes[0].Precision == 1 && c.Classes[2].Precision < 1 }},
		"no mention by a hard name": {func(f *Found) {
			f.Mentions = slices.DeleteFunc(f.Mentions, func(m FoundMention) bool { return m.Class != classSure })
		}, func(c ScoreCard) bool { return c.Classes[0].Recall == 1 && c.Classes[2].Recall == 0 }},
		"classes not told": {func(f *Found) {
			for i := range f.Mentions {
				f.Mentions[i].Class = ""
			}
		}, func(c ScoreCard) bool {
			return c.MentionPrecision == 1 && c.Classes[0].Found == 0 && c.Classes[0].Recall == 1
		}},
		"a trap walked into": {func(f *Found) {
			for _, a := range p.Truth(8080).Articles {
				if a.HasTrap && a.IsToBeHad {
					f.Mentions = append(f.Mentions, FoundMention{a.CanonicalURL, "nobody", classAmbiguous, ""})
					return
				}
			}
		}, func(c ScoreCard) bool { return c.Fooled == 1 }},
		"promotion taken for a mention": {func(f *Found) {
			for _, a := range p.Truth(8080).Articles {
				if a.IsToBeHad && a.Promoted != "" && !slices.ContainsFunc(a.Mentions, func(m TruthMention) bool { return m.CompanyID == a.Promoted }) {
					f.Mentions = append(f.Mentions, FoundMention{a.CanonicalURL, a.Promoted, classSure, ""})
					return
				}
			}
		}, func(c ScoreCard) bool { return c.PromotedTaken == 1 && c.Promoted > 1 }},
		"a comment section for a text": {func(f *Found) { f.Articles[0].CharacterCount *= 3 }, func(c ScoreCard) bool { return c.Texts-c.TextsRight == 1 && len(c.WrongTexts) == 1 }},
		"a doubted wrong text": {func(f *Found) { f.Articles[0].CharacterCount, f.Articles[0].IsSuspect = 20, true }, func(c ScoreCard) bool {
			return c.WrongTextsDoubted == 1 && c.RightTextsDoubted == 0
		}},
		"a listing for an article": {func(f *Found) {
			f.Pages = append(f.Pages, FoundPage{"http://" + p.outlets[0].hostOf(8080) + "/section/sport", "article"})
		}, func(c ScoreCard) bool {
			return slices.ContainsFunc(c.PageTypes, func(s PageTypeScore) bool { return s.PageType == "listing" && s.Pages == 1 && s.Right == 0 })
		}},
		"a luckless host": {func(f *Found) {
			host := p.hosts(trickGaps)[0]
			f.Articles = slices.DeleteFunc(f.Articles, func(a FoundArticle) bool { return a.OutletID == p.outlets[host].slug })
		}, func(c ScoreCard) bool {
			return slices.ContainsFunc(c.Tricks, func(s TrickScore) bool { return s.Trick == "gaps" && s.Found < s.ToBeHad })
		}},
		"an estimate too high": {func(f *Found) {
			f.Estimates = append(f.Estimates, FoundEstimate{p.outlets[p.hosts(trickGaps)[0]].slug, lastNight(), 1000})
		}, func(c ScoreCard) bool {
			return c.Independent.Nights == 1 && c.Independent.Error > 10 && len(c.WorstEstimates) == 1
		}},
		"two ranks exchanged": {func(f *Found) { f.Ranking[0], f.Ranking[1] = f.Ranking[1], f.Ranking[0] }, func(c ScoreCard) bool { return c.KendallTau < 1 && c.KendallTau > 0.8 }},
		"no ranking":          {func(f *Found) { f.Ranking = nil }, func(c ScoreCard) bool { return c.KendallTau == 0 }},
		"something forbidden": {func(f *Found) {
			for _, a := range p.Truth(8080).Articles {
				if !a.IsToBeHad && a.Why != WhyUnannounced {
					f.Articles = append(f.Articles, FoundArticle{CanonicalURL: a.CanonicalURL, OutletID: a.OutletID, Night: a.Night, StoryID: a.StoryID})
					return
				}
			}
		}, func(c ScoreCard) bool { return c.Forbidden == 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := perfect(p)
			c.damage(&f)
			if card := p.Score(f); !c.isSeen(card) {
				t.Errorf("not seen: %+v", card)
			}
		})
	}
}

func TestKendall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		truth, found []string
		want         float64
	}{
		"the same":          {[]string{"a", "b", "c"}, []string{"a", "b", "c"}, 1},
		"reversed":          {[]string{"a", "b", "c"}, []string{"c", "b", "a"}, -1},
		"nothing to rank":   {nil, nil, 1},
		"a tail is missing": {[]string{"a", "b", "c"}, []string{"a"}, 2 / 2.449489742783178},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := kendall(c.truth, c.found); got-c.want > 1e-9 || c.want-got > 1e-9 {
				t.Errorf("τ = %g, want %g", got, c.want)
			}
		})
	}
}

func TestPanelWeightsAreCapped(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(c *Config) { c.Outlets = 300 })
	list := p.Outlets(0)
	gdp := map[string]int64{"US": 27_000_000, "DE": 4_500_000, "KE": 100_000}
	sum, byCountry := 0.0, map[string]float64{}
	for _, o := range list {
		w := PanelWeights(list, gdp)[o.ID]
		sum += w
		byCountry[o.Country] += w
	}
	if sum < 1-1e-9 || sum > 1+1e-9 {
		t.Errorf("weights sum to %g", sum)
	}
	for country, w := range byCountry {
		if w > countryShareCap+1e-9 {
			t.Errorf("%s weighs %g", country, w)
		}
	}
}

func TestBadMannersAreCounted(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(c *Config) { c.Tricks = Tricks{RobotsRules: 0.5, CrawlDelays: 1, Throttling: 1} })
	r := serve(t, p)
	host := p.hosts(trickRobotsFolder)[2] // the first forbids everything
	p.outlets[host].crawlDelay = 300 * time.Millisecond
	pause := func() { time.Sleep(p.outlets[host].crawlDelay) }
	path := func(i int) string { return r.url(host, p.pathOf(&p.articles[p.starts[host][0]+i])) }
	steps := []struct {
		name string
		do   func()
		want func(Manners) int
	}{
		{"a page before robots.txt", func() { r.mustGet(r.url(host, "/")) }, func(m Manners) int { return m.BeforeRobots }},
		{"a forbidden folder", func() {
			r.mustGet(r.url(host, "/robots.txt"))
			pause()
			r.mustGet(r.url(host, membersFolder+"/x"))
		}, func(m Manners) int { return m.Forbidden }},
		{"no pause", func() {
			pause()
			r.mustGet(r.url(host, "/"))
			r.mustGet(r.url(host, "/?again"))
		}, func(m Manners) int { return m.TooSoon }},
		{"the same article again", func() {
			pause()
			r.mustGet(path(0))
			pause()
			r.mustGet(path(0)) // the second article request: 429
			time.Sleep(retryAfter)
			r.mustGet(path(0))
		}, func(m Manners) int { return m.Refetched }},
		{"no wait after 429", func() {
			pause()
			r.mustGet(path(1))
			pause()
			if res, _ := r.mustGet(path(2)); res.StatusCode != 429 {
				t.Errorf("fifth article: %s", res.Status)
			}
			pause()
			r.mustGet(path(2))
			time.Sleep(retryAfter)
		}, func(m Manners) int { return m.DuringRetryAfter }},
	}
	before := 0
	for _, s := range steps {
		s.do()
		m := p.Manners()
		if s.want(m) == 0 || m.Violations() == before {
			t.Errorf("%s is not counted: %+v", s.name, m)
		}
		before = m.Violations()
	}
	p.ForgetManners()
	if m := p.Manners(); m.Violations() != 0 || m.Requests != 0 {
		t.Errorf("not forgotten: %+v", m)
	}
}

func TestTwoAtOnceAreCounted(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{SlowHosts: 1})
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() { r.mustGet(r.url(0, "/robots.txt")) })
	}
	group.Wait()
	if m := p.Manners(); m.Concurrent != 1 {
		t.Errorf("counted %d, want 1: %+v", m.Concurrent, m)
	}
}

func TestAPoliteReaderIsNotBlamed(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{CrawlDelays: 1, RobotsRules: 1, Throttling: 1})
	for host := range p.outlets {
		if host%20 != 1 || p.outlets[host].tricks&trickRobotsAll != 0 {
			continue
		}
		r.mustGet(r.url(host, "/robots.txt"))
		for k := range 4 {
			a := &p.articles[p.starts[host][0]+k%p.starts[host][1]]
			if a.outlet != int16(host) || a.flags&flagForbidden != 0 {
				continue
			}
			time.Sleep(p.outlets[host].crawlDelay)
			r.patient(r.url(host, p.pathOf(a)))
		}
	}
	if m := p.Manners(); m.Violations() != 0 {
		t.Errorf("blamed without reason: %+v", m)
	}
}

// What no channel announced is nobody's loss, and nobody's fault if it is found.
func TestLuckIsNoFault(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(c *Config) { c.Tricks = Tricks{Gaps: 1} })
	f := perfect(p)
	for _, a := range p.Truth(8080).Articles {
		if a.Why == WhyUnannounced {
			f.Articles = append(f.Articles, FoundArticle{CanonicalURL: a.CanonicalURL, OutletID: a.OutletID, Night: a.Night})
		}
	}
	if c := p.Score(f); c.Lucky == 0 || c.Forbidden+c.Extra > 0 || c.Recall != 1 || c.NightsRight != 1 {
		t.Errorf("%+v", c)
	}
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(c *Config) { c.Tricks, c.HostDailyBudget = Tricks{}, 6 })
	r := serve(t, p)
	for range 8 {
		r.mustGet(r.url(0, "/robots.txt"))
	}
	if m := p.Manners(); m.OverBudget != 2 || m.Violations() != 2 {
		t.Errorf("over budget %d, want 2", m.OverBudget)
	}
	f := perfect(p) // has more than the budget grants; as many as it grants are enough
	f.Articles = slices.DeleteFunc(f.Articles, func(a FoundArticle) bool { return !strings.HasSuffix(keyOf(a.CanonicalURL), "0") })
	c, all := p.Score(f), p.Score(perfect(p))
	if all.Recall != 1 || all.ToBeHad > 6*len(p.outlets) || c.Recall == 1 || c.ToBeHad != all.ToBeHad {
		t.Errorf("within the budget %d of %d; some of it %d of %d", all.Found, all.ToBeHad, c.Found, c.ToBeHad)
	}
}

// A recheck after a day is no second fetch, one after an hour is.
func TestRechecksAreGranted(t *testing.T) {
	t.Parallel()
	for hours, want := range map[int]int{1: 1, 24: 0} {
		a := newAging(t, Tricks{})
		host, _ := a.feedHost()
		a.ask(host, "/robots.txt")
		a.ask(host, a.lastPath(host))
		a.now = a.now.Add(time.Duration(hours) * time.Hour)
		a.ask(host, a.lastPath(host))
		if m := a.Manners(); m.Refetched != want {
			t.Errorf("after %d h: %d refetched, want %d", hours, m.Refetched, want)
		}
	}
}
