package build

import (
	"fmt"
	"testing"
)

// TestWarningsTrip runs checks that only warn on tables as given: each finds
// nothing in the first state and something in the second.
func TestWarningsTrip(t *testing.T) {
	t.Parallel()
	db := newDB(t, `
		select given.company('acme');
		select given.outlet('o1', 'p1');
		select given.article('2026-11-21', 'o1', 1, 'a');
		select given.mention('2026-11-21', 'acme', 1)`)
	b := newBuilder(t, db)
	mustBuild(t, b, "2026-11-21")
	checks := map[string]Check{}
	for _, c := range b.checks {
		checks[c.Name] = c
	}
	for _, c := range []struct{ name, check, fine, bad string }{
		{
			"a score that never moved far", "company_jumps",
			scoreHistory(8, 0.01) + scoreTonight(0.09, 0.001), // less than a tenth
			scoreHistory(8, 0.01) + scoreTonight(0.4, 0.02),
		},
		{
			"a score that moves often", "company_jumps",
			scoreHistory(8, 0.2) + scoreTonight(0.4, 0.02),
			scoreHistory(8, 0.02) + scoreTonight(-0.4, 0.02),
		},
		{
			"a score that nobody is sure of", "company_jumps",
			scoreHistory(8, 0.01) + scoreTonight(0.4, 0.1),
			scoreHistory(8, 0.01) + scoreTonight(0.4, 0.07),
		},
		{
			"a score with a short history", "company_jumps",
			scoreHistory(6, 0.01) + scoreTonight(0.4, 0.01),
			scoreHistory(7, 0.01) + scoreTonight(0.4, 0.01),
		},
		{
			"attention that doubled", "company_jumps",
			attentionHistory(1.9),
			attentionHistory(2.1),
		},
		{
			"a night that came late", "newest_night_is_late",
			publishedOn("2026-11-23"), publishedOn("2026-11-24"),
		},
		{
			"a night of the past", "newest_night_is_late",
			publishedOn("2026-11-24") + `
				insert into ops.runs (job, night, cause, state, host, process_id, started_at, heartbeat_at, run_id)
				overriding system value values ('publish', '2026-11-21', 'backfill', 'running', 'h', 1, '2026-11-24', '2026-11-24', 9);`,
			publishedOn("2026-11-24"),
		},
		{
			"a night that is not the newest", "newest_night_is_late",
			publishedOn("2026-11-24") + `
				insert into marts.nights select (jsonb_populate_record(n, '{"night": "2026-11-22"}')).* from marts.nights as n;`,
			publishedOn("2026-11-24"),
		},
		{
			"a day cut off", "articles_end_early",
			manyArticles("2026-11-21 12:00+00", 100), manyArticles("2026-11-21 11:59+00", 100),
		},
		{
			"a small day", "articles_end_early",
			manyArticles("2026-11-21 03:00+00", 98), manyArticles("2026-11-21 03:00+00", 99),
		},
		{
			"a language that fell silent", "language_falls_silent",
			deliveries(5, 10, 2), deliveries(5, 10, 1),
		},
		{
			"a language heard for four nights", "language_falls_silent",
			deliveries(4, 10, 1), deliveries(5, 10, 0),
		},
		{
			"tones that are missing", "tone_coverage_falls",
			tones(5, 0.5, 0.4), tones(5, 0.5, 0.39),
		},
		{
			"tones of a short history", "tone_coverage_falls",
			tones(4, 0.5, 0), tones(5, 0.5, 0),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, state := range []struct {
				given string
				want  int
			}{{c.fine, 0}, {c.bad, 1}} {
				tx, err := db.BeginTxx(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				defer tx.Rollback()
				if _, err := tx.ExecContext(t.Context(), state.given); err != nil {
					t.Fatal(err)
				}
				result, err := checks[c.check].run(t.Context(), tx, arguments{"night": "2026-11-21", "run_id": 9})
				if err != nil {
					t.Fatal(err)
				}
				if result.OffendingCount != state.want || result.Severity != SeverityWarn {
					t.Errorf("%s finds %d rows, want %d: %s", c.check, result.OffendingCount, state.want, result.Sample)
				}
				if err := tx.Rollback(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// scoreHistory moves the score by that much on each of n nights before.
func scoreHistory(n int, change float64) string {
	return fmt.Sprintf(`
		insert into intermediate.int_score_changes (
			night, company_id, previous_night, previous_score, score, log_score_change, news_effect, coverage_effect, method_effect, log_change_error
		)
		select date '2026-11-21' - i, 'acme', date '2026-11-20' - i, 50, 50, %[2]g, %[2]g, 0, 0, 0.001
		from generate_series(1, %[1]d) as i;`, n, change)
}

func scoreTonight(change, standardError float64) string {
	return fmt.Sprintf(`
		delete from intermediate.int_score_changes where night = '2026-11-21';
		insert into intermediate.int_score_changes (
			night, company_id, previous_night, previous_score, score, log_score_change, news_effect, coverage_effect, method_effect, log_change_error
		)
		values ('2026-11-21', 'acme', '2026-11-20', 50, 50, %[1]g, %[1]g, 0, 0, %[2]g);`, change, standardError)
}

// attentionHistory gives nights on which attention stood still; tonight it is that
// many times as high.
func attentionHistory(times float64) string {
	return fmt.Sprintf(`
		insert into intermediate.int_attention_shrunk (night, company_id, panel_share, attention, attention_with_quarantined)
		select t.night - i, t.company_id, t.panel_share, round(t.attention / %g, 12), t.attention_with_quarantined
		from intermediate.int_attention_shrunk as t
		cross join generate_series(1, 9) as i
		where t.night = '2026-11-21';
		delete from intermediate.int_nights_chained;
		insert into intermediate.int_nights_chained (night, previous_night, decay_factor)
		select date '2026-11-22' - i, date '2026-11-21' - i, 0.9 from generate_series(1, 9) as i;`, times)
}

func publishedOn(day string) string {
	return fmt.Sprintf(`
		insert into marts.nights
		select (jsonb_populate_record(cast(null as marts.nights), jsonb_build_object(
			'night', '2026-11-21', 'article_count', 1, 'story_count', 1, 'mention_count', 1, 'company_count', 1,
			'outlet_count', 1, 'country_count', 1, 'language_count', 1, 'panel_outlet_count', 1, 'panel_outlet_up_count', 1,
			'panel_coverage_share', 1, 'is_degraded', false, 'method_version', 'v', 'panel_id', 'p', 'revision', 1,
			'published_at', '%[1]s 06:00+00', 'published_date', '%[1]s'
		))).*;`, day)
}

// manyArticles adds n articles of a night that has one, the newest at the time.
func manyArticles(newest string, n int) string {
	return fmt.Sprintf(`
		select given.article('2026-11-21', 'o1', 1000 + i, concat('many ', i)) from generate_series(1, %d) as i;
		update staging.articles set published_at = '%s' where article_id = 1001;`, n, newest)
}

// deliveries are n nights with that many articles, and tonight's.
func deliveries(n, usual, tonight int) string {
	return fmt.Sprintf(`
		delete from intermediate.int_outlet_nights_counted where night = '2026-11-21';
		insert into intermediate.int_outlet_nights_counted (
			night, outlet_id, article_count, state, channel_count, readable_channel_count, suspect_count
		)
		select date '2026-11-21' - i, 'o1', case i when 0 then %d else %d end, 'up', 1, 1, 0
		from generate_series(0, %d) as i;`, tonight, usual, n)
}

// tones are n nights with that share of voices whose tone is known, and tonight's.
func tones(n int, usual, tonight float64) string {
	return fmt.Sprintf(`
		delete from intermediate.int_company_tones_summed where night = '2026-11-21';
		insert into intermediate.int_company_tones_summed (
			night, company_id, country_code, language_code, weight_sum, toned_weight_sum,
			negative_sum, positive_sum, toned_sum, toned_reach_sum, strong_negative_sum, net_sum
		)
		select date '2026-11-21' - i, 'acme', 'GB', 'en', 10, 10 * case i when 0 then %g else %g end, 0, 0, 1, 0, 0, 0
		from generate_series(0, %d) as i;`, tonight, usual, n)
}
