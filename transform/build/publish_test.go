package build

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
)

// twoNights is a small press with articles on the 20th and the 21st.
const twoNights = `
select given.company('acme');
select given.company('beta');
select given.outlet(concat('o', i), concat('p', i)) from generate_series(1, 4) as i;
select given.article('2026-11-20', concat('o', i), i, concat('a', i))
from generate_series(1, 4) as i;
select given.article('2026-11-21', concat('o', i), 10 + i, concat('b', i))
from generate_series(1, 4) as i;
select given.mention('2026-11-20', 'acme', i) from generate_series(1, 3) as i;
select given.mention('2026-11-20', 'beta', 4);
select given.mention('2026-11-21', 'beta', 10 + i) from generate_series(1, 4) as i;
`

// published is a database with both nights built and published.
func published(t *testing.T) *Builder {
	t.Helper()
	b := newBuilder(t, newDB(t, twoNights))
	for _, night := range []string{"2026-11-20", "2026-11-21"} {
		mustBuild(t, b, night)
		mustPublish(t, b, night, publishedAt)
	}
	return b
}

func TestTheSameNightTwiceIsTheSame(t *testing.T) {
	t.Parallel()
	b := published(t)
	want := digests(t, b, "")
	mustBuild(t, b, "2026-11-21")
	again := mustPublish(t, b, "2026-11-21", publishedAt.Add(time.Hour))
	if again.IsChanged || again.Revision != 1 {
		t.Errorf("second publication: changed %v, revision %d, want false and 1", again.IsChanged, again.Revision)
	}
	if diff := cmp.Diff(want, digests(t, b, "")); diff != "" {
		t.Errorf("tables differ after the second time (-first +second):\n%s", diff)
	}
}

func TestALateArticleChangesOnlyItsNight(t *testing.T) {
	t.Parallel()
	b := published(t)
	other := digests(t, b, "2026-11-21")
	night := digests(t, b, "2026-11-20")
	run(t, b.db, `
		select given.article('2026-11-20', 'o1', 99, 'late');
		select given.mention('2026-11-20', 'beta', 99)`)
	mustBuild(t, b, "2026-11-20")
	again := mustPublish(t, b, "2026-11-20", publishedAt.Add(time.Hour))
	if !again.IsChanged || again.Revision != 2 {
		t.Errorf("republication: changed %v, revision %d, want true and 2", again.IsChanged, again.Revision)
	}
	if diff := cmp.Diff(other, digests(t, b, "2026-11-21")); diff != "" {
		t.Errorf("the night after differs (-before +after):\n%s", diff)
	}
	if cmp.Equal(night, digests(t, b, "2026-11-20")) {
		t.Error("the night itself did not change")
	}
	later, err := b.LaterNights(t.Context(), date("2026-11-20"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]time.Time{date("2026-11-21")}, later); diff != "" {
		t.Errorf("later nights differ (-want +got):\n%s", diff)
	}
}

// TestOutagesMoveNoRatio takes an outlet down for a night: X / N stays.
func TestOutagesMoveNoRatio(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, twoNights+`
		delete from staging.mentions where night = '2026-11-21' and article_id = 11;
		delete from staging.articles where night = '2026-11-21' and outlet_id = 'o1';
		update seeds.outlets set expected_articles_min = 1 where outlet_id = 'o1';`))
	mustBuild(t, b, "2026-11-20", "2026-11-21")
	var ratios []string
	err := b.db.SelectContext(t.Context(), &ratios, `
		select concat(n.state, ' ', round(x.attention_sum / s.article_sum, 11))
		from intermediate.int_outlet_nights_counted as n
		inner join intermediate.int_outlet_sums_decayed as s
			on s.night = n.night and s.outlet_id = n.outlet_id
		inner join intermediate.int_outlet_company_sums_decayed as x
			on x.night = n.night and x.outlet_id = n.outlet_id
		where n.outlet_id = 'o1' and x.company_id = 'acme'
		order by n.night`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"up 1.00000000000", "down 1.00000000000"}
	if diff := cmp.Diff(want, ratios); diff != "" {
		t.Errorf("state and X / N differ (-want +got):\n%s", diff)
	}
}

// TestRefusals breaks one thing after both nights are published; the check that
// is meant must refuse the second night, and nothing may have changed.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, broken, stage, check string
	}{
		{
			"a night without articles",
			`delete from staging.mentions; delete from staging.articles where night = '2026-11-21'`,
			StageBuild, "night_is_empty",
		},
		{
			"an empty panel",
			`update seeds.outlets set is_active = false; delete from intermediate.int_outlets_weighted`,
			StageBuild, "panel_is_empty",
		},
		{
			"an article stored in two nights",
			`select given.article('2026-11-21', 'o1', 1, 'again')`,
			StageBuild, "article_is_in_two_nights",
		},
		{
			"a mention without article",
			`delete from staging.articles where article_id = 14`,
			StageBuild, "mention_has_no_article",
		},
		{
			"a mention of a company nobody declared",
			`select given.mention('2026-11-21', 'nobody', 11)`,
			StageBuild, "mention_has_no_company",
		},
		{
			"an article of an outlet nobody declared",
			`select given.article('2026-11-21', 'nowhere', 50, 'x')`,
			StageBuild, "article_has_no_outlet",
		},
		{
			"most of the panel down",
			`update seeds.outlets set expected_articles_min = 100 where outlet_id <> 'o1'`,
			StagePublish, "panel_coverage_is_too_low",
		},
		{
			"a ledger whose sum is wrong",
			`insert into ops.outlet_runs values (1, 'o1', 5, 2, 0, 1, 0, 0, 0, null, '2026-11-21')`,
			StagePublish, "ledger_does_not_close",
		},
		{
			"a ledger that counts a decision twice",
			`insert into ops.outlet_runs values (1, 'o1', 2, 0, 2, 0, 0, 0, 0, null, '2026-11-21');
			insert into ops.urls (
				url_hash, url, outlet_id, channel_url, channel_kind, discovered_at,
				discovered_run_id, outcome, decided_run_id
			)
			values (1, 'u', 'o1', 'c', 'feed', '2026-11-21', 1, 'stored', 1)`,
			StagePublish, "ledger_does_not_close",
		},
		{
			"an outlet a collect lost without a word",
			lostOutlet("collect", "done"), StagePublish, "ledger_does_not_close",
		},
		{
			"an outlet a backfill lost without a word",
			lostOutlet("backfill", "done"), StagePublish, "ledger_does_not_close",
		},
		{
			"a backfill of the night whose sum is wrong",
			`select given.backfill('2026-11-21', 'o1', 'live', 'done', 1);
			update ops.outlet_runs set discovered_count = 1
			where run_id = (select max(r.run_id) from ops.runs as r)`,
			StagePublish, "ledger_does_not_close",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := published(t)
			run(t, b.db, `select given.article('2026-11-21', 'o2', 77, 'new')`)
			run(t, b.db, c.broken)
			before := digests(t, b, "2026-11-20")
			standing := digests(t, b, "2026-11-21")
			_, err := b.Build(t.Context(), 7, date("2026-11-21"))
			if c.stage == StagePublish {
				if err != nil {
					t.Fatal(err)
				}
				standing = digests(t, b, "2026-11-21")
				_, err = b.Publish(t.Context(), 7, date("2026-11-21"), publishedAt)
			}
			wantRefusal(t, b.db, err, c.stage, c.check)
			if diff := cmp.Diff(standing, digests(t, b, "2026-11-21")); diff != "" {
				t.Errorf("the refused night changed (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff(before, digests(t, b, "2026-11-20")); diff != "" {
				t.Errorf("the night before changed (-before +after):\n%s", diff)
			}
		})
	}
}

// lostOutlet is a run that decided a URL of an outlet and has no line for it.
func lostOutlet(job, state string) string {
	return fmt.Sprintf(`
		insert into ops.runs (
			job, night, cause, state, host, process_id, started_at, heartbeat_at
		)
		values ('%s', '2026-11-21', 'operator', '%s', 'h', 1, '2026-11-21', '2026-11-21');
		update staging.articles set run_id = (select max(r.run_id) from ops.runs as r) where article_id = 11;
		insert into ops.urls (
			url_hash, url, outlet_id, channel_url, channel_kind, discovered_at,
			discovered_run_id, outcome, decided_run_id
		)
		select 1, 'u', 'o1', 'c', 'feed', '2026-11-21', r.run_id, 'stored', r.run_id
		from ops.runs as r`, job, state)
}

// TestAnOutletThatBrokeOffIsTold: the night is not refused for one outlet whose
// failure the collect has counted.
func TestAnOutletThatBrokeOffIsTold(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"collect done_with_failures":  {"outlet_is_not_in_the_ledger"},
		"backfill done_with_failures": {"outlet_is_not_in_the_ledger"},
		"collect cancelled":           nil,
		"import done":                 nil, // imports have no lines
	} {
		b := published(t)
		job, state, _ := strings.Cut(name, " ")
		run(t, b.db, lostOutlet(job, state))
		mustBuild(t, b, "2026-11-21")
		result := mustPublish(t, b, "2026-11-21", publishedAt)
		var names []string
		for _, w := range result.Warnings() {
			names = append(names, w.Name)
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("warnings after %s differ (-want +got):\n%s", name, diff)
		}
	}
}

func wantRefusal(t *testing.T, db *sqlx.DB, err error, stage, check string) {
	t.Helper()
	var refused *RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("got error %v, want a refusal", err)
	}
	if refused.Stage != stage || !strings.Contains(err.Error(), check+": ") {
		t.Errorf("refused at %s: %v; want %s at %s", refused.Stage, err, check, stage)
	}
	var kept int
	e := db.GetContext(t.Context(), &kept, `
		select count(*)
		from ops.check_results as r
		where
			r.run_id = 7 and r.check_name = $1 and r.severity = 'fail'
			and r.offending_count > 0 and r.sample is not null`, check)
	if e != nil || kept != 1 {
		t.Errorf("%d results of the check are kept (%v), want 1", kept, e)
	}
}

// TestModelsThatMissTheirMark are mistakes in a result, not in the input: the
// model is broken, and the checks of the result must see it.
func TestModelsThatMissTheirMark(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, table, old, new, stage, check string
	}{
		{
			"two companies share a position", "intermediate.int_companies_ranked",
			"row_number() over (\n            order by\n                s.score desc,\n                t.attention desc,\n                t.company_id collate \"C\"\n        )",
			"rank() over (order by s.score desc)", StagePublish, "rank_positions_are_not_a_count",
		},
		{
			"the order is upside down", "intermediate.int_companies_ranked",
			"s.score desc", "s.score", StagePublish, "rank_disagrees_with_score",
		},
		{
			"an indicator is lost", "intermediate.int_indicators_scored",
			"cross join indicators as i", "inner join indicators as i on i.indicator <> 'pickups'",
			StageBuild, "indicators_are_incomplete",
		},
		{
			"a pillar is lost", "intermediate.int_pillars_scored",
			"from means as m\n", "from (select m.* from means as m where m.pillar <> 'spread') as m\n",
			StageBuild, "indicators_are_incomplete",
		},
		{
			"a company is left out", "intermediate.int_companies_scored",
			"    from pillars as p\n", "    from pillars as p\n    where p.company_id <> 'beta'\n",
			StageBuild, "indicators_are_incomplete",
		},
		{
			"the weight of what is missing is lost", "intermediate.int_indicators_scored",
			"s.weight / sum(s.weight) filter (\n                    where s.raw_value is not null\n                ) over (partition by s.company_id, s.pillar)",
			"s.weight", StageBuild, "index_weights_do_not_sum_to_one",
		},
		{
			"what is missing counts as nothing", "intermediate.int_indicators_scored",
			"when s.raw_value is not null then round(s.normalised_value, 12)",
			"when true then coalesce(round(s.normalised_value, 12), 0)", StageBuild, "score_is_out_of_range",
		},
		{
			"no cap holds", "intermediate.int_indicators_scored",
			"100 * least(", "100 * 100 * least(", StageBuild, "score_is_out_of_range",
		},
		{
			"no floor holds", "intermediate.int_pillars_scored",
			"greatest(m.mean_value, k.pillar_floor)", "m.mean_value / 1000", StageBuild, "score_is_out_of_range",
		},
		{
			"pillars are added up", "intermediate.int_companies_scored",
			"exp(sum(p.weight * ln(p.score)))", "sum(p.weight * p.score)",
			StagePublish, "score_is_not_its_pillars",
		},
		{
			"goalposts are taken anew", "intermediate.int_goalposts_frozen",
			"    f.low,\n    f.high,\n    f.reference_id,\n    f.is_declared\nfrom frozen",
			"    f.low - 1 as low,\n    f.high,\n    f.reference_id,\n    f.is_declared\nfrom frozen",
			StageBuild, "goalposts_moved_within_a_quarter",
		},
		{
			"a contribution counts twice", "intermediate.int_score_change_parts",
			"round(p.factor * i.points, 12) as contribution", "round(2 * p.factor * i.points, 12) as contribution",
			StagePublish, "contributions_do_not_add_up",
		},
		{
			"coverage is in no sum", "intermediate.int_score_changes",
			"sum(p.coverage_effect) as coverage_effect", "sum(p.coverage_effect) + 1 as coverage_effect",
			StagePublish, "contributions_do_not_add_up",
		},
		{
			"the others' effect is all of the move", "intermediate.int_score_changes",
			"c.rank_change - c.own_rank_effect", "c.rank_change + 1", StagePublish, "contributions_do_not_add_up",
		},
		{
			"a change is left out", "intermediate.int_score_changes",
			"inner join effects as e on e.company_id = c.company_id",
			"inner join effects as e on e.company_id = c.company_id and c.company_id <> 'beta'",
			StagePublish, "contributions_do_not_add_up",
		},
		{
			"a quarter is linked twice", "intermediate.int_links_frozen",
			"coalesce(f.link_factor,", "coalesce(2 * f.link_factor,",
			StageBuild, "goalposts_moved_within_a_quarter",
		},
		{
			"comparators are ranked", "intermediate.int_companies_ranked",
			"and not c.is_comparator", "", StagePublish, "comparator_is_ranked",
		},
		{
			"a weight is lost", "intermediate.int_outlets_weighted",
			"then 1 - sum(r.weight) over ()", "then 0.1", StageBuild, "panel_weights_do_not_sum_to_one",
		},
		{
			"the far part is forgotten", "intermediate.int_attention_shrunk",
			"s.own_and_near + s.panel_share * s.far_weight, 12", "s.own_and_near, 12",
			StageBuild, "attention_does_not_add_up",
		},
		{
			"a copy is worth more than the original", "intermediate.int_stories_counted",
			"round(c.copy_credit, 12)", "2 * round(c.copy_credit, 12)", StageBuild, "share_is_out_of_range",
		},
		{
			"the night counts companies that are not ranked", "marts.nights",
			"intermediate.int_companies_ranked", "intermediate.int_attention_shrunk", StagePublish, "night_and_ranking_disagree",
		},
		{
			"coverage is not a number", "marts.nights",
			"round(p.coverage_share, 6) as", "'NaN' as", StagePublish, "result_is_not_a_number",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := published(t)
			run(t, b.db, `
				select given.company('rival', true);
				select given.company('twin');
				select given.company('twin_brother');
				select given.mention('2026-11-21', 'rival', 11);
				select given.mention('2026-11-21', 'twin', 12);
				select given.mention('2026-11-21', 'twin_brother', 12);
				delete from intermediate.int_outlets_weighted`) // or the panel stays as it is
			breakModel(t, b, c.table, c.old, c.new)
			_, err := b.Build(t.Context(), 7, date("2026-11-21"))
			if c.stage == StagePublish {
				if err != nil {
					t.Fatal(err)
				}
				_, err = b.Publish(t.Context(), 7, date("2026-11-21"), publishedAt)
			}
			wantRefusal(t, b.db, err, c.stage, c.check)
		})
	}
}

func breakModel(t *testing.T, b *Builder, table, old, replacement string) {
	t.Helper()
	for _, list := range [][]Model{b.intermediate, b.marts} {
		for i := range list {
			if list[i].Table != table {
				continue
			}
			if !strings.Contains(list[i].SQL, old) {
				t.Fatalf("%s does not contain %q", table, old)
			}
			list[i].SQL = strings.ReplaceAll(list[i].SQL, old, replacement)
			return
		}
	}
	t.Fatalf("no model makes %s", table)
}

func TestWarningsLetTheNightPass(t *testing.T) {
	t.Parallel()
	b := published(t)
	run(t, b.db, `
		select given.article('2026-11-24', concat('o', i), 20 + i, concat('c', i))
		from generate_series(1, 3) as i;
		update seeds.outlets set expected_articles_min = 5 where outlet_id = 'o4'`)
	mustBuild(t, b, "2026-11-24")
	result := mustPublish(t, b, "2026-11-24", publishedAt)
	var names []string
	for _, w := range result.Warnings() {
		names = append(names, w.Name)
	}
	want := []string{"night_before_is_missing", "panel_is_degraded", "volume_is_off_its_weekday"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("warnings differ (-want +got):\n%s", diff)
	}
}

func TestAMissingConstantIsNamed(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, twoNights+`
		delete from seeds.method_constants where constant_name = 'outlet_prior_articles'`))
	_, err := b.Build(t.Context(), 1, date("2026-11-20"))
	if err == nil || !strings.Contains(err.Error(), "outlet_prior_articles") {
		t.Errorf("got error %v, want one that names the constant", err)
	}
}

func TestPublishingWhatIsNotBuiltIsRefused(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, twoNights))
	_, err := b.Publish(t.Context(), 7, date("2026-11-20"), publishedAt)
	wantRefusal(t, b.db, err, StagePublish, "night_is_not_built")
}

func TestDimensionsFollowTheSeeds(t *testing.T) {
	t.Parallel()
	b := published(t)
	run(t, b.db, `
		update seeds.companies set name = 'Acme Corporation', is_active = false where company_id = 'acme'`)
	mustBuild(t, b, "2026-11-21")
	mustPublish(t, b, "2026-11-21", publishedAt)
	got := readTable(t, b.db, "marts.companies", []string{"company_id", "name", "is_active"})
	want := [][]string{
		{"company_id", "name", "is_active"},
		{"acme", "Acme Corporation", "false"},
		{"beta", "BETA", "true"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("companies differ (-want +got):\n%s", diff)
	}
}

// TestBuildsWaitForEachOther runs builds of both nights at once.
func TestBuildsWaitForEachOther(t *testing.T) {
	t.Parallel()
	b := published(t)
	want := digests(t, b, "")
	var group sync.WaitGroup
	errs := make(chan error, 6)
	for i := range 6 {
		group.Go(func() {
			night := date([]string{"2026-11-20", "2026-11-21"}[i%2])
			if _, err := b.Build(t.Context(), int64(100+i), night); err != nil {
				errs <- fmt.Errorf("build %d: %w", i, err)
			}
		})
	}
	group.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	if diff := cmp.Diff(want, digests(t, b, "")); diff != "" {
		t.Errorf("tables differ after builds at once (-before +after):\n%s", diff)
	}
}

// TestReadmeQueriesRun runs the sample queries of sql/README.md.
func TestReadmeQueriesRun(t *testing.T) {
	t.Parallel()
	b := published(t)
	text := readText(t, "../../sql/README.md")
	_, text, _ = strings.Cut(text, "## Read the results")
	_, text, _ = strings.Cut(text, "```sql")
	text, _, _ = strings.Cut(text, "```")
	queries := strings.Split(strings.TrimSpace(text), ";")
	if len(queries) < 5 {
		t.Fatalf("found %d queries, want at least 5", len(queries))
	}
	for _, query := range queries {
		if _, err := b.db.ExecContext(t.Context(), query); err != nil {
			t.Errorf("%v\n%s", err, query)
		}
	}
}

// TestThePanelIsFrozenForAQuarter adds and removes an outlet between builds.
func TestThePanelIsFrozenForAQuarter(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, twoNights+`
		select given.article(night, 'o2', 100 + row_number() over (), concat('c', night))
		from unnest(cast('{2026-10-01, 2026-11-19, 2026-11-22, 2026-12-31, 2027-01-01}' as date[])) as night`))
	panel := func(night string) []string {
		var rows []string
		err := b.db.SelectContext(t.Context(), &rows, `
			select concat(w.outlet_id, ' ', w.weight, ' ', w.panel_id)
			from intermediate.int_outlets_weighted as w
			where w.night = $1
			order by w.outlet_id`, night)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	members := func(night string) string {
		var names []string
		for _, row := range panel(night) {
			names = append(names, row[:2])
		}
		return strings.Join(names, " ")
	}
	mustBuild(t, b, "2026-11-20")
	want := panel("2026-11-20")
	if len(want) != 4 || !strings.Contains(want[0], " 2026Q4-") {
		t.Fatalf("first panel: %q, want four outlets of 2026Q4", want)
	}
	run(t, b.db, `
		update seeds.outlets set is_active = false where outlet_id = 'o1';
		delete from staging.mentions where night = '2026-11-21' and article_id = 11;
		delete from staging.articles where night = '2026-11-21' and outlet_id = 'o1';
		delete from ops.outlet_runs where outlet_id = 'o1';
		select given.outlet('o5', 'p5');
		select given.company('gamma');
		select given.article('2026-11-21', 'o5', 15, 'b5');
		select given.mention('2026-11-21', 'gamma', 15)`)
	nights := []string{"2026-10-01", "2026-11-19", "2026-11-20", "2026-11-21", "2026-12-31"}
	for _, night := range []string{nights[3], nights[4], nights[1], nights[0], nights[2]} {
		mustBuild(t, b, night)
		mustPublish(t, b, night, publishedAt)
	}
	for _, night := range nights {
		if diff := cmp.Diff(want, panel(night)); diff != "" {
			t.Errorf("panel of %s differs from the first one (-first +%s):\n%s", night, night, diff)
		}
	}
	got := readTable(t, b.db, "marts.outlet_health where night = '2026-11-21'",
		[]string{"outlet_id", "state", "weight_share"})
	health := [][]string{
		{"outlet_id", "state", "weight_share"},
		{"o1", "down", "0.250000000000"},
		{"o2", "up", "0.250000000000"},
		{"o3", "up", "0.250000000000"},
		{"o4", "up", "0.250000000000"},
		{"o5", "up", "0.000000000000"},
	}
	if diff := cmp.Diff(health, got); diff != "" {
		t.Errorf("health differs (-want +got):\n%s", diff)
	}
	mustBuild(t, b, "2027-01-01")
	if got := members("2027-01-01"); got != "o2 o3 o4 o5" {
		t.Errorf("the next quarter counts %s, want o2 o3 o4 o5", got)
	}
	run(t, b.db, readmeStatement(t, "### Start a panel anew"))
	mustBuild(t, b, nights...)
	for _, night := range nights {
		if got := members(night); got != "o2 o3 o4 o5" {
			t.Errorf("after the panel is started anew %s counts %s, want o2 o3 o4 o5", night, got)
		}
	}
}

// readmeStatement is the SQL under a heading of sql/README.md.
func readmeStatement(t *testing.T, heading string) string {
	t.Helper()
	_, text, isThere := strings.Cut(readText(t, "../../sql/README.md"), heading)
	if !isThere {
		t.Fatalf("sql/README.md has no heading %q", heading)
	}
	_, text, _ = strings.Cut(text, "```sql")
	text, _, _ = strings.Cut(text, "```")
	return text
}
