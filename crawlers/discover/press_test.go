package discover_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/sql/seeds"
)

// servePress runs a synthetic press on loopback and gives its registry, what is
// true of it, and a Discoverer that reaches it.
func servePress(t *testing.T, tricks press.Tricks) ([]outlets.Outlet, press.Truth, *discover.Discoverer, *press.Press) {
	t.Helper()
	p, list, truth, d := servePressOf(t, press.Config{Seed: 11, Outlets: 40, Nights: 3, ArticlesPerOutletNight: 20, Tricks: tricks})
	return list, truth, d, p
}

// servePressOf runs a press up to the last finished night.
func servePressOf(t *testing.T, cfg press.Config) (*press.Press, []outlets.Outlet, press.Truth, *discover.Discoverer) {
	t.Helper()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	cfg.LastNight, cfg.Companies = time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1), press.CompaniesFrom(set)
	p, err := press.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	f, err := fetch.New(slog.New(slog.DiscardHandler), fetch.Config{UserAgent: "TestBot/1.0", AllowPrivateNetworks: true, RequestTimeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	port := ln.Addr().(*net.TCPAddr).Port
	return p, p.Outlets(port), p.Truth(port, time.Now()), discover.New(slog.New(slog.DiscardHandler), f)
}

// Of outlets that declare no more than their front page, exploration finds the
// channels they announce there, in robots.txt, or nowhere.
func TestExplorationFindsWhatAPressHides(t *testing.T) {
	t.Parallel()
	list, _, d, p := servePress(t, press.Tricks{Undeclared: 1, Charsets: 0.35, Furniture: 0.3})
	found, right := 0, map[string]int{}
	for _, o := range list {
		candidates, err := d.Explore(t.Context(), o, discover.Pattern{})
		if err != nil {
			t.Errorf("%s: %v", o.ID, err)
			continue
		}
		isFound := false
		for _, c := range candidates {
			if c.IsVerified && c.Kind != discover.KindPage {
				isFound = true
				right[c.Kind+" by "+c.Origin]++
			}
		}
		if isFound {
			found++
		} else {
			t.Errorf("%s: nothing but %+v", o.ID, candidates)
		}
	}
	m := p.Manners()
	t.Logf("%d of %d outlets, %v, %.1f requests an outlet", found, len(list), right, float64(m.Requests)/float64(len(list)))
	if m.Violations() > 0 || m.Requests > 13*len(list) {
		t.Errorf("%+v", m)
	}
}

// From section pages alone, with a pattern learned from articles of earlier
// nights, those of the last are found and hardly anything else is.
func TestSectionPagesOfAPress(t *testing.T) {
	t.Parallel()
	list, truth, d, _ := servePress(t, press.Tricks{PagesOnly: 1, Charsets: 0.35, Furniture: 0.3, Listings: 0.3})
	articles, earlier := map[string]map[string]bool{}, map[string][]string{}
	listed := map[string]bool{}
	for _, a := range truth.Articles {
		if articles[a.OutletID] == nil {
			articles[a.OutletID] = map[string]bool{}
		}
		articles[a.OutletID][a.CanonicalURL] = true
		if a.IsInPage {
			listed[a.CanonicalURL] = true
		}
		if a.PublishedAt.Before(time.Now().Add(-48 * time.Hour)) {
			earlier[a.OutletID] = append(earlier[a.OutletID], a.CanonicalURL)
		}
	}
	var taken, right, wanted, got int
	for _, known := range []bool{true, false} {
		taken, right, wanted, got = 0, 0, 0, 0
		for _, o := range list {
			var pattern discover.Pattern
			if known {
				pattern = discover.LearnPattern(earlier[o.ID])
			}
			seen := map[string]bool{}
			for _, poll := range d.PollOutlet(t.Context(), o, nil, time.Time{}, pattern) {
				for _, i := range poll.Items {
					if seen[i.URL] {
						continue
					}
					seen[i.URL] = true
					taken++
					if articles[o.ID][i.URL] {
						right++
					} else if right > taken-20 {
						t.Logf("%s took %s by %q", o.ID, i.URL, pattern)
					}
				}
			}
			for u := range articles[o.ID] {
				if !listed[u] {
					continue
				}
				wanted++
				if seen[u] {
					got++
				} else if got > wanted-20 {
					t.Logf("%s missed %s by %q", o.ID, u, pattern)
				}
			}
		}
		precision, recall := float64(right)/float64(taken), float64(got)/float64(wanted)
		t.Logf("pattern learned: %v: %d links taken, precision %.4f; %d articles listed, recall %.4f", known, taken, precision, wanted, recall)
		if precision < 0.98 || recall < 0.995 {
			t.Errorf("precision %.4f, recall %.4f", precision, recall)
		}
	}
}

// With every trick of the field on, explorations end and stay polite.
func TestExplorationAmongTricks(t *testing.T) {
	t.Parallel()
	tricks := press.AllTricks()
	tricks.HangFor = 50 * time.Millisecond
	list, _, d, p := servePress(t, tricks)
	verified, failed := 0, 0
	for _, o := range list {
		o.Channels = nil
		candidates, err := d.Explore(t.Context(), o, discover.Pattern{})
		switch {
		case err != nil:
			failed++
			t.Logf("%s: %v", o.ID, err)
		case len(candidates) > 0 && candidates[0].IsVerified:
			verified++
		default:
			t.Logf("%s: %+v", o.ID, candidates)
		}
	}
	t.Logf("%d of %d outlets have a verified channel, %d could not be explored", verified, len(list), failed)
	if verified*10 < len(list)*8 {
		t.Errorf("only %d of %d", verified, len(list))
	}
	if m := p.Manners(); m.Violations() > 0 || m.Requests > 13*len(list)+20 { // a few hosts have further ones for telephones
		t.Errorf("%+v", m)
	}
}
