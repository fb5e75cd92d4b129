package watch_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/watch"
)

// first is the oldest open alert of a kind.
func (x *world) first(kind string) watch.Alert {
	x.t.Helper()
	list, err := watch.List(x.t.Context(), x.db, false)
	if err != nil {
		x.t.Fatal(err)
	}
	for _, a := range list {
		if a.Kind == kind {
			return a
		}
	}
	x.t.Fatalf("no open %s among %d alerts", kind, len(list))
	return watch.Alert{}
}

func (x *world) rows(sql string, args ...any) []string {
	x.t.Helper()
	lines := []string{}
	if err := x.db.Select(&lines, sql, args...); err != nil {
		x.t.Fatalf("%v in %s", err, sql)
	}
	return lines
}

const channelRows = `select concat_ws(' ', channel_url, kind, state, origin, replaced_by) from ops.channels order by 1`

func TestAcceptReplacesAChannel(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.urls(address{outlet: "times", at: start})
	x.explored("times", `[{"kind": "feed", "url": "https://times.example/rss", "is_verified": true, "newest_at": "2026-03-10T10:00:00Z"}]`)
	for range 2 {
		x.poll(poll{outlet: "times", state: "gone"})
	}
	x.watch()
	a, err := watch.Accept(t.Context(), x.db, x.first("feed_moved").AlertID, "ada", x.now)
	if err != nil {
		t.Fatal(err)
	}
	if a.State != "accepted" || *a.ClosedBy != "ada" {
		t.Errorf("state %s by %s", a.State, *a.ClosedBy)
	}
	x.want("channels", x.rows(channelRows),
		"https://times.example/feed feed gone declared https://times.example/rss", "https://times.example/rss feed new accepted")
	x.poll(poll{outlet: "times", url: "https://times.example/rss", state: "ok", origin: "accepted"})
	x.want("after the next collect", x.watch())

	var refused *watch.RefusedError
	if _, err := watch.Accept(t.Context(), x.db, a.AlertID, "bob", x.now); !errors.As(err, &refused) || !strings.Contains(err.Error(), "is accepted already, by ada") {
		t.Errorf("a second time: %v, want a refusal that says who was first", err)
	}
}

func TestAcceptAddsAChannel(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.urls(address{outlet: "times", at: start})
	x.poll(poll{outlet: "times", state: "ok"})
	x.explored("times", `[{"kind": "sitemap", "url": "https://times.example/news.xml", "is_verified": true}]`)
	x.watch()
	if _, err := watch.Accept(t.Context(), x.db, x.first("new_channel").AlertID, "ada", x.now); err != nil {
		t.Fatal(err)
	}
	x.want("channels", x.rows(channelRows),
		"https://times.example/feed feed ok declared", "https://times.example/news.xml sitemap new accepted")
	x.want("after the next look", x.watch())
}

func TestWhatCannotBeAccepted(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.urls(address{outlet: "times", at: start})
	for range 2 {
		x.poll(poll{outlet: "times", state: "gone"})
	}
	x.watch()
	var refused *watch.RefusedError
	id := x.first("channel_down").AlertID
	if _, err := watch.Accept(t.Context(), x.db, id, "ada", x.now); !errors.As(err, &refused) || !strings.Contains(err.Error(), "proposes no repair") {
		t.Errorf("an alert without a proposal: %v", err)
	}
	if _, err := watch.Accept(t.Context(), x.db, id+1, "ada", x.now); !errors.Is(err, watch.ErrNoAlert) {
		t.Errorf("an alert that is not there: %v", err)
	}
	x.want("nothing has changed", x.rows(`select concat_ws(' ', state, closed_by) from ops.alerts`), "open")
}

// TestADismissalHoldsAsLongAsItsCause, and no longer.
func TestADismissalHoldsAsLongAsItsCause(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times", outlets.Channel{Kind: "feed", URL: feed("times")}))
	x.urls(address{outlet: "times", at: start})
	fail := func(n int) {
		for range n {
			x.now = x.now.Add(15 * time.Minute)
			x.poll(poll{outlet: "times", state: "blocked"})
		}
	}
	fail(2)
	x.watch()
	a := x.first("channel_down")
	if _, err := watch.Dismiss(t.Context(), x.db, a.AlertID, "ada", "they asked us to stop", x.now); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		fail(1)
		x.want("while the cause lasts", x.watch())
	}
	const alertRows = `
		select concat_ws(' ', state, closed_by, evidence ->> 'dismissed_because', (recovered_at is not null)) from ops.alerts order by alert_id`
	x.want("one row", x.rows(alertRows), "dismissed ada they asked us to stop f")
	x.poll(poll{outlet: "times", state: "ok"})
	x.want("once it is gone", x.watch())
	x.want("the row stays dismissed", x.rows(alertRows), "dismissed ada they asked us to stop t")
	fail(2)
	x.want("when it comes back", x.watch(), "channel_down https://times.example/feed fail")
	if _, err := watch.Dismiss(t.Context(), x.db, a.AlertID, "bob", "", x.now); err == nil {
		t.Error("a closed alert was dismissed again")
	}
}

// TestTheProposalOfAnOpenAlertDoesNotChange: accept does what was shown.
func TestTheProposalOfAnOpenAlertDoesNotChange(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.urls(address{outlet: "times", at: start})
	x.poll(poll{outlet: "times", state: "ok"})
	x.explored("times", `[{"kind": "sitemap", "url": "https://times.example/news.xml", "is_verified": true, "item_count": 1}]`)
	const want = "new_channel times warn: use sitemap https://times.example/news.xml as well"
	x.want("first", x.watch(), want)
	x.explored("times", `[
		{"kind": "sitemap", "url": "https://times.example/news.xml", "is_verified": true, "item_count": 1},
		{"kind": "sitemap", "url": "https://times.example/better.xml", "is_verified": true, "item_count": 90}]`)
	x.want("with a better one", x.watch(), want)
}

// TestASilentOutletGetsItsProposalLater: the exploration comes after the alarm.
func TestASilentOutletGetsItsProposalLater(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.every("times", time.Hour, 240*time.Hour, start)
	x.now = start.Add(25 * time.Hour)
	x.poll(poll{outlet: "times", state: "ok"})
	x.want("at first", x.watch(), "outlet_silent times fail")
	x.explored("times", `[{"kind": "feed", "url": "https://times.example/rss", "is_verified": true, "newest_at": "2026-03-11T10:00:00Z"}]`)
	x.want("after the exploration", x.watch(), "outlet_silent times fail: use feed https://times.example/rss as well")
}
