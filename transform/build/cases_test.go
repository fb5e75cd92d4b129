package build

import (
	"context"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
)

// twoCases is a press in which three companies may be cases and two are, as beta is
// of alpha's sector; a fourth is written about in too few dimensions.
const twoCases = `
	update seeds.method_constants set value = 2 where constant_name in ('case_count', 'case_mentions_min', 'case_dimensions_min', 'case_sectors_min');
	update seeds.method_constants set value = 1 where constant_name in ('case_dimension_mentions_min', 'case_sector_max');
	update seeds.method_constants set value = 0 where constant_name = 'case_probability_min';
	update seeds.method_constants set value = 3 where constant_name = 'object_count';
	select given.company('alpha'), given.company('beta'), given.company('gamma'), given.company('delta');
	update seeds.companies set ownership = 'state' where company_id = 'gamma';
	update seeds.companies set sector = 'banking' where company_id in ('gamma', 'delta');
	select given.outlet('o', 'p'), given.outlet('f', 'f', 'FR');
	select given.article('2026-11-20', (array['o', 'f'])[1 + i % 2], i, concat('a', i)) from generate_series(1, 30) as i;
	select given.mention('2026-11-20', 'alpha', i) from generate_series(1, 12) as i;
	select given.mention('2026-11-20', 'beta', i) from generate_series(13, 20) as i;
	select given.mention('2026-11-20', 'gamma', i) from generate_series(21, 24) as i;
	select given.mention('2026-11-20', 'delta', 25);
	select given.dimensions('alpha', i, '{global_layout,global_competitiveness}') from generate_series(1, 12) as i;
	select given.dimensions('beta', i, '{global_layout,global_competitiveness}') from generate_series(13, 20) as i;
	select given.dimensions('gamma', i, '{global_layout,social_responsibility}') from generate_series(21, 24) as i;
	select given.dimensions('delta', 25, '{global_layout}');
`

// TestCasesThatBreakTheirRules are mistakes of the choice and of what it rests on:
// the check that is meant must see them.
func TestCasesThatBreakTheirRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, broken, check string }{
		{
			"a place is left empty",
			`delete from intermediate.int_cases_selected where company_id = 'gamma'`, "cases_break_their_rules",
		},
		{
			"a choice without a state-owned company",
			`update intermediate.int_cases_selected set company_id = 'beta',
				comprehensive_score = (select e.score from intermediate.int_companies_comprehended as e where e.company_id = 'beta'),
				discounted_score = 1
			where company_id = 'gamma'`, "cases_break_their_rules",
		},
		{
			"a case that is not eligible",
			`update intermediate.int_cases_selected set company_id = 'delta' where company_id = 'alpha'`, "cases_break_their_rules",
		},
		{
			"two cases in one position",
			`update intermediate.int_cases_selected set case_position = 1`, "cases_break_their_rules",
		},
		{
			"a probability that is not told to be unknown",
			`update intermediate.int_ranks_resampled set comprehensive_top40_probability = null`, "cases_break_their_rules",
		},
		{
			"a probability that is told to be unknown",
			`update intermediate.int_cases_selected set caveat_code = concat(caveat_code, ',probability_unknown')`, "cases_break_their_rules",
		},
		{
			"no cases, though three could be",
			`delete from intermediate.int_cases_selected`, "cases_break_their_rules",
		},
		{
			"an object too many",
			`update intermediate.int_objects_selected set is_object = true`, "objects_are_not_as_many_as_there_are",
		},
		{
			"an object that is not ranked",
			`update intermediate.int_objects_selected set company_id = 'nobody' where company_id = 'delta'`, "objects_are_not_as_many_as_there_are",
		},
		{
			"a dimension beyond the cap",
			`update intermediate.int_dimensions_scored set score = 121 where company_id = 'delta'`, "dimension_is_out_of_range",
		},
		{
			"a comprehensive score below the floor",
			`update intermediate.int_companies_comprehended set score = 0.5 where company_id = 'delta'`, "dimension_is_out_of_range",
		},
		{
			"a norm that is not a number",
			`update intermediate.int_tone_norms_frozen set net_tone = 'NaN'`, "dimension_is_out_of_range",
		},
		{
			"a share above one",
			`update intermediate.int_reputation_measured set raw_value = 1.5 where indicator = 'no_strong_negative'`, "dimension_is_out_of_range",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBuilder(t, newDB(t, twoCases))
			spoil(t, b, casesTable, c.broken)
			_, err := b.Build(t.Context(), 7, date("2026-11-20"))
			wantRefusal(t, b.db, err, StageBuild, c.check)
		})
	}
}

// TestUnknownDimensionsAreTold labels a mention with what is no dimension.
func TestUnknownDimensionsAreTold(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, twoCases+`select given.dimensions('delta', 25, '{weather}')`))
	result, err := b.Build(t.Context(), 1, date("2026-11-20"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, w := range result.Warnings() {
		names = append(names, w.Name)
	}
	if diff := cmp.Diff([]string{"dimension_is_unknown"}, names); diff != "" {
		t.Errorf("warnings differ (-want +got):\n%s", diff)
	}
}

// TestPartsThatDoNotAddUp are mistakes in the result tables of parts.
func TestPartsThatDoNotAddUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, table, old, new string }{
		{
			"retellings count in countries", "marts.company_countries",
			"count(*) as article_count", "count(*) + 1 as article_count",
		},
		{
			"a country is left out", "marts.company_countries",
			"where s.is_active", "where s.is_active and c.country_code <> 'FR'",
		},
		{
			"weights are no shares", "marts.company_countries",
			"nullif(a.weight_sum, 0)", "nullif(2 * a.weight_sum, 0)",
		},
		{
			"an outlet is left out", "marts.company_outlets",
			"where s.is_active", "where s.is_active and o.outlet_id <> 'f'",
		},
		{
			"a story is left out", "marts.stories",
			"where\n        w.night", "where\n        w.company_id <> 'delta' and w.night",
		},
		{
			"a story names too few", "marts.stories",
			"count(distinct w.company_id) as company_count", "2 * count(*) as company_count",
		},
		{
			"a company is left out of stories", "marts.story_companies",
			"and c.is_active", "and c.is_active and w.article_id <> 25",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newBuilder(t, newDB(t, twoCases))
			breakModel(t, b, c.table, c.old, c.new)
			mustBuild(t, b, "2026-11-20")
			_, err := b.Publish(t.Context(), 7, date("2026-11-20"), publishedAt)
			wantRefusal(t, b.db, err, StagePublish, "parts_do_not_add_up_to_the_ranking")
		})
	}
}

// TestUnknownProbabilitiesAreTold chooses while nobody has resampled dimensions.
func TestUnknownProbabilitiesAreTold(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, twoCases))
	spoil(t, b, "intermediate.int_ranks_resampled",
		`update intermediate.int_ranks_resampled set comprehensive_top40_probability = null`)
	mustBuild(t, b, "2026-11-20")
	want := [][]string{
		{"case_position", "company_id", "reason_code", "caveat_code"},
		{"1", "alpha", "score", "probability_unknown,best_corporate_culture,best_global_governance"},
		{"2", "gamma", "score", "probability_unknown,best_corporate_culture,best_global_governance"},
	}
	if diff := cmp.Diff(want, readTable(t, b.db, casesTable, want[0])); diff != "" {
		t.Errorf("cases differ (-want +got):\n%s", diff)
	}
}

// spoil runs a statement after a Go step has made its table.
func spoil(t *testing.T, b *Builder, table, statement string) {
	t.Helper()
	for i := range b.intermediate {
		m := &b.intermediate[i]
		if m.Table != table {
			continue
		}
		made := m.make
		m.make = func(ctx context.Context, lg *slog.Logger, tx *sqlx.Tx, night string) (int64, error) {
			count, err := made(ctx, lg, tx, night)
			if err != nil {
				return 0, err
			}
			_, err = tx.ExecContext(ctx, statement)
			return count, err
		}
		return
	}
	t.Fatalf("no step makes %s", table)
}
