package watch_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

// twenty is a registry of twenty outlets, p0 to p19.
func twenty() (list []outlets.Outlet, ids []string) {
	for i := range 20 {
		ids = append(ids, fmt.Sprintf("p%d", i))
		list = append(list, paper(ids[i]))
	}
	return list, ids
}

// round polls outlets; the first failing ones fail.
func (x *world) round(ids []string, failing int) []string {
	x.t.Helper()
	x.run++
	for i, id := range ids {
		state := "ok"
		if i < failing {
			state = "failed"
		}
		x.poll(poll{outlet: id, state: state})
		x.outletRun(id, i >= failing)
	}
	return x.watchRun()
}

func TestAnOutageOfOurOwnIsOneAlert(t *testing.T) {
	t.Parallel()
	list, ids := twenty()
	x := newWorld(t, list...)
	for _, id := range ids {
		x.urls(address{outlet: id, at: start})
	}
	x.want("a good run", x.round(ids, 0))
	for range 10 {
		x.now = x.now.Add(time.Hour)
		x.want("all of them fail", x.round(ids, 20), "network_down all fail")
	}
	x.now = x.now.Add(30 * time.Hour)
	x.want("two days on, still all of them", x.round(ids, 20), "network_down all fail")
	x.now = x.now.Add(time.Hour)
	for _, id := range ids {
		x.urls(address{outlet: id, at: x.now})
	}
	x.want("and back", x.round(ids, 0))
	var n int
	if err := x.db.Get(&n, `select count(*) from ops.alerts`); err != nil || n != 1 {
		t.Errorf("%d alerts in all (%v), want 1", n, err)
	}
}

// TestASuspicionAgainstOurselvesEnds: while some outlets can be read, the others
// are called down after a day at the latest.
func TestASuspicionAgainstOurselvesEnds(t *testing.T) {
	t.Parallel()
	list, ids := twenty()
	x := newWorld(t, list...)
	for _, id := range ids {
		x.urls(address{outlet: id, at: start})
	}
	x.want("most fail", x.round(ids, 12), "network_down all fail")
	x.now = x.now.Add(23 * time.Hour)
	x.want("for most of a day", x.round(ids, 12), "network_down all fail")
	x.now = x.now.Add(time.Hour)
	for _, id := range ids[12:] {
		x.urls(address{outlet: id, at: x.now})
	}
	if got := x.round(ids, 12); len(got) != 13 {
		t.Errorf("after a day %d alerts, want 12 channels and the outage: %q", len(got), got)
	}
	x.now = x.now.Add(time.Hour)
	if got := x.round(ids, 12); len(got) != 12 {
		t.Errorf("then %d alerts, want those of the 12 channels: %q", len(got), got)
	}
}

// TestARunOverDeadOutletsIsNoOutage: only those that are due are polled, and all of
// them are known to be dead.
func TestARunOverDeadOutletsIsNoOutage(t *testing.T) {
	t.Parallel()
	list, ids := twenty()
	x := newWorld(t, list...)
	for _, id := range ids {
		x.urls(address{outlet: id, at: start})
	}
	x.round(ids, 6)
	if got := x.round(ids, 6); len(got) != 6 {
		t.Fatalf("%d alerts, want 6: %q", len(got), got)
	}
	x.now = x.now.Add(time.Hour)
	if got := x.round(ids[:6], 6); len(got) != 6 {
		t.Errorf("%d alerts, want those 6 and no more: %q", len(got), got)
	}
}

func TestABudgetThatIsSpent(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.urls(address{outlet: "times", at: start})
	spent := func(host string, day time.Time, refused int) {
		x.exec(`
			insert into ops.host_manners (day, host, request_count, largest_concurrency, robots_refusal_count, budget_refusal_count,
				throttled_count, failure_count, not_modified_count, byte_count, saved_byte_count)
			values (cast($2 as date), $1, 2000, 1, 0, $3, 0, 0, 0, 0, 0)`, host, day.Format(time.DateOnly), refused)
	}
	spent("www.times.example", start, 12)
	spent("quiet.example", start, 0)
	x.want("on the day", x.watch(), "budget_spent www.times.example warn")
	var outlet string
	if err := x.db.Get(&outlet, `select outlet_id from ops.alerts`); err != nil || outlet != "times" {
		t.Errorf("outlet %q (%v), want times", outlet, err)
	}
	x.now = start.AddDate(0, 0, 1)
	x.want("the day after", x.watch(), "budget_spent www.times.example warn")
	x.now = start.AddDate(0, 0, 2)
	x.want("two days after", x.watch())
}
