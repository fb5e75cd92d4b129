package build

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"runtime"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/index"
)

const (
	heldTable         = "intermediate.int_indicators_held"
	changeErrorsTable = "intermediate.int_changes_resampled"
	changeStoryTable  = "intermediate.int_score_change_stories"
)

// changesReads are the tables explainChanges reads: two nights of the index, the
// platforms of both, and the articles of the stories it found.
var changesReads = func() []string {
	reads := slices.Concat(indexReads, []string{
		"intermediate.int_mentions_weighted",
		"intermediate.int_nights_chained",
		"intermediate.int_reaction_norms_frozen",
		"intermediate.int_reactions_decayed",
		"staging.articles",
		"staging.platform_nights",
	})
	slices.Sort(reads)
	return slices.Compact(reads)
}()

var changesStep = Model{
	Table:   heldTable,
	Also:    []string{changeErrorsTable, changeStoryTable},
	Summary: "What coverage, method and stories did to scores since the night before.",
	Grain:   []string{"night", "company_id", "indicator"},
	Reads:   changesReads,
	Rebuild: RebuildNight,
	make:    explainChanges,
}

// explainChanges computes tonight's index in memory as it would have been. The
// models take what is left for news, so that everything adds up.
func explainChanges(ctx context.Context, _ *slog.Logger, tx *sqlx.Tx, night string) (int64, error) {
	previous, gap, err := nightBefore(ctx, tx, night)
	if err != nil || previous == "" {
		return 0, err
	}
	before, err := readIndex(ctx, tx, previous)
	if err != nil {
		return 0, err
	}
	after, err := readIndex(ctx, tx, night)
	if err != nil {
		return 0, err
	}
	standing, err := readStandingReactions(ctx, tx, previous, night)
	if err != nil {
		return 0, err
	}
	changes, err := index.Explain(ctx, before, after, gap, standing, runtime.GOMAXPROCS(0))
	if err != nil {
		return 0, fmt.Errorf("explain the change from %s to %s: %w", previous, night, err)
	}
	count, err := writeHeld(ctx, tx, night, changes)
	if err != nil {
		return 0, err
	}
	if err := writeChangeErrors(ctx, tx, night, changes); err != nil {
		return 0, err
	}
	return count, writeChangeStories(ctx, tx, night, changes)
}

// nightBefore is the night built before, empty if there is none, and how many
// nights lie between.
func nightBefore(ctx context.Context, tx *sqlx.Tx, night string) (previous string, gap int, err error) {
	var found struct {
		Previous sql.NullTime  `db:"previous_night"`
		Gap      sql.NullInt64 `db:"gap"`
	}
	err = tx.GetContext(ctx, &found, `
		select
			c.previous_night,
			c.night - c.previous_night as gap
		from intermediate.int_nights_chained as c
		where c.night = cast($1 as date)`, night)
	if err != nil {
		return "", 0, fmt.Errorf("ask for the night before %s: %w", night, err)
	}
	if !found.Previous.Valid {
		return "", 0, nil
	}
	return dateText(found.Previous.Time), int(found.Gap.Int64), nil
}

// readStandingReactions works out the reactions of tonight on the medians of the night
// before, and these of the platforms of the night before alone: one that was not
// read on both nights stays as it was. Nil where there are no platforms.
func readStandingReactions(ctx context.Context, tx *sqlx.Tx, previous, night string) (*index.Standing, error) {
	rows, err := tx.QueryContext(ctx, standingQuery, night, previous)
	if err != nil {
		return nil, fmt.Errorf("read the reactions of %s and %s: %w", previous, night, err)
	}
	defer rows.Close()
	standing := index.Standing{Rebased: map[string]index.Reactions{}, Held: map[string]index.Reactions{}}
	for rows.Next() {
		var id, measure string
		var rebased, held sql.NullFloat64
		if err := rows.Scan(&id, &measure, &rebased, &held); err != nil {
			return nil, fmt.Errorf("read the reactions of %s and %s: %w", previous, night, err)
		}
		for i := range 3 {
			if (index.Likes + index.Indicator(i)).String() == measure {
				put(standing.Rebased, id, i, rebased)
				put(standing.Held, id, i, held)
			}
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the reactions of %s and %s: %w", previous, night, err)
	}
	if len(standing.Held) == 0 {
		return nil, nil //nolint:nilnil // no platforms is the usual case and no error
	}
	return &standing, nil
}

func put(reactions map[string]index.Reactions, companyID string, i int, value sql.NullFloat64) {
	r := reactions[companyID]
	r.Raw[i], r.Has[i] = value.Float64, value.Valid
	reactions[companyID] = r
}

// standingQuery has a row for each company and measure if any platform was read
// on either night; the formula is that of int_influence_measured.
const standingQuery = `
	with
	platforms as (
		select
			p.platform,
			coalesce(bool_or(p.is_available) filter (where p.night = cast($1 as date)), false) as is_tonight,
			coalesce(bool_or(p.is_available) filter (where p.night = cast($2 as date)), false) as is_before
		from staging.platform_nights as p
		where p.night in (cast($1 as date), cast($2 as date))
		group by p.platform
	),
	norms as (
		select
			p.platform, p.is_tonight, p.is_before, m.measure,
			coalesce(
				max(m.median_value) filter (where m.night = cast($2 as date)),
				max(m.median_value) filter (where m.night = cast($1 as date))
			) as median_value
		from platforms as p
		inner join intermediate.int_reaction_norms_frozen as m
			on m.platform = p.platform and m.night in (cast($1 as date), cast($2 as date))
		where p.is_tonight or p.is_before
		group by p.platform, p.is_tonight, p.is_before, m.measure
	),
	valued as (
		select
			s.company_id, n.measure, n.is_tonight, n.is_before,
			least(ln(1 + coalesce(t.reaction_sum, 0) / n.median_value), k.reaction_cap) as tonight_value,
			least(
				ln(1 + coalesce(case when n.is_tonight then t.reaction_sum else b.reaction_sum end, 0) / n.median_value),
				k.reaction_cap
			) as held_value
		from intermediate.int_companies_scored as s
		inner join intermediate.int_constants_pivoted as k on k.night = cast($2 as date)
		cross join norms as n
		left join intermediate.int_reactions_decayed as t
			on
				t.night = s.night and t.company_id = s.company_id
				and t.platform = n.platform and t.measure = n.measure
		left join intermediate.int_reactions_decayed as b
			on
				b.night = cast($2 as date) and b.company_id = s.company_id
				and b.platform = n.platform and b.measure = n.measure
		where s.night = cast($1 as date)
	)
	select
		v.company_id, v.measure,
		round(avg(v.tonight_value) filter (where v.is_tonight), 12) as rebased_value,
		round(avg(v.held_value) filter (where v.is_before), 12) as held_value
	from valued as v
	group by v.company_id, v.measure`

// writeHeld writes the differences; one that is nothing has no row.
func writeHeld(ctx context.Context, tx *sqlx.Tx, night string, changes []index.Change) (int64, error) {
	columns := []string{"night", "company_id", "indicator", "coverage_difference", "method_difference"}
	count, err := warehouse.CopyRows(ctx, tx, heldTable, columns, func(yield func([]any) bool) {
		for _, c := range changes {
			for i, d := range c.Differences {
				if d.Coverage == 0 && d.Method == 0 {
					continue
				}
				if !yield([]any{night, c.CompanyID, index.Indicator(i).String(), number12(d.Coverage), number12(d.Method)}) {
					return
				}
			}
		}
	})
	if err != nil {
		return 0, fmt.Errorf("write what was held: %w", err)
	}
	return count, nil
}

func writeChangeErrors(ctx context.Context, tx *sqlx.Tx, night string, changes []index.Change) error {
	columns := []string{"night", "company_id", "log_change_error"}
	_, err := warehouse.CopyRows(ctx, tx, changeErrorsTable, columns, func(yield func([]any) bool) {
		for _, c := range changes {
			if !yield([]any{night, c.CompanyID, number12(c.LogError)}) {
				return
			}
		}
	})
	if err != nil {
		return fmt.Errorf("write the errors of %d changes: %w", len(changes), err)
	}
	return nil
}
