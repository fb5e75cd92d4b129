package backfill_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/backfill"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/build"
)

// testNow is when these tests take place; the last finished night is the 20th.
var testNow = time.Date(2026, 3, 21, 8, 0, 0, 0, time.UTC)

// world is a database with a registry, a past that is a script, and a worker that
// takes its work from the ledger as the fleet does.
type world struct {
	t      *testing.T
	db     *sqlx.DB
	b      *backfill.Backfills
	ledger *ledger.Ledger
	past   *past
	nights *nights
}

func newWorld(t *testing.T, change func(*backfill.Config)) *world {
	t.Helper()
	db := warehousetest.NewDB(t)

	cfg := backfill.Config{
		Outlets: []outlets.Outlet{
			outlet("gb-post", "GB", "en", 1, "sitemap"), outlet("fr-post", "FR", "fr", 1, "sitemap"),
			outlet("de-post", "DE", "de", 2, "feed"), outlet("it-post", "IT", "it", 3, "feed"),
		},
		ReportZone: time.UTC, HostGap: time.Second, Slots: 2,
	}
	if change != nil {
		change(&cfg)
	}
	w := &world{t: t, db: db, past: &past{}, nights: &nights{db: db}}
	lg := w.lg()
	now := func() time.Time { return testNow }
	w.b = backfill.New(lg, db, cfg, w.past, w.nights, now)
	w.ledger = ledger.New(lg, db, now)
	return w
}

func outlet(id, country, language string, tier int, kind string) outlets.Outlet {
	home := "https://" + id + ".example/"
	return outlets.Outlet{
		ID: id, Name: id, Publisher: id, Country: country, Language: language, Tier: tier, HomeURL: home,
		Channels: []outlets.Channel{{Kind: kind, URL: home + kind}},
		Expect:   &outlets.Expect{ArticlesPerDay: outlets.Range{Min: 10, Max: 30}},
	}
}

// past notes what is asked of it, and answers what it is told to.
type past struct {
	mu    sync.Mutex
	asked []string
	does  func(ctx context.Context, run *ledger.Run, what string) error
}

func (p *past) do(ctx context.Context, run *ledger.Run, format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	p.mu.Lock()
	p.asked = append(p.asked, what)
	does := p.does
	p.mu.Unlock()
	run.Count("requests", 3)
	run.Count("stored", 2)
	if does == nil {
		return nil
	}
	return does(ctx, run, what)
}

func (p *past) SyncRegistries(context.Context) error { return nil }

func (p *past) ReadLive(ctx context.Context, run *ledger.Run, o outlets.Outlet, night, first, last time.Time) error {
	return p.do(ctx, run, "live %s %s of %s to %s", o.ID, dateText(night), dateText(first), dateText(last))
}

func (p *past) ReadArchived(ctx context.Context, run *ledger.Run, outletID string, night time.Time) error {
	return p.do(ctx, run, "archived %s %s", outletID, dateText(night))
}

func (p *past) Rematch(ctx context.Context, run *ledger.Run, outletID string, night time.Time) error {
	return p.do(ctx, run, "match %s %s", outletID, dateText(night))
}

// take gives what was asked since the last time.
func (p *past) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := append([]string{}, p.asked...)
	p.asked = nil
	return asked
}

func dateText(night time.Time) string { return night.Format(time.DateOnly) }

// nights is a builder that only says that it has built and published.
type nights struct {
	db      *sqlx.DB
	mu      sync.Mutex
	asked   []string
	refuses map[string]bool
}

type refusal struct{ error }

func (refusal) Refused() bool { return true }

func (n *nights) Build(_ context.Context, runID int64, night time.Time) (build.Result, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, "build "+dateText(night))
	if n.refuses[dateText(night)] {
		return build.Result{}, refusal{errors.New("coverage is too low")}
	}
	statements := []string{
		`delete from ops.night_changes where night = $1`,
		`delete from intermediate.int_articles_deduplicated where night = $1`,
	}
	for _, statement := range statements {
		if _, err := n.db.Exec(statement, dateText(night)); err != nil {
			return build.Result{}, err
		}
	}
	warehousetest.Insert(n.db, "intermediate.int_articles_deduplicated", `select night, article_id, outlet_id from staging.articles where night = $1`, dateText(night))
	warehousetest.Insert(n.db, "intermediate.int_constants_pivoted", `select cast($1 as date) as night`, dateText(night))
	_, err := n.db.Exec(`
		insert into ops.check_results (run_id, night, check_name, severity, offending_count, message)
		values ($1, $2, 'all', 'fail', 0, '')`, runID, dateText(night))
	return build.Result{}, err
}

// publish has a night published: another revision.
func publish(db *sqlx.DB, night string, at time.Time) {
	warehousetest.Insert(db, "marts.nights", `select cast($1 as date) as night, cast($2 as timestamptz) as published_at`, night, at)
	db.MustExec(`update marts.nights set revision = revision + 1 where night = $1`, night)
	warehousetest.Insert(db, "marts.night_revisions", `select n.* from marts.nights as n where n.night = $1`, night)
}

func (n *nights) Publish(_ context.Context, _ int64, night, at time.Time) (build.Result, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, "publish "+dateText(night))
	publish(n.db, dateText(night), at)
	return build.Result{IsChanged: true, Revision: 1}, nil
}

func (n *nights) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	asked := append([]string{}, n.asked...)
	n.asked = nil
	return asked
}

// request is a plan of the last nights up to the 20th.
func request(nights int, change func(*backfill.Request)) backfill.Request {
	last := ledger.Date{Time: time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)}
	req := backfill.Request{From: ledger.Date{Time: last.AddDate(0, 0, 1-nights)}, To: last}
	if change != nil {
		change(&req)
	}
	return req
}

func (w *world) plan(req backfill.Request) backfill.Plan {
	w.t.Helper()
	plan, err := w.b.Plan(w.t.Context(), req, "test")
	if err != nil {
		w.t.Fatal(err)
	}
	return plan
}

func (w *world) apply(id int64) backfill.Applied {
	w.t.Helper()
	applied, err := w.b.Apply(w.t.Context(), id, false)
	if err != nil {
		w.t.Fatal(err)
	}
	return applied
}

// dispatch has the ledger say what may start.
func (w *world) dispatch() []ledger.Ticket {
	w.t.Helper()
	tickets, err := w.ledger.Dispatch(w.t.Context(), 1)
	if err != nil {
		w.t.Fatal(err)
	}
	return tickets
}

// work does what is due, until nothing is, as one worker of the fleet would; a
// failure is final. It returns how many intervals it did.
func (w *world) work() int {
	w.t.Helper()
	count := 0
	worker := w.ledger.NewWorker()
	for {
		tickets := w.dispatch()
		if len(tickets) == 0 {
			if err := w.b.CloseEnded(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
			return count
		}
		claimed, err := w.ledger.Claim(w.t.Context(), worker, tickets)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, c := range claimed {
			err := w.b.Handlers()[c.Job](w.t.Context(), c.Interval, c.Run)
			if _, err := w.ledger.Settle(w.t.Context(), worker, []ledger.Outcome{{Run: c.Run, Err: err}}); err != nil {
				w.t.Fatal(err)
			}
			count++
		}
	}
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.db.ExecContext(w.t.Context(), sql, args...); err != nil {
		w.t.Fatalf("%v in %s", err, sql)
	}
}

func (w *world) want(what, sql string, want ...string) {
	w.t.Helper()
	got := []string{}
	if err := w.db.SelectContext(w.t.Context(), &got, sql); err != nil {
		w.t.Fatalf("%v in %s", err, sql)
	}
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// months makes the partitions of the test's nights.
func (w *world) months() {
	w.t.Helper()
	if err := warehouse.EnsureMonths(w.t.Context(), w.db, time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), testNow); err != nil {
		w.t.Fatal(err)
	}
}

// article stores articles of an outlet's night.
func (w *world) articles(outletID, night string, count int) {
	w.t.Helper()
	w.months()
	w.exec(`
		insert into staging.articles (
			night, article_id, outlet_id, canonical_url, url, title, body, authors, language_code, charset, published_at, published_origin,
			is_published_exact, access, character_count, content_hash, sketch, first_seen_at, fetched_at, run_id)
		select cast($2 as date), mod(abs(hashtextextended(concat(cast($1 as text), cast($2 as date), i), 0)), 1000000000), cast($1 as text), 'https://x.example/' || i, 'https://x.example/' || i, 'Title', 'Body', '{}', 'en', 'utf-8',
			cast($2 as date), 'page', true, 'full', 4, 'hash', '{}', '2026-03-20Z', '2026-03-20Z', 1
		from generate_series(1, $3) as i`, outletID, night, count)
}

// waiting makes addresses of an outlet's night wait.
func (w *world) waiting(outletID, night string, count int) {
	w.t.Helper()
	w.exec(`
		insert into ops.urls (url_hash, url, outlet_id, channel_url, channel_kind, channel_published_at, discovered_at, discovered_run_id)
		select i, 'https://' || $1 || '.example/' || $2 || '/' || i, $1, 'c', 'feed', cast($2 as date) + interval '12 hours', '2026-03-21Z', 1
		from generate_series(1, $3) as i`, outletID, night, count)
}

// kept notes pages in an archive.
func (w *world) kept(kind, outletID, night string, count int) {
	w.t.Helper()
	w.months()
	w.exec(`insert into ops.archive_files (name, kind, host, opened_at) values ($1, $1, 'here', '2026-03-20Z') on conflict do nothing`, kind)
	w.exec(`
		insert into ops.archive_records (fetched_on, url_hash, fetched_at, file_id, position, byte_count, url, outlet_id, night, http_status)
		select '2026-03-20', i, '2026-03-20Z', f.file_id, abs(hashtextextended(concat(cast($2 as text), cast($3 as date), i), 0)), 1000, 'u' || i, cast($2 as text), cast($3 as date), 200
		from generate_series(1, $4) as i
		cross join ops.archive_files as f
		where f.name = $1`, kind, outletID, night, count)
}

func wantError(t *testing.T, err error, words string) {
	t.Helper()
	switch {
	case words == "" && err != nil:
		t.Errorf("error %v", err)
	case words != "" && (err == nil || !strings.Contains(err.Error(), words)):
		t.Errorf("error %v, want one that says %q", err, words)
	}
}

func (w *world) lg() *slog.Logger { return slog.New(slog.NewTextHandler(w.t.Output(), nil)) }
