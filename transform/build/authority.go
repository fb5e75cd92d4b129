package build

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
)

const authoritiesTable = "intermediate.int_authorities_ranked"

var authoritiesStep = Model{
	Table:   authoritiesTable,
	Summary: "How much others take from an outlet.",
	Grain:   []string{"night", "outlet_id"},
	Reads: []string{
		authoritiesTable, "intermediate.int_constants_pivoted",
		"intermediate.int_reprints_counted", "seeds.outlets",
	},
	Rebuild: RebuildNight,
	make:    rankAuthorities,
}

// rankAuthorities freezes the authority of outlets for a quarter, as the panel is
// frozen: the first night of a quarter to be built ranks them by the reprints of
// the nights before it, and every other night of the quarter takes that over.
func rankAuthorities(ctx context.Context, lg *slog.Logger, tx *sqlx.Tx, night string) (int64, error) {
	copied, err := execCount(ctx, tx, `
		insert into intermediate.int_authorities_ranked (night, outlet_id, authority)
		select cast($1 as date), a.outlet_id, a.authority
		from intermediate.int_authorities_ranked as a
		where a.night = (
			select min(f.night)
			from intermediate.int_authorities_ranked as f
			where
				f.night <> cast($1 as date)
				and f.night > cast($1 as date) - 92
				and f.night < cast($1 as date) + 92
				and extract(quarter from f.night) = extract(quarter from cast($1 as date))
		)`, night)
	if err != nil {
		return 0, fmt.Errorf("take over the authorities of the quarter: %w", err)
	}
	if copied > 0 {
		return copied, nil
	}
	var outlets []string
	err = tx.SelectContext(ctx, &outlets, `
		select o.outlet_id
		from seeds.outlets as o
		where o.is_active and o.is_in_panel
		order by o.outlet_id collate "C"`)
	if err != nil {
		return 0, fmt.Errorf("list the outlets of the panel: %w", err)
	}
	var damping float64
	err = tx.GetContext(ctx, &damping, `
		select k.authority_damping
		from intermediate.int_constants_pivoted as k
		where k.night = cast($1 as date)`, night)
	if err != nil {
		return 0, fmt.Errorf("read the damping: %w", err)
	}
	var reprints []reprint
	err = tx.SelectContext(ctx, &reprints, `
		select r.from_outlet_id, r.to_outlet_id, sum(r.reprint_count) as reprint_count
		from intermediate.int_reprints_counted as r
		inner join intermediate.int_constants_pivoted as k
			on r.night < k.night and r.night >= k.night - k.authority_window_nights
		where k.night = cast($1 as date)
		group by r.from_outlet_id, r.to_outlet_id`, night)
	if err != nil {
		return 0, fmt.Errorf("read the reprints: %w", err)
	}
	authorities := pageRank(outlets, reprints, damping)
	lg.Info("authorities frozen for the quarter", "night", night,
		"outlets", len(outlets), "links", len(reprints))
	return warehouse.CopyRows(ctx, tx, authoritiesTable,
		[]string{"night", "outlet_id", "authority"}, authorityRows(night, outlets, authorities))
}

func authorityRows(night string, outlets []string, authorities []float64) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i, outlet := range outlets {
			// Twelve decimals: what the last bits of a float say is chance.
			if !yield([]any{night, outlet, strconv.FormatFloat(authorities[i], 'f', 12, 64)}) {
				return
			}
		}
	}
}

// reprint is a link: From took Count stories from To.
type reprint struct {
	From  string `db:"from_outlet_id"`
	To    string `db:"to_outlet_id"`
	Count int64  `db:"reprint_count"`
}

// PageRank stops when no round moves more than this in all, and after that many
// rounds: with a damping of .85 the distance shrinks to e-16 in 227.
const (
	pageRankPrecision = 1e-16
	pageRankRounds    = 500
)

// pageRank gives every outlet its authority, in the order of outlets: the chance
// to be there of a reader who follows a reprint to its source with probability
// damping, by the number of stories, and else opens any outlet; scaled to a mean
// of 1. Who reprints nobody sends the reader to any outlet. Links from or to what
// is no outlet of the list count for nothing. Without links all get 1. The sums
// are taken in the order of outlets, so the order of reprints does not matter.
func pageRank(outlets []string, reprints []reprint, damping float64) []float64 {
	places := make(map[string]int, len(outlets))
	for i, outlet := range outlets {
		places[outlet] = i
	}
	type link struct {
		from  int
		count int64
	}
	into := make([][]link, len(outlets))
	taken := make([]int64, len(outlets))
	reprints = slices.Clone(reprints)
	slices.SortFunc(reprints, func(a, b reprint) int {
		return strings.Compare(a.From, b.From)
	})
	for _, r := range reprints {
		from, isFrom := places[r.From]
		to, isTo := places[r.To]
		if isFrom && isTo && from != to {
			into[to] = append(into[to], link{from, r.Count})
			taken[from] += r.Count
		}
	}
	n := float64(len(outlets))
	rank := slices.Repeat([]float64{1}, len(outlets))
	for range pageRankRounds {
		lost := 0.0 // at outlets that reprint nobody
		for i, r := range rank {
			if taken[i] == 0 {
				lost += r
			}
		}
		next := make([]float64, len(outlets))
		moved := 0.0
		for i := range next {
			flow := lost / n
			for _, l := range into[i] {
				// The conversions keep compilers from fusing: the same on every machine.
				flow += float64(rank[l.from] * float64(l.count) / float64(taken[l.from]))
			}
			next[i] = float64(damping*flow) + (1 - damping)
			moved += max(next[i]-rank[i], rank[i]-next[i])
		}
		rank = next
		if moved <= pageRankPrecision*n {
			break
		}
	}
	return rank
}
