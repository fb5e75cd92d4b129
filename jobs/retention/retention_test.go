package retention_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/retention"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/build"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func day(text string) time.Time {
	night, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return night
}

// newWorld has a year of nights, one in five days, with a row of every kind.
func newWorld(t *testing.T) *sqlx.DB {
	t.Helper()
	db := warehousetest.NewDB(t)
	var months []time.Time
	for m := range 14 {
		months = append(months, time.Date(2025, time.Month(11+m), 1, 0, 0, 0, 0, time.UTC))
	}
	if err := warehouse.EnsureMonths(t.Context(), db, months...); err != nil {
		t.Fatal(err)
	}
	_, err := db.ExecContext(t.Context(), `
		create temporary view days as
		select cast(d as date) as night, row_number() over (order by d) as id
		from generate_series(timestamp '2025-11-20', timestamp '2026-11-22', interval '5 days') as d;
		insert into staging.articles (
			night, article_id, outlet_id, canonical_url, url, title, body, authors, language_code, charset, published_at,
			published_origin, is_published_exact, access, character_count, content_hash, sketch, first_seen_at, fetched_at, run_id
		)
		select night, id, 'o', '', '', 'Title', 'Body', '{}', 'en', 'utf-8', night, 'meta', true, 'full', 4, 'x', '{1,2}', night, night, 1 from days;
		insert into staging.article_stories (night, article_id, story_id, story_night) select night, id, id, night from days;
		insert into intermediate.int_outlet_company_sums_decayed (night, outlet_id, company_id, attention_sum)
		select night, 'o', 'c', id from days;
		insert into intermediate.int_mentions_rolled_up (night, company_id, article_id, named_company_id, alias, position, match_probability, is_quarantined)
		select night, 'c', id, 'c', 'C', 'lead', 1, false from days;
		insert into intermediate.int_nights_chained (night) select night from days;
		insert into intermediate.int_outlet_sums_decayed (night, outlet_id, article_sum) select night, 'o', id from days;
		insert into marts.night_revisions (night, revision, published_at, published_date, article_count, story_count, mention_count, company_count, outlet_count, panel_coverage_share, is_degraded, method_version, panel_id)
		select night, 1, night, night, 1, 1, 1, 1, 1, 1, false, 'v', 'p' from days;
		insert into ops.outlet_runs (run_id, outlet_id, discovered_count, known_count, decided_count, deferred_count, request_count, not_modified_count, byte_count, finished_at)
		select id, 'o', 1, 0, 1, 0, 1, 0, 1, night from days;
		insert into ops.urls (url_hash, url, outlet_id, channel_url, channel_kind, discovered_at, discovered_run_id, outcome, decided_at)
		select id, 'u', 'o', 'c', 'feed', night, id, case when id % 2 = 0 then 'stored' end, case when id % 2 = 0 then night end from days;
		insert into ops.url_attempts (attempted_on, url_hash, attempted_at, purpose, run_id, byte_count)
		select night, id, night, 'first', 1, 1 from days;
		drop view days;
		analyze`)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// nights counts the rows of a table by month.
func nights(t *testing.T, db *sqlx.DB, table, column string) map[string]int {
	t.Helper()
	var rows []struct {
		Month string
		Count int
	}
	query := fmt.Sprintf(`select to_char(%s, 'YYYY-MM') as month, count(*) as count from %s group by 1`, column, table)
	if err := db.SelectContext(t.Context(), &rows, query); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, r := range rows {
		found[r.Month] = r.Count
	}
	return found
}

func apply(t *testing.T, db *sqlx.DB, cfg retention.Config) (actions []retention.Action, counts map[string]int64) {
	t.Helper()
	clock := func() time.Time { return now }
	r := retention.New(slog.New(slog.DiscardHandler), db, cfg, clock)
	l := ledger.New(slog.New(slog.DiscardHandler), db, clock)
	report, err := l.Execute(t.Context(), ledger.Spec{Job: "prune", Cause: ledger.CauseOperator}, func(ctx context.Context, run *ledger.Run) error {
		var err error
		if actions, err = r.Plan(ctx, day("2026-11-22")); err != nil {
			return err
		}
		return r.Apply(ctx, run, actions)
	})
	if err != nil {
		t.Fatal(err)
	}
	if report.State != ledger.StateDone {
		t.Fatalf("the run ended as %s, %v", report.State, report.Counts)
	}
	return actions, report.Counts
}

func TestMonthsGoWhoseTermIsOver(t *testing.T) {
	t.Parallel()
	db := newWorld(t)
	cfg := retention.Config{StateNights: 100, TextNights: 150, URLNights: 120, AttemptNights: 100}
	all := nights(t, db, "staging.articles", "night")
	sizes := map[string]map[string]int{
		"stories": nights(t, db, "staging.article_stories", "night"),
	}

	// Nothing goes by looking.
	clock := func() time.Time { return now }
	planned, err := retention.New(slog.New(slog.DiscardHandler), db, cfg, clock).Plan(t.Context(), day("2026-11-22"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sizes["stories"], nights(t, db, "staging.article_stories", "night")); diff != "" || len(planned) == 0 {
		t.Fatalf("a plan of %d actions changed something (-before +after):\n%s", len(planned), diff)
	}

	_, counts := apply(t, db, cfg)
	if counts["months_dropped"] == 0 || counts["months_thinned"] == 0 || counts["rows_deleted"] == 0 {
		t.Errorf("counts of the run: %v", counts)
	}
	kept := map[string]int{} // 100 nights before 2026-11-22 is in August
	for _, month := range []string{"2026-08", "2026-09", "2026-10", "2026-11"} {
		kept[month] = all[month]
	}
	if diff := cmp.Diff(kept, nights(t, db, "staging.article_stories", "night")); diff != "" {
		t.Errorf("stories (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(kept, nights(t, db, "intermediate.int_mentions_rolled_up", "night")); diff != "" {
		t.Errorf("mentions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(kept, nights(t, db, "ops.url_attempts", "attempted_on")); diff != "" {
		t.Errorf("attempts (-want +got):\n%s", diff)
	}
	for month := range all {
		if _, isKept := kept[month]; !isKept {
			kept[month] = 1 // the last night of it
		}
	}
	if diff := cmp.Diff(kept, nights(t, db, "intermediate.int_outlet_company_sums_decayed", "night")); diff != "" {
		t.Errorf("sums that fade (-want +got):\n%s", diff)
	}
	var isLast bool
	err = db.Get(&isLast, `
		select bool_and(s.night in (select max(n.night) from marts.night_revisions as n group by date_trunc('month', n.night)))
		from intermediate.int_outlet_company_sums_decayed as s where s.night < '2026-08-01'`)
	if err != nil || !isLast {
		t.Errorf("what stays of a month is not its last night (%v)", err)
	}
	for _, month := range []string{"2026-05", "2026-06", "2026-07"} {
		kept[month] = all[month] // small tables stay for 200 nights
	}
	if diff := cmp.Diff(kept, nights(t, db, "intermediate.int_outlet_sums_decayed", "night")); diff != "" {
		t.Errorf("small sums (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(all, nights(t, db, "staging.articles", "night")); diff != "" {
		t.Errorf("articles (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(all, nights(t, db, "marts.night_revisions", "night")); diff != "" {
		t.Errorf("what was published (-want +got):\n%s", diff)
	}
	var blank, full, waiting, settled int
	err = db.QueryRow(`
		select
			(select count(*) from staging.articles where night < '2026-06-01' and (body <> '' or sketch <> '{}' or title <> 'Title')),
			(select count(*) from staging.articles where night >= '2026-06-01' and body = ''),
			(select count(*) from ops.urls where outcome is null and discovered_at < '2026-07-01'),
			(select count(*) from ops.urls where outcome is not null and discovered_at < '2026-07-01')`).Scan(&blank, &full, &waiting, &settled)
	if err != nil {
		t.Fatal(err)
	}
	if blank != 0 || full != 0 || waiting == 0 || settled != 0 {
		t.Errorf("%d old texts are there, %d newer ones are not; of old addresses %d wait and %d are settled", blank, full, waiting, settled)
	}

	// Once is enough, and new months can be made where old ones have gone.
	if again, _ := apply(t, db, cfg); len(again) != 0 {
		t.Errorf("a second run finds more to do: %+v", again)
	}
	if err := warehouse.EnsureMonths(t.Context(), db, day("2025-12-01"), day("2027-02-01")); err != nil {
		t.Error(err)
	}
}

func TestANightThatIsForgottenIsNotBuilt(t *testing.T) {
	t.Parallel()
	db := newWorld(t)
	apply(t, db, retention.Config{StateNights: 100})
	b, err := build.New(slog.New(slog.DiscardHandler), db)
	if err != nil {
		t.Fatal(err)
	}
	want := "the night of 2026-07-31 cannot be built or published any more: what it is made of is kept from 2026-08-01 on " +
		"(settings retention.state_nights and retention.text_nights); what was published of it stays"
	_, built := b.Build(t.Context(), 1, day("2026-07-31"))
	_, published := b.Publish(t.Context(), 1, day("2026-07-31"), now)
	for _, err := range []error{built, published} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v", err)
		}
	}
}

func TestNothingGoesWhereNothingHasATerm(t *testing.T) {
	t.Parallel()
	db := newWorld(t)
	if actions, _ := apply(t, db, retention.Config{}); len(actions) != 0 {
		t.Errorf("%+v", actions)
	}
}

func TestWhatWasCutOffIsFinished(t *testing.T) {
	t.Parallel()
	db := newWorld(t)
	// A run died between taking a month out and dropping it.
	db.MustExec(`alter table staging.article_stories detach partition staging.article_stories_y2025m12`)
	apply(t, db, retention.Config{StateNights: 100})
	var isThere bool
	if err := db.Get(&isThere, `select to_regclass('staging.article_stories_y2025m12') is not null`); err != nil || isThere {
		t.Errorf("the month is still there (%v)", err)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		cfg  retention.Config
		want []string
	}{
		{"for ever", retention.Config{}, nil},
		{"the defaults", retention.Config{StateNights: 100, URLNights: 400, AttemptNights: 100}, nil},
		{"state too short", retention.Config{StateNights: 99}, []string{"state_nights"}},
		{"texts too short", retention.Config{TextNights: 7}, []string{"text_nights"}},
		{"addresses shorter than state", retention.Config{StateNights: 200, URLNights: 150}, []string{"url_nights"}},
		{"addresses without a term of state", retention.Config{URLNights: 400}, []string{"url_nights"}},
		{"negative", retention.Config{AttemptNights: -1}, []string{"attempt_nights"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, fault := range test.cfg.Faults() {
				got = append(got, fault.Setting)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
