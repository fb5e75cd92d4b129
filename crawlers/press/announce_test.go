package press

import (
	"math"
	"net/url"
	"strings"
	"testing"
	"time"
)

// One poll of a feed is not enough for an outlet of 200 articles a night; with a
// sitemap, or with many polls, it is.
func TestOneFeedIsNotEnough(t *testing.T) {
	t.Parallel()
	share := func(tricks Tricks, visits ...time.Time) float64 {
		p := newPress(t, func(c *Config) {
			c.Outlets, c.Nights, c.ArticlesPerOutletNight, c.Tricks = 20, 1, 200, tricks
		})
		had, all := 0, 0
		for _, a := range p.Truth(0, visits...).Articles {
			all++
			if a.IsToBeHad {
				had++
			}
		}
		return float64(had) / float64(all)
	}
	var often []time.Time
	for minutes := 0; minutes <= 24*60; minutes += 30 {
		often = append(often, lastNight().Add(time.Duration(minutes)*time.Minute))
	}
	if s := share(Tricks{FeedOnly: 1}); s > 0.5 {
		t.Errorf("one poll of a feed has %.2f of all articles", s)
	}
	if s := share(Tricks{FeedOnly: 1}, often...); s < 0.99 {
		t.Errorf("polls every half hour have %.2f of all articles", s)
	}
	if s := share(Tricks{}); s != 1 {
		t.Errorf("one poll of feed and sitemap has %.2f of all articles", s)
	}
}

func TestNewsSitemapsReachBackTwoDays(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(c *Config) { c.Nights, c.Tricks = 5, Tricks{SitemapOnly: 1} })
	seen := map[bool]int{}
	for _, a := range p.Truth(0).Articles {
		o := &p.outlets[p.bySlug[a.OutletID]]
		if o.channels[0].form != formNews {
			continue
		}
		seen[a.IsToBeHad]++
		if isRecent := a.PublishedAt.After(p.end().Add(-newsSpan)); a.IsToBeHad != isRecent {
			t.Fatalf("%s of %s: to be had %t", a.CanonicalURL, a.PublishedAt, a.IsToBeHad)
		}
	}
	if seen[true] == 0 || seen[false] == 0 {
		t.Errorf("news sitemaps: %v", seen)
	}
}

// What each channel leaves out is known, and chance alone decides it: the usual
// estimate from the overlap is right on average, counting is not.
func TestGapsAreIndependent(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(c *Config) { c.Outlets, c.Nights, c.ArticlesPerOutletNight, c.Tricks = 40, 1, 100, Tricks{Gaps: 1} })
	published, announced, estimated := 0, 0, 0.0
	for _, o := range p.Truth(0).Outlets {
		published += o.Readable
		announced += o.Readable - o.InNeither
		estimated += float64((o.InFeed+1)*(o.InSitemap+1))/float64(o.InBoth+1) - 1
		if o.InBoth == 0 || o.InFeed == o.Readable || o.InSitemap == o.Readable || !o.AreChannelsIndependent {
			t.Errorf("%+v", o)
		}
	}
	missed, off := 1-float64(announced)/float64(published), math.Abs(estimated/float64(published)-1)
	if missed < 0.01 || off > 0.005 {
		t.Errorf("%d published, %d announced, %.0f estimated", published, announced, estimated)
	}
}

func TestChannelsCanBeFound(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{Undeclared: 1})
	seen := map[hiding]int{}
	for i, o := range p.Outlets(r.port) {
		if len(o.Channels) != 1 || o.Channels[0].Kind != "page" || o.Channels[0].URL != o.HomeURL {
			t.Fatalf("%s declares %v", o.ID, o.Channels)
		}
		_, home := r.mustGet(o.HomeURL)
		_, robots := r.mustGet(r.url(i, "/robots.txt"))
		for _, c := range p.outlets[i].channels {
			seen[p.outlets[i].hiding]++
			atHome, inRobots := strings.Contains(string(p.outlets[i].encode(c.path)), c.path) && strings.Contains(string(home), c.path), strings.Contains(string(robots), c.path)
			if p.outlets[i].charset == "utf-8" && atHome != (p.outlets[i].hiding == behindHomeLink) || inRobots != (p.outlets[i].hiding == behindRobots) {
				t.Errorf("%s%s: at home %t, in robots.txt %t, hiding %d", o.ID, c.path, atHome, inRobots, p.outlets[i].hiding)
			}
		}
	}
	if len(seen) != 3 {
		t.Errorf("hidden: %v", seen)
	}
}

func TestSectionPagesAreAllThereIs(t *testing.T) {
	t.Parallel()
	p, r := with(t, Tricks{PagesOnly: 1})
	for i, o := range p.Outlets(r.port) {
		listed := map[string]bool{}
		for _, c := range o.Channels {
			if c.Kind != "page" {
				t.Fatalf("%s has a %s", o.ID, c.Kind)
			}
			r.list(c.URL, listed, 0)
		}
		a := &p.articles[p.starts[i][p.cfg.Nights]-1]
		if !listed[r.url(i, p.pathOf(a))] {
			t.Errorf("%s links its newest article nowhere", o.ID)
		}
	}
}

func TestMobileHostsAndSessions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tricks Tricks
		is     func(*url.URL) bool
	}{
		"mobile": {Tricks{Mobile: 1}, func(u *url.URL) bool {
			return strings.HasPrefix(u.Host, "m.") || strings.HasPrefix(u.Host, "amp.")
		}},
		"sessions": {Tricks{Sessions: 1}, func(u *url.URL) bool { return strings.Contains(strings.ToLower(u.String()), "sess") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, r := with(t, c.tricks)
			for host := range p.outlets {
				listed, odd := map[string]bool{}, 0
				for _, channel := range p.outlets[host].channels {
					if channel.kind == "feed" {
						r.list(r.url(host, channel.path), listed, 0)
					}
				}
				for address := range listed {
					u, err := url.Parse(address)
					if err != nil {
						t.Fatal(err)
					}
					if !c.is(u) {
						continue
					}
					odd++
					res, body := r.mustGet(address)
					if a := p.anySide(address); a == nil || res.StatusCode != 200 || !strings.Contains(decoded(t, res, body), escaped(p.headline(a).text)) {
						t.Fatalf("%s: %s", address, res.Status)
					}
				}
				if len(listed) > 1 && odd == 0 {
					t.Errorf("%s: nothing odd among %d links", p.outlets[host].slug, len(listed))
				}
			}
		})
	}
}
