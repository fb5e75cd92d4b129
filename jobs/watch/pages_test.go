package watch_test

import (
	"testing"
	"time"
)

// pages decides some addresses of an outlet, a minute apart, up to end.
func (x *world) pages(n int, a address, end time.Time) {
	x.t.Helper()
	for i := range n {
		a.at = end.Add(-time.Duration(n-1-i) * time.Minute)
		x.urls(a)
	}
}

func TestPagesThatComeOutBroken(t *testing.T) {
	t.Parallel()
	yesterday := start.Add(-25 * time.Hour)
	notArticle := address{outlet: "times", outcome: "not_article", reason: "no text"}
	tests := []struct {
		name  string
		past  func(x *world)
		today func(x *world)
		want  []string
	}{
		{"as always", func(x *world) { x.pages(40, address{outlet: "times"}, yesterday) },
			func(x *world) { x.pages(20, address{outlet: "times"}, start) }, nil},
		{"no articles any more", func(x *world) { x.pages(40, address{outlet: "times"}, yesterday) },
			func(x *world) { x.pages(10, notArticle, start) }, []string{"extraction_broken times fail"}},
		{"four of eight are no articles", func(x *world) { x.pages(40, address{outlet: "times"}, yesterday) },
			func(x *world) { x.pages(4, notArticle, start); x.pages(4, address{outlet: "times"}, start) }, nil},
		{"seven pages are too few to tell", func(x *world) { x.pages(40, address{outlet: "times"}, yesterday) },
			func(x *world) { x.pages(7, notArticle, start) }, nil},
		{"half are no articles, as ever", func(x *world) {
			x.pages(20, address{outlet: "times"}, yesterday)
			x.pages(20, notArticle, yesterday)
		}, func(x *world) { x.pages(10, notArticle, start); x.pages(10, address{outlet: "times"}, start) }, nil},
		{"suspect texts", func(x *world) { x.pages(40, address{outlet: "times"}, yesterday) },
			func(x *world) { x.pages(10, address{outlet: "times", isSuspect: true}, start) }, []string{"extraction_broken times fail"}},
		{"texts of a third of the length", func(x *world) { x.pages(40, address{outlet: "times", length: 3000}, yesterday) },
			func(x *world) { x.pages(10, address{outlet: "times", length: 1000}, start) }, []string{"extraction_broken times fail"}},
		{"texts of two thirds of the length", func(x *world) { x.pages(40, address{outlet: "times", length: 3000}, yesterday) },
			func(x *world) { x.pages(10, address{outlet: "times", length: 2000}, start) }, nil},
		{"extraction that panics", func(x *world) { x.pages(40, address{outlet: "times"}, yesterday) },
			func(x *world) { x.pages(10, address{outlet: "times", outcome: "failed", status: 200}, start) }, []string{"extraction_broken times fail"}},
		{"a host that fails", func(x *world) { x.pages(40, address{outlet: "times"}, yesterday) },
			func(x *world) { x.pages(10, address{outlet: "times", outcome: "failed", status: 503}, start) }, []string{"pages_unreachable times fail"}},
		{"a host that refuses", func(x *world) { x.pages(40, address{outlet: "times"}, yesterday) },
			func(x *world) { x.pages(10, address{outlet: "times", outcome: "blocked", status: 403}, start) }, []string{"pages_unreachable times fail"}},
		{"a host that always refused", func(x *world) { x.pages(40, address{outlet: "times", outcome: "blocked", status: 403}, yesterday) },
			func(x *world) { x.pages(10, address{outlet: "times", outcome: "blocked", status: 403}, start) }, nil},
		{"old addresses of a new sitemap", func(x *world) { x.pages(40, address{outlet: "times"}, yesterday) },
			func(x *world) {
				x.pages(20, address{outlet: "times", outcome: "too_old", status: -1}, start)
				x.pages(5, address{outlet: "times"}, start)
			}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := newWorld(t, paper("times"))
			x.poll(poll{outlet: "times", state: "ok"})
			tt.past(x)
			tt.today(x)
			x.want("alerts", x.watch(), tt.want...)
		})
	}
}

// TestALayoutThatChanges prints how long it takes at outlets of different size.
func TestALayoutThatChanges(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		gap   time.Duration // between two articles
		limit time.Duration
	}{
		{"six articles an hour", 10 * time.Minute, 2*time.Hour + 15*time.Minute},
		{"two articles an hour", 30 * time.Minute, 6 * time.Hour},
		{"ten articles a day", 144 * time.Minute, 24 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := newWorld(t, paper("times"))
			x.every("times", tt.gap, 8*24*time.Hour, start)
			x.poll(poll{outlet: "times", state: "ok"})
			next := start.Add(tt.gap)
			took := x.alarm("extraction_broken", tt.limit, func() {
				for ; !next.After(x.now); next = next.Add(tt.gap) {
					x.urls(address{outlet: "times", at: next, length: 150, isSuspect: true})
				}
				x.poll(poll{outlet: "times", state: "ok"})
			})
			t.Logf("%s: %d broken pages", tt.name, int(took/tt.gap))
			// The broken pages must not become what is usual.
			for range 20 {
				x.now = x.now.Add(24 * time.Hour)
				x.pages(20, address{outlet: "times", length: 150, isSuspect: true}, x.now)
				x.poll(poll{outlet: "times", state: "ok"})
			}
			x.want("three weeks later", x.watch(), "extraction_broken times fail")
			x.now = x.now.Add(time.Hour)
			x.pages(20, address{outlet: "times"}, x.now)
			x.want("mended", x.watch())
		})
	}
}

// TestTooFewPagesLeaveAnAlertOpen: a weekend mends nothing.
func TestTooFewPagesLeaveAnAlertOpen(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.poll(poll{outlet: "times", state: "ok"})
	x.pages(40, address{outlet: "times"}, start.Add(-25*time.Hour))
	x.pages(10, address{outlet: "times", outcome: "not_article"}, start)
	x.want("broken", x.watch(), "extraction_broken times fail")
	x.now = start.Add(30 * time.Hour)
	x.urls(address{outlet: "times", at: x.now})
	x.want("a single page since", x.watch(), "extraction_broken times fail")
}
