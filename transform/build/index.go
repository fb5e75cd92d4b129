package build

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/index"
)

const (
	resampledTable    = "intermediate.int_ranks_resampled"
	variedTable       = "intermediate.int_ranks_varied"
	methodsTable      = "intermediate.int_methods_varied"
	replicateCount    = 500 // sql/METHOD.md, section 5
	decimalsOfShares  = 4
	decimalsOfNumbers = 12
)

var uncertaintyStep = Model{
	Table:   resampledTable,
	Also:    []string{variedTable, methodsTable},
	Summary: "How far ranks and scores would differ by chance and by method.",
	Grain:   []string{"night", "company_id"},
	Reads:   indexReads,
	Rebuild: RebuildNight,
	make:    measureUncertainty,
}

// measureUncertainty computes the index of the night in memory, again and again:
// with other outlets and stories, and by other methods.
func measureUncertainty(ctx context.Context, _ *slog.Logger, tx *sqlx.Tx, night string) (int64, error) {
	in, err := readIndex(ctx, tx, night)
	if err != nil {
		return 0, err
	}
	if len(in.Companies) == 0 {
		return 0, nil
	}
	intervals, err := index.Resample(ctx, in, replicateCount, runtime.GOMAXPROCS(0))
	if err != nil {
		return 0, fmt.Errorf("resample the index of %s: %w", night, err)
	}
	variations, methods, err := index.Vary(ctx, in, runtime.GOMAXPROCS(0))
	if err != nil {
		return 0, fmt.Errorf("vary the method of %s: %w", night, err)
	}
	if err := writeVariations(ctx, tx, in, variations); err != nil {
		return 0, err
	}
	if err := writeMethods(ctx, tx, in, methods); err != nil {
		return 0, err
	}
	return writeIntervals(ctx, tx, in, intervals)
}

func writeIntervals(ctx context.Context, tx *sqlx.Tx, in *index.Input, intervals []index.Interval) (int64, error) {
	columns := []string{
		"night", "company_id", "rank_low", "rank_high", "top10_probability", "top20_probability",
		"score_low", "score_high", "log_score_error", "tie_group", "comprehensive_top40_probability",
	}
	return warehouse.CopyRows(ctx, tx, resampledTable, columns, func(yield func([]any) bool) {
		for c, i := range intervals {
			row := []any{
				in.Night, in.Companies[c].ID, nil, nil, nil, nil,
				number12(i.ScoreLow), number12(i.ScoreHigh), number12(i.LogScoreError), nil, nil,
			}
			if in.Companies[c].IsRanked {
				row[2], row[3], row[4], row[5] = i.RankLow, i.RankHigh, share(i.Top10), share(i.Top20)
				row[9] = i.TieGroup
			}
			if i.HasComprehensive {
				row[10] = share(i.ComprehensiveTop40)
			}
			if !yield(row) {
				return
			}
		}
	})
}

func writeVariations(ctx context.Context, tx *sqlx.Tx, in *index.Input, variations []index.Variation) error {
	columns := []string{
		"night", "company_id", "rank_low", "rank_high", "is_one_indicator", "is_one_outlet",
		"deciding_indicator", "deciding_outlet_id",
	}
	_, err := warehouse.CopyRows(ctx, tx, variedTable, columns, func(yield func([]any) bool) {
		for c, v := range variations {
			if !in.Companies[c].IsRanked {
				continue
			}
			row := []any{
				in.Night, in.Companies[c].ID, v.RankLow, v.RankHigh,
				v.HasDecidingIndicator, v.HasDecidingOutlet, nil, nil,
			}
			if v.HasDecidingIndicator {
				row[6] = v.DecidingIndicator.String()
			}
			if v.HasDecidingOutlet {
				row[7] = in.Outlets[v.DecidingOutlet].ID
			}
			if !yield(row) {
				return
			}
		}
	})
	return err
}

func writeMethods(ctx context.Context, tx *sqlx.Tx, in *index.Input, methods []index.MethodVariant) error {
	columns := []string{"night", "variant", "kendall_tau", "rank_change_mean", "rank_change_max"}
	_, err := warehouse.CopyRows(ctx, tx, methodsTable, columns, func(yield func([]any) bool) {
		for _, m := range methods {
			row := []any{in.Night, m.Name, number12(m.KendallTau), number12(m.RankChangeMean), m.RankChangeMax}
			if !yield(row) {
				return
			}
		}
	})
	return err
}

// share and number12 are how numbers go to the tables: rounded once, at the end.
func share(value float64) string    { return fmt.Sprintf("%.*f", decimalsOfShares, value) }
func number12(value float64) string { return fmt.Sprintf("%.*f", decimalsOfNumbers, value) }
