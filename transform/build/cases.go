package build

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
)

const (
	casesTable        = "intermediate.int_cases_selected"
	caseArticlesTable = "intermediate.int_case_articles"
)

var casesStep = Model{
	Table:   casesTable,
	Also:    []string{caseArticlesTable},
	Summary: "The representative companies, and articles that show why.",
	Grain:   []string{"night", "company_id"},
	Reads: []string{
		"intermediate.int_companies_comprehended",
		"intermediate.int_companies_rolled_up",
		"intermediate.int_constants_pivoted",
		"intermediate.int_dimensions_scored",
		"intermediate.int_mention_dimensions",
		"intermediate.int_mentions_weighted",
		"intermediate.int_naming_articles",
		"intermediate.int_objects_selected",
		"intermediate.int_ranks_resampled",
		"seeds.companies",
		"staging.mentions",
	},
	Rebuild: RebuildNight,
	make:    selectCases,
	back:    92, // as the statement of its articles has it
}

// selectCases chooses the cases of the night (sql/METHOD.md, section 4) and finds
// articles that show why. What could not be held to is said in every row.
func selectCases(ctx context.Context, lg *slog.Logger, tx *sqlx.Tx, night string) (int64, error) {
	rules, err := readCaseRules(ctx, tx, night)
	if err != nil {
		return 0, err
	}
	candidates, err := readCaseCandidates(ctx, tx, night)
	if err != nil {
		return 0, err
	}
	chosen, caveats := chooseCases(candidates, rules)
	lg.Info("cases chosen", "night", night, "candidates", len(candidates), "cases", len(chosen), "caveats", caveats)
	columns := []string{
		"night", "company_id", "case_position", "comprehensive_score", "discounted_score", "reason_code", "caveat_code",
	}
	count, err := warehouse.CopyRows(ctx, tx, casesTable, columns, func(yield func([]any) bool) {
		for i, c := range chosen {
			if !yield([]any{
				night, c.CompanyID, i + 1, number12(c.Score), number12(c.Discounted), c.Reason, caveatCode(c, caveats),
			}) {
				return
			}
		}
	})
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, caseArticlesStatement, night, articlesOfCase); err != nil {
		return 0, fmt.Errorf("find articles of the %d cases: %w", len(chosen), err)
	}
	return count, nil
}

// caveatCode joins what could not be held to; null if all was.
func caveatCode(c caseChoice, caveats []string) any {
	if !c.IsSure {
		caveats = append([]string{"probability_unknown"}, caveats...)
	}
	if len(caveats) == 0 {
		return nil
	}
	return strings.Join(caveats, ",")
}

func readCaseRules(ctx context.Context, tx *sqlx.Tx, night string) (caseRules, error) {
	var rules caseRules
	err := tx.QueryRowContext(ctx, `
		select
			cast(k.case_count as integer), k.case_sector_discount,
			cast(k.case_sector_max as integer), cast(k.case_sectors_min as integer)
		from intermediate.int_constants_pivoted as k
		where k.night = cast($1 as date)`, night).Scan(
		&rules.Count, &rules.SectorDiscount, &rules.SectorMax, &rules.SectorsMin)
	if err != nil {
		return rules, fmt.Errorf("read the rules of the cases: %w", err)
	}
	return rules, nil
}

// readCaseCandidates reads the objects that are written about enough, in enough
// dimensions, and whose place in front is sure enough, or not known yet.
func readCaseCandidates(ctx context.Context, tx *sqlx.Tx, night string) ([]caseCandidate, error) {
	dimensions, err := readCaseDimensions(ctx, tx, night)
	if err != nil {
		return nil, err
	}
	var candidates []caseCandidate
	err = tx.SelectContext(ctx, &candidates, `
		select
			e.company_id, c.sector, c.ownership, e.score,
			r.comprehensive_top40_probability is not null as is_sure
		from intermediate.int_companies_comprehended as e
		inner join intermediate.int_objects_selected as o
			on o.night = e.night and o.company_id = e.company_id and o.is_object
		inner join intermediate.int_constants_pivoted as k on k.night = e.night
		inner join seeds.companies as c on c.company_id = e.company_id
		left join intermediate.int_ranks_resampled as r on r.night = e.night and r.company_id = e.company_id
		where
			e.night = cast($1 as date)
			and e.mention_sum >= k.case_mentions_min
			and e.dimension_count >= k.case_dimensions_min
			and coalesce(r.comprehensive_top40_probability >= k.case_probability_min, true)`, night)
	if err != nil {
		return nil, fmt.Errorf("read the companies that may be cases: %w", err)
	}
	for i, c := range candidates {
		candidates[i].Dimensions = dimensions[c.CompanyID]
	}
	return candidates, nil
}

// readCaseDimensions reads the scores of dimensions by company and dimension.
func readCaseDimensions(ctx context.Context, tx *sqlx.Tx, night string) (map[string]map[string]float64, error) {
	var rows []struct {
		CompanyID string `db:"company_id"`
		Dimension string
		Score     float64
	}
	err := tx.SelectContext(ctx, &rows, `
		select d.company_id, d.dimension, d.score
		from intermediate.int_dimensions_scored as d
		where d.night = cast($1 as date)`, night)
	if err != nil {
		return nil, fmt.Errorf("read the scores of dimensions: %w", err)
	}
	scores := map[string]map[string]float64{}
	for _, r := range rows {
		if scores[r.CompanyID] == nil {
			scores[r.CompanyID] = map[string]float64{}
		}
		scores[r.CompanyID][r.Dimension] = r.Score
	}
	return scores, nil
}
