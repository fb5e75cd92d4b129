package watch_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/jobs/watch"
)

// dated and flat are two shapes of article addresses.
func dated(n int) string {
	return fmt.Sprintf("2026/%02d/%02d/politics/the-council-votes-on-plan-%d", 1+n%3, 1+n%28, 1000+7*n)
}
func flat(n int) string { return fmt.Sprintf("a-%d.html", 5_000_000+13*n) }

// shaped announces addresses of a shape, a minute apart, up to end.
func (x *world) shaped(shape func(int) string, first, n int, end time.Time) {
	x.t.Helper()
	for i := range n {
		x.urls(address{outlet: "times", path: shape(first + i), at: end.Add(-time.Duration(n-1-i) * time.Minute)})
	}
}

// learnedFrom is the pattern of addresses of a shape.
func (x *world) learnedFrom(shape func(int) string) discover.Pattern {
	x.t.Helper()
	var urls []string
	for i := range 60 {
		urls = append(urls, home("times")+shape(i))
	}
	return discover.LearnPattern(urls)
}

// learned stores such a pattern, as an exploration does.
func (x *world) learned(shape func(int) string) discover.Pattern {
	x.t.Helper()
	p := x.learnedFrom(shape)
	x.exec(`
		insert into ops.outlet_explorations (outlet_id, explored_at, article_pattern, pattern_url_count) values ('times', $1, $2, 60)
		on conflict (outlet_id) do update set article_pattern = excluded.article_pattern`, x.now, p.String())
	return p
}

func TestAPatternThatNoLongerFits(t *testing.T) {
	t.Parallel()
	yesterday := start.Add(-25 * time.Hour)
	tests := []struct {
		name string
		do   func(x *world)
		want bool
	}{
		{"as always", func(x *world) { x.shaped(dated, 0, 60, yesterday); x.shaped(dated, 60, 30, start) }, false},
		{"all addresses are new", func(x *world) { x.shaped(dated, 0, 60, yesterday); x.shaped(flat, 60, 30, start) }, true},
		{"nine are too few to tell", func(x *world) { x.shaped(dated, 0, 60, yesterday); x.shaped(flat, 60, 9, start) }, false},
		{"a third is new", func(x *world) {
			x.shaped(dated, 0, 60, yesterday)
			x.shaped(dated, 60, 20, start.Add(-time.Hour))
			x.shaped(flat, 60, 10, start)
		}, false},
		{"it never fitted", func(x *world) { x.shaped(flat, 0, 60, yesterday); x.shaped(flat, 60, 30, start) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := newWorld(t, paper("times"))
			x.poll(poll{outlet: "times", state: "ok"})
			x.learned(dated)
			tt.do(x)
			got := x.watch()
			if isRaised := len(got) > 0; isRaised != tt.want {
				t.Errorf("alerts %q, want one: %t", got, tt.want)
			}
		})
	}
}

func TestAcceptRelearnsAPattern(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.poll(poll{outlet: "times", state: "ok"})
	old := x.learned(dated)
	x.shaped(dated, 0, 60, start.Add(-25*time.Hour))
	x.shaped(flat, 60, 30, start)
	x.watch()
	a := x.first("pattern_changed")
	if a.Proposal == nil || a.Proposal.Action != watch.RelearnPattern || a.Proposal.Replaces != old.String() {
		t.Fatalf("proposal %+v, want a new pattern in place of %s", a.Proposal, old)
	}
	if _, err := watch.Accept(t.Context(), x.db, a.AlertID, "ada", x.now); err != nil {
		t.Fatal(err)
	}
	anew, err := discover.ParsePattern(x.rows(`select article_pattern from ops.outlet_explorations`)[0])
	if err != nil || !anew.Match(home("times")+flat(999)) {
		t.Errorf("pattern %s (%v) does not fit the new addresses", anew, err)
	}
	x.want("after the next look", x.watch())
}
