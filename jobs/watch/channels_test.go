package watch_test

import (
	"testing"
	"time"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/watch"
)

func TestAChannelIsDownAtTheSecondPollThatFails(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"failed", "not_a_feed", "gone", "blocked"} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			x := newWorld(t, paper("times"))
			x.urls(address{outlet: "times", at: start})
			x.poll(poll{outlet: "times", state: "ok"})
			x.want("while it is read", x.watch())
			x.now = x.now.Add(15 * time.Minute)
			x.poll(poll{outlet: "times", state: state})
			x.want("after one failure", x.watch())
			x.now = x.now.Add(15 * time.Minute)
			x.poll(poll{outlet: "times", state: state})
			x.want("after two", x.watch(), "channel_down https://times.example/feed fail")
			for range 3 {
				x.now = x.now.Add(time.Hour)
				x.poll(poll{outlet: "times", state: state})
				x.watch()
			}
			var alerts []string
			if err := x.db.Select(&alerts, `select concat_ws(' ', state, opened_at at time zone 'UTC', last_seen_at at time zone 'UTC') from ops.alerts`); err != nil {
				t.Fatal(err)
			}
			x.want("seen again, not raised again", alerts, "open 2026-03-10 12:30:00 2026-03-10 15:30:00")
			x.now = x.now.Add(time.Hour)
			x.poll(poll{outlet: "times", state: "ok"})
			x.want("once it is read again", x.watch())
			var closed string
			if err := x.db.Get(&closed, `select concat_ws(' ', state, closed_by, closed_at at time zone 'UTC', recovered_at = closed_at) from ops.alerts`); err != nil {
				t.Fatal(err)
			}
			x.want("the row", []string{closed}, "recovered watch 2026-03-10 16:30:00 t")
		})
	}
}

func TestAChannelAskedOnceADayIsDownAfterADay(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.urls(address{outlet: "times", at: start})
	x.poll(poll{outlet: "times", state: "gone"})
	x.now = start.Add(23 * time.Hour)
	x.want("within the day", x.watch())
	x.now = start.Add(24 * time.Hour)
	x.want("after it", x.watch(), "channel_down https://times.example/feed fail")
}

func TestOneOfTwoChannelsDownIsAWarning(t *testing.T) {
	t.Parallel()
	sitemap := outlets.Channel{Kind: "sitemap", URL: home("times") + "sitemap.xml"}
	x := newWorld(t, paper("times", outlets.Channel{Kind: "feed", URL: feed("times")}, sitemap))
	x.urls(address{outlet: "times", at: start})
	for range 2 {
		x.poll(poll{outlet: "times", state: "gone"})
		x.poll(poll{outlet: "times", url: sitemap.URL, kind: "sitemap", state: "ok"})
	}
	x.want("one down", x.watch(), "channel_down https://times.example/feed warn")
	for range 2 {
		x.poll(poll{outlet: "times", url: sitemap.URL, kind: "sitemap", state: "failed"})
	}
	x.want("both down", x.watch(),
		"channel_down https://times.example/feed fail", "channel_down https://times.example/sitemap.xml fail")
	x.poll(poll{outlet: "times", url: sitemap.URL, kind: "sitemap", state: "ok"})
	x.want("one down again", x.watch(), "channel_down https://times.example/feed warn")
}

func TestChannelsOutOfUseAreNotWatched(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.urls(address{outlet: "times", at: start})
	x.poll(poll{outlet: "times", state: "ok"})
	for range 2 {
		x.poll(poll{outlet: "times", url: home("times") + "old", state: "gone"})                       // was in the registry once
		x.poll(poll{outlet: "times", url: home("times") + "child", state: "gone", origin: "child"})    // its index is asked
		x.poll(poll{outlet: "times", url: home("times") + "new", state: "gone", origin: "accepted"})   // in use
		x.poll(poll{outlet: "times", url: home("times") + "off", state: "gone", origin: "discovered"}) // put out of use below
		x.poll(poll{outlet: "gazette", state: "gone"})                                                 // not in the registry
	}
	x.exec(`update ops.channels set replaced_by = 'x' where channel_url = $1`, home("times")+"off")
	x.want("alerts", x.watch(), "channel_down https://times.example/new warn")
}

// explored writes what an exploration found.
func (x *world) explored(outlet, candidates string) {
	x.t.Helper()
	x.exec(`
		insert into ops.outlet_explorations (outlet_id, explored_at, candidates) values ($1, $2, $3)
		on conflict (outlet_id) do update set candidates = excluded.candidates`, outlet, x.now, candidates)
}

func TestAFeedThatMovedHasAProposal(t *testing.T) {
	t.Parallel()
	const candidates = `[
		{"kind": "sitemap", "url": "https://times.example/news.xml", "is_verified": true, "newest_at": "2026-03-10T11:00:00Z", "item_count": 9},
		{"kind": "feed", "url": "https://times.example/feed", "is_verified": true, "newest_at": "2026-03-10T11:00:00Z"},
		{"kind": "feed", "url": "https://times.example/unread", "is_verified": false, "reason": "404"},
		{"kind": "feed", "url": "https://times.example/old.rss", "is_verified": true, "newest_at": "2026-02-01T11:00:00Z", "item_count": 30},
		{"kind": "feed", "url": "https://times.example/rss/all", "is_verified": true, "newest_at": "2026-03-10T10:00:00Z", "item_count": 20}
	]`
	const down = "channel_down https://times.example/feed fail"
	tests := []struct {
		name       string
		state      string
		finalURL   string
		candidates string
		want       []string
	}{
		{"its address leads elsewhere", "ok", "https://news.times.example/rss", "", []string{
			"feed_moved https://times.example/feed warn: use feed https://news.times.example/rss instead"}},
		{"its address leads to itself", "ok", "https://times.example/feed", "", nil},
		{"its address leads to the same place by https and www", "ok", "http://www.times.example/feed/", "", nil},
		{"it is gone and another is offered", "gone", "", candidates, []string{
			down, "feed_moved https://times.example/feed fail: use feed https://times.example/rss/all instead"}},
		{"its address gives a page and another is offered", "not_a_feed", "https://times.example/", candidates, []string{
			down, "feed_moved https://times.example/feed fail: use feed https://times.example/rss/all instead"}},
		{"it is gone and nothing is offered", "gone", "", "[]", []string{down}},
		{"the host only refuses it", "blocked", "", candidates, []string{down}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := newWorld(t, paper("times", outlets.Channel{Kind: "feed", URL: feed("times")}))
			x.urls(address{outlet: "times", at: start})
			if tt.candidates != "" {
				x.explored("times", tt.candidates)
			}
			for range 2 {
				x.poll(poll{outlet: "times", state: tt.state, finalURL: tt.finalURL})
			}
			var got []string
			for _, line := range x.watch() {
				if line != "new_channel times warn: use sitemap https://times.example/news.xml as well" {
					got = append(got, line)
				}
			}
			x.want("alerts", append([]string{}, got...), tt.want...)
		})
	}
}

func TestASecondKindOfChannelIsProposed(t *testing.T) {
	t.Parallel()
	const candidates = `[
		{"kind": "feed", "url": "https://times.example/more", "is_verified": true},
		{"kind": "sitemap", "url": "https://times.example/news.xml", "is_verified": true},
		{"kind": "page", "url": "https://times.example/business", "is_verified": true}
	]`
	x := newWorld(t, paper("times"), paper("gazette", outlets.Channel{Kind: "feed", URL: feed("gazette")}, outlets.Channel{Kind: "sitemap", URL: home("gazette") + "s"}))
	x.urls(address{outlet: "times", at: start}, address{outlet: "gazette", at: start})
	x.poll(poll{outlet: "times", state: "ok"})
	x.poll(poll{outlet: "gazette", state: "ok"})
	x.poll(poll{outlet: "gazette", url: home("gazette") + "s", kind: "sitemap", state: "ok"})
	x.explored("times", candidates)
	x.explored("gazette", candidates)
	x.want("alerts", x.watch(), "new_channel times warn: use sitemap https://times.example/news.xml as well")
	x.poll(poll{outlet: "times", url: "https://times.example/news.xml", kind: "sitemap", state: "ok", origin: "discovered"})
	x.want("while the crawler uses it by itself", x.watch(), "new_channel times warn: use sitemap https://times.example/news.xml as well")
	x.exec(`update ops.channels set origin = 'accepted' where origin = 'discovered'`)
	x.want("once it is accepted", x.watch())
}

// TestAFeedTheCrawlerReplacedByItself is a warning: nothing is lost meanwhile.
func TestAFeedTheCrawlerReplacedByItself(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"))
	x.urls(address{outlet: "times", at: start})
	for range 2 {
		x.poll(poll{outlet: "times", state: "gone"})
	}
	x.explored("times", `[
		{"kind": "feed", "url": "https://times.example/rss", "is_verified": true, "newest_at": "0001-01-01T00:00:00Z"},
		{"kind": "feed", "url": "https://times.example/rss/fresh", "is_verified": true, "newest_at": "2026-03-10T10:00:00Z"}]`)
	x.poll(poll{outlet: "times", url: "https://times.example/rss", state: "ok", origin: "discovered"})
	x.want("alerts", x.watch(),
		"channel_down https://times.example/feed warn",
		"feed_moved https://times.example/feed warn: use feed https://times.example/rss instead")
	if _, err := watch.Accept(t.Context(), x.db, x.first("feed_moved").AlertID, "ada", x.now); err != nil {
		t.Fatal(err)
	}
	x.want("once it is accepted", x.watch())
	x.want("channels", x.rows(channelRows),
		"https://times.example/feed feed gone declared https://times.example/rss", "https://times.example/rss feed ok accepted")
}

// TestAnAlertAsksForAnExploration: the repair is to be known at the next collect.
func TestAnAlertAsksForAnExploration(t *testing.T) {
	t.Parallel()
	x := newWorld(t, paper("times"), paper("gazette"))
	x.urls(address{outlet: "times", at: start}, address{outlet: "gazette", at: start})
	x.exec(`insert into ops.outlet_explorations (outlet_id, explored_at, next_at) values ('times', $1, $2)`, start.AddDate(0, 0, -1), start.AddDate(0, 0, 29))
	x.poll(poll{outlet: "gazette", state: "ok"})
	due := func() []string {
		list := []string{}
		if err := x.db.Select(&list, `select outlet_id from ops.outlet_explorations where next_at <= $1 order by 1`, x.now); err != nil {
			t.Fatal(err)
		}
		return list
	}
	for range 2 {
		x.poll(poll{outlet: "times", state: "gone"})
	}
	x.watch()
	x.want("explorations due", due(), "times")
	x.exec(`update ops.outlet_explorations set explored_at = $1, next_at = $2`, x.now, x.now.AddDate(0, 0, 7))
	x.watch()
	x.want("explorations due after one was made", due())
}
