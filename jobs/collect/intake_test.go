package collect_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/archive"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/watch"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// stand is a database, a script and what reads by it.
type stand struct {
	t       *testing.T
	db      *sqlx.DB
	script  *script
	archive *archive.Archive
	c       *collect.Collector
}

// newStand is a stand with an archive; change may alter the configuration.
func newStand(t *testing.T, s *script, change func(*collect.Config)) *stand {
	t.Helper()
	st := &stand{t: t, db: warehousetest.NewDB(t), script: s}
	lg := slog.New(slog.NewTextHandler(t.Output(), nil))
	var err error
	if st.archive, err = archive.Open(lg, archive.Config{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.archive.Close() })
	st.c = newCollector(t, st.db, s, func(c *collect.Config) {
		if c.Archive = st.archive; change != nil {
			change(c)
		}
	})
	return st
}

// newCollector reads the test's outlets by a script.
func newCollector(t *testing.T, db *sqlx.DB, s *script, change func(*collect.Config)) *collect.Collector {
	t.Helper()
	list := slices.Clone(testOutlets)
	for i, o := range list {
		list[i].Channels = []outlets.Channel{{Kind: "feed", URL: o.HomeURL + "feed"}}
	}
	cfg := collect.Config{
		Outlets: list, Seeds: testSeeds, ReportZone: time.UTC, Concurrency: 2, Extractors: 2, MaxAge: 7 * 24 * time.Hour,
		MaxAttempts: 9, MaxURLsPerOutlet: 1000, OutletDeadline: 20 * time.Second,
	}
	change(&cfg)
	return collect.New(slog.New(slog.NewTextHandler(t.Output(), nil)), db, cfg, s, s, s, s, s, func() time.Time { return testNow })
}

// do is one run of a job.
func (st *stand) do(job string, backfill int64, work func(ctx context.Context, run *ledger.Run) error) map[string]int64 {
	st.t.Helper()
	lg := slog.New(slog.NewTextHandler(st.t.Output(), nil))
	report, err := ledger.New(lg, st.db, func() time.Time { return testNow }).Execute(st.t.Context(), ledger.Spec{Job: job, Cause: ledger.CauseOperator},
		func(ctx context.Context, run *ledger.Run) error {
			run.BackfillID = backfill
			return work(ctx, run)
		})
	if err != nil {
		st.t.Fatal(err)
	}
	return report.Counts
}

func (st *stand) collect() map[string]int64 {
	st.t.Helper()
	return st.do("collect", 0, func(ctx context.Context, run *ledger.Run) error { return st.c.Collect(ctx, run, false) })
}

func (st *stand) readArchived(outlet string, night time.Time) map[string]int64 {
	st.t.Helper()
	return st.do("backfill", 7, func(ctx context.Context, run *ledger.Run) error { return st.c.ReadArchived(ctx, run, outlet, night) })
}

func (st *stand) rematch(outlet string, night time.Time) map[string]int64 {
	st.t.Helper()
	return st.do("backfill", 7, func(ctx context.Context, run *ledger.Run) error { return st.c.Rematch(ctx, run, outlet, night) })
}

// put takes recorded pages in.
func (st *stand) put(list ...collect.Recorded) map[string]int64 {
	st.t.Helper()
	return st.do("import", 0, func(ctx context.Context, run *ledger.Run) error {
		in := st.c.Intake(ctx, run)
		for _, r := range list {
			if err := in.Put(ctx, r); err != nil {
				return errors.Join(err, in.Close())
			}
		}
		return in.Close()
	})
}

func (st *stand) lines(query string, args ...any) []string {
	st.t.Helper()
	lines := []string{}
	if err := st.db.Select(&lines, query, args...); err != nil {
		st.t.Fatal(err)
	}
	return lines
}

// versions are the physical rows of staging: an update that changes nothing shows.
func (st *stand) versions() []string {
	st.t.Helper()
	return st.lines(`
		select concat_ws(' ', 'article', article_id, ctid, xmin) from staging.articles
		union all select concat_ws(' ', 'mention', article_id, company_id, ctid, xmin) from staging.mentions order by 1`)
}

// built is what a build does with the notes about nights.
func (st *stand) built() {
	st.t.Helper()
	if _, err := st.db.Exec(`delete from ops.night_changes`); err != nil {
		st.t.Fatal(err)
	}
}

func (st *stand) want(what string, want []string, query string, args ...any) {
	st.t.Helper()
	if diff := gocmp.Diff(want, st.lines(query, args...)); diff != "" {
		st.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

const changedNights = `select distinct cast(night as text) from ops.night_changes order by 1`

var testNight = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)

func recorded(path string, at time.Time) collect.Recorded {
	return collect.Recorded{OutletID: "gazette", Page: archive.Page{
		URL: "http://gazette.example/" + path, FetchedAt: at, Status: http.StatusOK, Header: http.Header{}, Body: []byte("x"),
	}}
}

func TestPagesOfTheArchiveAreReadAgain(t *testing.T) {
	t.Parallel()
	st := newStand(t, newScript(3), nil)
	if counts := st.collect(); counts["stored"] != 6 {
		t.Fatalf("%v, want 6 stored", counts)
	}
	st.want("index", []string{"courier 2026-03-10 200 3", "gazette 2026-03-10 200 3"}, `
		select concat_ws(' ', outlet_id, night, http_status, count(*)) from ops.archive_records
		where byte_count > 0 group by outlet_id, night, http_status order by 1`)
	st.built()
	before := st.versions()
	if counts := st.readArchived("gazette", testNight); counts["unchanged"] != 3 || counts["changed"] != 0 {
		t.Errorf("%v, want 3 unchanged", counts)
	}
	if diff := gocmp.Diff(before, st.versions()); diff != "" {
		t.Errorf("rows were written though nothing changed (-before +after):\n%s", diff)
	}
	st.want("nights changed by nothing", []string{}, changedNights)

	// A better extraction finds another text, and another company.
	url := testOutlets[0].HomeURL + "1"
	st.script.pages[url] = page{body: "beta"}
	counts := st.readArchived("gazette", testNight)
	if counts["unchanged"] != 2 || counts["changed"] != 1 || counts["stored"] != 0 {
		t.Errorf("%v, want 2 unchanged and 1 changed", counts)
	}
	st.want("mentions", []string{"acme 5", "beta 1"}, `select concat_ws(' ', company_id, count(*)) from staging.mentions group by company_id order by 1`)
	st.want("earlier texts", []string{"1"}, `select cast(count(*) as text) from staging.article_versions`)
	st.want("nights changed", []string{"2026-03-10"}, changedNights)
	st.want("changes of the backfill", []string{" article_changed", "acme mention_removed", "beta mention_added"},
		`select company_id || ' ' || change from ops.backfill_changes where backfill_id = 7 order by 1`)
	st.want("URLs", []string{"stored 6"}, `select concat_ws(' ', outcome, count(*)) from ops.urls group by outcome`)
	before = st.versions()
	st.readArchived("gazette", testNight)
	if diff := gocmp.Diff(before, st.versions()); diff != "" {
		t.Errorf("rows were written a second time (-before +after):\n%s", diff)
	}
	wantClosedSums(t, st.db)
}

func TestAnArchiveWithoutThePagesIsAGap(t *testing.T) {
	t.Parallel()
	st := newStand(t, newScript(1), nil)
	st.collect()
	st.do("backfill", 7, func(ctx context.Context, run *ledger.Run) error {
		var gap *ledger.GapError
		if err := st.c.ReadArchived(ctx, run, "gazette", testNight.AddDate(0, 0, -30)); !errors.As(err, &gap) {
			t.Errorf("a night without pages: %v, want a gap", err)
		}
		return nil
	})
}

// fullDisk is an archive that takes nothing.
type fullDisk struct{}

func (fullDisk) Write(archive.Page) (archive.Position, error) {
	return archive.Position{}, errors.New("no space left on device")
}

func (fullDisk) Read(context.Context, archive.Position) (archive.Page, error) {
	return archive.Page{}, errors.New("not there")
}

func TestAPageThatCannotBeKeptIsReadAllTheSame(t *testing.T) {
	t.Parallel()
	st := newStand(t, newScript(3), func(c *collect.Config) { c.Archive = fullDisk{} })
	if counts := st.collect(); counts["stored"] != 6 || counts["archive_failed"] != 6 {
		t.Errorf("%v, want 6 stored and 6 not kept", counts)
	}
	st.want("index", []string{"0"}, `select cast(count(*) as text) from ops.archive_records`)
	w := watch.NewFleetWatcher(slog.New(slog.DiscardHandler), st.db, watch.FleetConfig{NightDeadline: -1}, func() time.Time { return testNow })
	if _, err := w.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	st.want("alerts", []string{"archive_failed fail 6"}, `select concat_ws(' ', kind, severity, evidence ->> 'page_count') from ops.alerts`)
}

// meter is a collect.Meter.
type meter struct{ bytes, batches, articles atomic.Int64 }

func (m *meter) Archived(bytes int64) { m.bytes.Add(bytes) }

func (m *meter) BatchLoaded(_ time.Duration, articles int) {
	m.batches.Add(1)
	m.articles.Add(int64(articles))
}

func TestWhatIsKeptAndStoredIsMetered(t *testing.T) {
	t.Parallel()
	var m meter
	st := newStand(t, newScript(3), func(c *collect.Config) { c.Meter = &m })
	st.collect()
	st.want("bytes", []string{strconv.FormatInt(m.bytes.Load(), 10)}, `select cast(sum(byte_count) as text) from ops.archive_records`)
	if m.articles.Load() != 6 || m.batches.Load() == 0 {
		t.Errorf("%d articles in %d batches, want 6", m.articles.Load(), m.batches.Load())
	}
	st.script.pages[testOutlets[0].HomeURL+"1"] = page{body: "beta"}
	counts := st.readArchived("gazette", testNight)
	if counts["bytes"] == 0 || m.articles.Load() != 7 {
		t.Errorf("%d bytes read again, %d articles in all; want one changed", counts["bytes"], m.articles.Load())
	}
	if counts := st.put(recorded("other", testNow)); counts["bytes"] != 0 || m.articles.Load() != 8 {
		t.Errorf("%v, %d articles; the bytes of a file are counted by who reads it", counts, m.articles.Load())
	}
}

func TestRecordedPages(t *testing.T) {
	t.Parallel()
	at := testNow.Add(-48 * time.Hour)
	tests := []struct {
		name   string
		before []collect.Recorded
		put    []collect.Recorded
		pages  map[string]page // of the second round
		counts map[string]int64
		want   []string // url, outcome, fetched_at, first_seen_at
	}{
		{
			name: "new", put: []collect.Recorded{recorded("new", at)}, counts: map[string]int64{"stored": 1},
			want: []string{"new stored 2026-03-08 12 2026-03-08 12"},
		},
		{
			name: "newer", before: []collect.Recorded{recorded("new", at)}, put: []collect.Recorded{recorded("new", at.Add(time.Hour))},
			pages: map[string]page{"new": {body: "beta"}}, counts: map[string]int64{"changed": 1},
			want: []string{"new stored 2026-03-08 13 2026-03-08 12"},
		},
		{
			name: "older", before: []collect.Recorded{recorded("new", at)}, put: []collect.Recorded{recorded("new", at.Add(-time.Hour))},
			pages: map[string]page{"new": {body: "beta"}}, counts: map[string]int64{"unchanged": 1},
			want: []string{"new stored 2026-03-08 12 2026-03-08 11"},
		},
		{
			name: "worse", before: []collect.Recorded{recorded("new", at)}, put: []collect.Recorded{recorded("new", at.Add(time.Hour))},
			pages: map[string]page{"new": {isPoison: true}}, counts: map[string]int64{"failed": 1},
			want: []string{"new stored 2026-03-08 12 2026-03-08 12"},
		},
		{
			name: "two records of one page, the newer first", put: []collect.Recorded{recorded("new", at.Add(time.Hour)), recorded("new", at)},
			counts: map[string]int64{"stored": 1, "unchanged": 1},
			want:   []string{"new stored 2026-03-08 13 2026-03-08 13"},
		},
		{
			name: "another address of one article", before: []collect.Recorded{recorded("new", at)}, put: []collect.Recorded{recorded("other", at)},
			pages: map[string]page{"other": {body: "acme", canonical: "http://gazette.example/new"}}, counts: map[string]int64{"duplicate": 1},
			want: []string{"new stored 2026-03-08 12 2026-03-08 12", "other duplicate 2026-03-08 12 2026-03-08 12"},
		},
		{
			name: "a better extraction finds another article", before: []collect.Recorded{recorded("new", at)}, put: []collect.Recorded{recorded("new", at)},
			pages: map[string]page{"new": {body: "acme", canonical: "http://gazette.example/moved"}}, counts: map[string]int64{"stored": 1},
			want: []string{"new stored 2026-03-08 12 2026-03-08 12"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newScript(0)
			for _, path := range []string{"new", "other"} {
				s.pages["http://gazette.example/"+path] = page{body: "acme"}
			}
			st := newStand(t, s, nil)
			s.publishedAt = at
			if len(tt.before) > 0 {
				st.put(tt.before...)
			}
			for path, p := range tt.pages {
				s.pages["http://gazette.example/"+path] = p
			}
			counts := st.put(tt.put...)
			for _, name := range []string{"stored", "changed", "unchanged", "duplicate", "failed"} {
				if counts[name] != tt.counts[name] {
					t.Errorf("%s: %d, want %d (%v)", name, counts[name], tt.counts[name], counts)
				}
			}
			st.want("URLs and articles", tt.want, `
				select concat_ws(' ', replace(u.url, 'http://gazette.example/', ''), u.outcome,
					to_char(a.fetched_at at time zone 'UTC', 'YYYY-MM-DD HH24'), to_char(a.first_seen_at at time zone 'UTC', 'YYYY-MM-DD HH24'))
				from ops.urls as u left join staging.articles as a on a.article_id = u.article_id order by 1`)
			st.want("articles without a URL", []string{}, `
				select canonical_url from staging.articles as a where not exists (select 1 from ops.urls as u where u.article_id = a.article_id)`)
		})
	}
}

// A URL that waits while its outlet is being read is left to the collect, whose sum
// would not close otherwise; its article is stored all the same.
func TestAWaitingURLIsDecidedOnlyWhileNobodyReadsTheOutlet(t *testing.T) {
	t.Parallel()
	for _, isRead := range []bool{false, true} {
		st := newStand(t, newScript(0), nil)
		st.script.announce("gazette", "http://gazette.example/late", page{body: "acme", failures: 9})
		if counts := st.collect(); counts["deferred"] != 1 {
			t.Fatalf("%v, want one that waits", counts)
		}
		want := "stored"
		if isRead {
			want = "waiting"
			conn, err := st.db.Connx(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := conn.ExecContext(t.Context(), `select pg_advisory_lock(hashtextextended('overheard/outlet/gazette', 0))`); err != nil {
				t.Fatal(err)
			}
		}
		st.put(recorded("late", testNow))
		st.want(fmt.Sprintf("URL while read: %v", isRead), []string{want + " true"}, `
			select concat_ws(' ', coalesce(u.outcome, 'waiting'), case when a.article_id is not null then 'true' end)
			from ops.urls as u left join staging.articles as a on a.article_id = u.article_id`)
	}
}

func TestRematchWritesWhatDiffers(t *testing.T) {
	t.Parallel()
	const articles = 450 // more than a batch
	st := newStand(t, newScript(0), nil)
	for i := range articles {
		st.script.announce("gazette", fmt.Sprintf("http://gazette.example/%d", i), page{body: []string{"acme", "beta", ""}[i%3]})
	}
	st.collect()
	st.built()
	before := st.versions()
	counts := st.rematch("gazette", testNight)
	if counts["rematched"] != articles || counts["mention_changed"]+counts["mention_added"]+counts["mention_removed"] != 0 {
		t.Errorf("%v, want %d rematched and nothing changed", counts, articles)
	}
	if diff := gocmp.Diff(before, st.versions()); diff != "" {
		t.Errorf("rows were written though nothing changed:\n%s", diff)
	}
	st.want("nights changed by nothing", []string{}, changedNights)

	st.script.rename = map[string]string{"acme": "gamma", "": "delta"}
	st.script.alias = map[string]string{"beta": "Beta Ltd"}
	counts = st.rematch("gazette", testNight)
	got := []int64{counts["mention_added"], counts["mention_changed"], counts["mention_removed"]}
	if diff := gocmp.Diff([]int64{300, 150, 150}, got); diff != "" {
		t.Errorf("mentions added, changed, removed (-want +got):\n%s", diff)
	}
	st.want("mentions", []string{"beta Beta Ltd 150", "delta delta 150", "gamma gamma 150"}, `
		select concat_ws(' ', company_id, alias, count(*)) from staging.mentions group by company_id, alias order by 1`)
	st.want("changes", []string{"mention_added 300", "mention_changed 150", "mention_removed 150"}, `
		select concat_ws(' ', change, count(*)) from ops.backfill_changes group by change order by 1`)
	st.want("nights changed", []string{"2026-03-10"}, changedNights)
}
