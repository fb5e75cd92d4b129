package watch_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/watch"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// The rows a collect leaves behind are scripted here, so that each rule can be
// seen alone and time can pass as fast as the database is. The database is real.

var start = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// world is a registry, a database and a clock.
type world struct {
	t   testing.TB
	db  *sqlx.DB
	w   *watch.Watcher
	now time.Time
	run int64

	serial int64 // of the addresses
}

// paper is an outlet with a feed, or with the channels given.
func paper(id string, channels ...outlets.Channel) outlets.Outlet {
	o := outlets.Outlet{ID: id, Name: id, Publisher: id, Country: "GB", Language: "en", Tier: 1, HomeURL: home(id), Channels: channels}
	if len(channels) == 0 {
		o.Channels = []outlets.Channel{{Kind: "feed", URL: feed(id)}}
	}
	return o
}

func home(id string) string { return "https://" + id + ".example/" }
func feed(id string) string { return home(id) + "feed" }

func newWorld(t testing.TB, list ...outlets.Outlet) *world {
	t.Helper()
	x := &world{t: t, db: warehousetest.NewDB(t), now: start}
	lg := slog.New(slog.NewTextHandler(t.Output(), nil))
	x.w = watch.New(lg, x.db, watch.Config{Outlets: list}, func() time.Time { return x.now })
	if err := warehouse.EnsureMonths(t.Context(), x.db, start.AddDate(0, -1, 0), start, start.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *world) exec(sql string, args ...any) {
	x.t.Helper()
	if _, err := x.db.Exec(sql, args...); err != nil {
		x.t.Fatalf("%v in %s", err, sql)
	}
}

// poll is how one poll of a channel went, as collect writes it.
type poll struct {
	outlet, url, kind string // kind: feed if empty
	state             string
	finalURL          string
	origin            string // declared if empty
}

func (x *world) poll(p poll) {
	x.t.Helper()
	if p.kind == "" {
		p.kind = "feed"
	}
	if p.origin == "" {
		p.origin = "declared"
	}
	if p.url == "" {
		p.url = feed(p.outlet)
	}
	isReadable := p.state == "ok" || p.state == "empty" || p.state == "unchanged"
	x.exec(`
		insert into ops.channels as c (outlet_id, channel_url, kind, state, final_url, origin, last_polled_at, last_ok_at, failure_count)
		values ($1, $2, $3, $4, nullif($5, ''), $6, cast($7 as timestamptz), case when $8 then cast($7 as timestamptz) end, case when $8 then 0 else 1 end)
		on conflict (outlet_id, channel_url) do update
		set state = excluded.state, final_url = excluded.final_url, last_polled_at = excluded.last_polled_at,
			last_ok_at = coalesce(excluded.last_ok_at, c.last_ok_at),
			failure_count = case when $8 then 0 else c.failure_count + 1 end`,
		p.outlet, p.url, p.kind, p.state, p.finalURL, p.origin, x.now, isReadable)
}

// outletRun is the line a collect writes for an outlet.
func (x *world) outletRun(outlet string, isReadable bool) {
	x.t.Helper()
	x.exec(`
		insert into ops.outlet_runs
			(run_id, outlet_id, discovered_count, known_count, decided_count, deferred_count, request_count,
			 not_modified_count, byte_count, error, finished_at, polled_channel_count, readable_channel_count)
		values ($1, $2, 0, 0, 0, 0, 1, 0, 0, case when not cast($4 as boolean) then 'no route to host' end, $3, 1, cast(cast($4 as boolean) as integer))`,
		x.run, outlet, x.now, isReadable)
}

// address is one URL of an outlet and what became of it.
type address struct {
	outlet, path string // path: a number of its own if empty
	at           time.Time
	outcome      string // stored if empty
	reason       string
	status       int
	length       int  // of the text, if stored; 2000 if 0
	isSuspect    bool // the text
}

func (x *world) urls(list ...address) {
	x.t.Helper()
	for _, a := range list {
		x.serial++
		if a.path == "" {
			a.path = fmt.Sprintf("news/%d", x.serial)
		}
		if a.outcome == "" {
			a.outcome = "stored"
		}
		if a.status == 0 {
			a.status = 200
		}
		if a.length == 0 {
			a.length = 2000
		}
		quality := "good"
		if a.isSuspect {
			quality = "suspect"
		}
		url := home(a.outlet) + a.path
		x.exec(`
			insert into ops.urls
				(url_hash, url, outlet_id, channel_url, channel_kind, is_in_feed, discovered_at, discovered_run_id, outcome, reason,
				 http_status, attempt_count, decided_at, decided_run_id, article_id)
			values (cast($1 as bigint), $2, $3, $4, 'feed', true, $5, 1, $6, nullif($7, ''), nullif(cast($8 as integer), -1), 1, $5, 1,
				case when $6 = 'stored' then cast($1 as bigint) end)`,
			x.serial, url, a.outlet, feed(a.outlet), a.at, a.outcome, a.reason, a.status)
		if a.outcome == "stored" {
			x.exec(`
				insert into staging.articles
					(night, article_id, outlet_id, canonical_url, url, title, body, authors, language_code, charset, published_at,
					 published_origin, is_published_exact, access, character_count, content_hash, sketch, first_seen_at, fetched_at, run_id, extraction_quality)
				values (cast(cast($4 as timestamptz) as date), $1, $2, $3, $3, 'A title', 'A text', '{}', 'en', 'utf-8', $4, 'feed', true, 'full', $5, $3, '{}', $4, $4, 1, $6)`,
				x.serial, a.outlet, url, a.at, a.length, quality)
		}
	}
}

// watch lets the watcher look, and returns the alerts that are open.
func (x *world) watch() []string {
	x.t.Helper()
	x.run++
	return x.watchRun()
}

func (x *world) watchRun() []string {
	x.t.Helper()
	if _, err := x.w.Watch(x.t.Context(), x.run); err != nil {
		x.t.Fatal(err)
	}
	return x.open()
}

// open lists the open alerts as "kind subject severity proposal".
func (x *world) open() []string {
	x.t.Helper()
	list, err := watch.List(x.t.Context(), x.db, false)
	if err != nil {
		x.t.Fatal(err)
	}
	lines := []string{}
	for _, a := range list {
		line := strings.Join([]string{a.Kind, a.Subject, a.Severity}, " ")
		if a.Proposal != nil {
			line += ": " + a.Proposal.String()
		}
		lines = append(lines, line)
	}
	return lines
}

func (x *world) want(what string, got []string, want ...string) {
	x.t.Helper()
	if diff := gocmp.Diff(append([]string{}, want...), got); diff != "" {
		x.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// alarm runs step every quarter of an hour until an alert of the kind is open, and
// says how long that took.
func (x *world) alarm(kind string, limit time.Duration, step func()) time.Duration {
	x.t.Helper()
	began := x.now
	for x.now.Sub(began) <= limit {
		step()
		for _, line := range x.watch() {
			if strings.HasPrefix(line, kind+" ") {
				took := x.now.Sub(began)
				x.t.Logf("%s after %s: %s", kind, took, line)
				return took
			}
		}
		x.now = x.now.Add(15 * time.Minute)
	}
	x.t.Fatalf("no %s within %s; open: %q", kind, limit, x.open())
	return 0
}
