package watch_test

import (
	"testing"
	"time"
)

// every puts one address at a time over a while, up to end.
func (x *world) every(outlet string, gap, during time.Duration, end time.Time) {
	x.t.Helper()
	for at := end.Add(-during); !at.After(end); at = at.Add(gap) {
		x.urls(address{outlet: outlet, at: at})
	}
}

// TestHowLongSilenceMayLast prints when each kind of outlet is called silent once
// its feed is frozen: it answers, and names nothing new.
func TestHowLongSilenceMayLast(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	tests := []struct {
		name     string
		past     func(x *world)
		atLeast  time.Duration
		noLonger time.Duration
	}{
		{"a new address every hour", func(x *world) { x.every("times", time.Hour, 10*day, start) }, day, day + time.Hour},
		{"every ten hours", func(x *world) { x.every("times", 10*time.Hour, 20*day, start) }, 30 * time.Hour, 31 * time.Hour},
		{"once a week", func(x *world) { x.every("times", 7*day, 35*day, start) }, 21 * day, 21*day + time.Hour},
		{"every hour but for weekends of 60 hours", func(x *world) {
			for week := range 4 {
				x.every("times", time.Hour, 4*day+12*time.Hour, start.AddDate(0, 0, -7*week))
			}
		}, 74 * time.Hour, 76 * time.Hour},
		{"every hour, with one breakdown of four days", func(x *world) {
			x.every("times", time.Hour, 5*day, start.Add(-9*day))
			x.every("times", time.Hour, 5*day, start)
		}, day, day + time.Hour},
		{"known for an hour only", func(x *world) { x.every("times", 30*time.Minute, time.Hour, start) }, 72 * time.Hour, 73 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := newWorld(t, paper("times"))
			tt.past(x)
			x.now = start.Add(tt.atLeast - time.Hour) // nothing before, which the next look shows
			took := x.alarm("outlet_silent", tt.noLonger-tt.atLeast+2*time.Hour, func() {
				x.poll(poll{outlet: "times", state: "unchanged"})
			}) + tt.atLeast - time.Hour
			t.Logf("silent %s after its last address", took)
			if took < tt.atLeast || took > tt.noLonger {
				t.Errorf("alarm after %s, want it between %s and %s", took, tt.atLeast, tt.noLonger)
			}
			x.urls(address{outlet: "times", at: x.now})
			x.want("once it says something", x.watch())
		})
	}
}

// TestAnOutletThatWeDidNotAskIsNotSilent stops polling for two days.
func TestAnOutletThatWeDidNotAskIsNotSilent(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.every("times", time.Hour, 240*time.Hour, start)
	x.poll(poll{outlet: "times", state: "ok"})
	x.now = start.Add(48 * time.Hour)
	x.want("before it is asked again", x.watch())
}

func TestAnOutletThatNeverSaidAnything(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	took := x.alarm("outlet_silent", 26*time.Hour, func() {
		x.run++
		x.poll(poll{outlet: "times", state: "empty"})
		x.outletRun("times", true)
	})
	if took < 24*time.Hour || took > 25*time.Hour {
		t.Errorf("alarm after %s, want a day", took)
	}
}

// TestASilentOutletWithALivingChannelHasAProposal: a frozen feed beside a new one.
func TestASilentOutletWithALivingChannelHasAProposal(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.every("times", time.Hour, 240*time.Hour, start)
	x.explored("times", `[
		{"kind": "feed", "url": "https://times.example/frozen", "is_verified": true, "newest_at": "2026-03-10T11:00:00Z"},
		{"kind": "feed", "url": "https://times.example/rss/all", "is_verified": true, "newest_at": "2026-03-11T12:00:00Z"}
	]`)
	x.now = start.Add(25 * time.Hour)
	x.poll(poll{outlet: "times", state: "ok"})
	x.want("alerts", x.watch(), "outlet_silent times fail: use feed https://times.example/rss/all as well")
}

// TestADeadOutletIsOneAlert: what follows from a dead feed opens nothing more.
func TestADeadOutletIsOneAlert(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.every("times", time.Hour, 240*time.Hour, start)
	x.night("times", start.AddDate(0, 0, 1), 0, 24)
	x.now = start.Add(15 * time.Minute)
	took := x.alarm("channel_down", time.Hour, func() { x.poll(poll{outlet: "times", state: "failed"}) })
	if took != 15*time.Minute {
		t.Errorf("alarm %s after the first poll that failed, want it at the second", took)
	}
	for range 6 {
		x.now = x.now.Add(12 * time.Hour)
		x.poll(poll{outlet: "times", state: "failed"})
		x.want("days later", x.watch(), "channel_down https://times.example/feed fail")
	}
	x.poll(poll{outlet: "times", state: "ok"})
	x.want("answering again, with nothing new", x.watch(), "outlet_silent times fail")
}

// TestTheLongPastIsNoSignOfLife: what a backfill or an import finds of a frozen
// outlet, and the sitemaps a backfill polls, change nothing of its alert.
func TestTheLongPastIsNoSignOfLife(t *testing.T) {
	t.Parallel()
	for _, job := range []string{"backfill", "import", "collect"} {
		t.Run(job, func(t *testing.T) {
			t.Parallel()
			x := newWorld(t, paper("times"), paper("courier"))
			x.every("times", time.Hour, 240*time.Hour, start)
			x.poll(poll{outlet: "courier", state: "empty"})
			var past int64
			err := x.db.Get(&past, `
				insert into ops.runs (run_id, job, cause, state, host, process_id, started_at, heartbeat_at) overriding system value
				select 1000, $1, 'operator', 'done', 'here', 1, cast($2 as timestamptz), cast($2 as timestamptz)
				returning run_id`, job, start)
			if err != nil {
				t.Fatal(err)
			}
			for range 26 { // an hour each
				x.now = x.now.Add(time.Hour)
				x.urls(address{outlet: "times", at: x.now})
				x.exec(`update ops.urls set discovered_run_id = $1 where discovered_at = $2`, past, x.now)
			}
			for i, at := range []time.Time{start.Add(time.Hour), x.now} { // of an outlet that never said anything
				x.exec(`
					insert into ops.outlet_runs
						(run_id, outlet_id, discovered_count, known_count, decided_count, deferred_count, request_count,
						 not_modified_count, byte_count, finished_at, polled_channel_count, readable_channel_count)
					values ($1, 'courier', 0, 0, 0, 0, 1, 0, 0, $2, 1, 1)`, past+int64(i), at)
			}
			x.exec(`
				insert into ops.runs (run_id, job, cause, state, host, process_id, started_at, heartbeat_at) overriding system value
				values (1001, $1, 'operator', 'done', 'here', 1, $2, $2)`, job, start)
			x.poll(poll{outlet: "times", state: "unchanged"})
			x.poll(poll{outlet: "courier", state: "empty"})
			want := []string{"outlet_silent times fail"}
			if job == "collect" {
				want = []string{"outlet_silent courier fail"}
			}
			if job == "import" { // which polls nothing: these are as of a collect
				want = append([]string{"outlet_silent courier fail"}, want...)
			}
			x.want("alerts", x.watch(), want...)
		})
	}
}
