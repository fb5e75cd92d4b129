package discover_test

import (
	"testing"
	"time"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/press"
)

// Of a press with history, what the sitemaps of an outlet name for a few nights in
// its middle is what it published in them: every article of the nights, and few
// others.
func TestThePastOfAPress(t *testing.T) {
	t.Parallel()
	tricks := press.AllTricks().WithHistory()
	tricks.HangFor, tricks.FeedOnly, tricks.PagesOnly, tricks.Undeclared = 50*time.Millisecond, 0, 0, 0
	p, list, truth, d := servePressOf(t, press.Config{Seed: 11, Outlets: 40, Nights: 45, ArticlesPerOutletNight: 6, Tricks: tricks})
	last := truth.Articles[len(truth.Articles)-1].Night
	from, to := last.AddDate(0, 0, -34), last.AddDate(0, 0, -29)
	wanted, got, taken, requests, read := 0, 0, 0, 0, 0
	for _, o := range list {
		named := map[string]bool{}
		var sitemaps []string
		for _, c := range o.Channels {
			if c.Kind == discover.KindSitemap {
				sitemaps = append(sitemaps, c.URL)
			}
		}
		polls, err := d.Past(t.Context(), o, sitemaps, from, to, discover.Pattern{})
		if err != nil {
			t.Logf("%s: %v", o.ID, err)
			continue
		}
		files := 0
		for _, poll := range polls {
			requests += poll.Requests
			files++
			for _, i := range poll.Items {
				named[i.URL] = true
			}
		}
		if files > 0 {
			read++
		}
		taken += len(named)
		for _, a := range truth.Articles {
			if a.OutletID != o.ID || a.Night.Before(from) || !a.Night.Before(to) || !a.IsInSitemap {
				continue
			}
			if wanted++; named[a.CanonicalURL] {
				got++
			} else if wanted-got < 20 {
				t.Logf("missed %s %v", a.CanonicalURL, a.Changes)
			}
		}
	}
	t.Logf("%d outlets read, %d requests; %d articles listed, %d found, %d addresses taken; %+v", read, requests, wanted, got, taken, p.Manners())
	if got*100 < wanted*98 || taken > wanted*3/2 || p.Manners().Violations() > 0 {
		t.Error("too little, too much or impolite")
	}
}
