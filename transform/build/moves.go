package build

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// movesMax bounds the companies told of a night; the counts tell of all.
const movesMax = 20

// Moves are the differences between two revisions of a night's ranking.
type Moves struct {
	MovedCount   int           `json:"moved_company_count"`   // companies whose position differs
	ChangedCount int           `json:"changed_company_count"` // companies whose position or article count differs
	Companies    []CompanyMove `json:"companies"`             // the widest moves first, at most 20
}

// CompanyMove is a company whose position or article count differs. It has no
// position in a ranking it is not in.
type CompanyMove struct {
	CompanyID          string          `json:"company_id"`
	Name               string          `json:"company_name"`
	RankBefore         *int            `json:"rank_position_before"`
	RankAfter          *int            `json:"rank_position_after"`
	ArticleCountBefore int             `json:"article_count_before"`
	ArticleCountAfter  int             `json:"article_count_after"`
	ChangeCount        int             `json:"change_count"` // articles of it that the backfill changed
	Articles           []ArticleChange `json:"articles"`     // the most prominent of these, at most 5
}

// ArticleChange is an article that a backfill added, changed or took away, or
// whose mention of the company it did.
type ArticleChange struct {
	ArticleID int64  `json:"article_id"`
	Night     string `json:"night"`  // that of the article; where that is earlier, its sum carried on
	Change    string `json:"change"` // as ops.backfill_changes has it
	OutletID  string `json:"outlet_id"`
	Title     string `json:"title"`
	URL       string `json:"url"`
}

// revisionPair names two revisions of a night to compare; 0 is an empty ranking.
type revisionPair struct {
	night         time.Time
	before, after int
}

// readMoves compares rankings, by night.
func readMoves(ctx context.Context, from sqlx.QueryerContext, pairs []revisionPair) (map[string]Moves, error) {
	nights := make([]string, len(pairs))
	before := make([]int64, len(pairs))
	after := make([]int64, len(pairs))
	for i, p := range pairs {
		nights[i], before[i], after[i] = dateText(p.night), int64(p.before), int64(p.after)
	}
	// A company that is not in a ranking stands one place below its last one, so
	// that to come in at the top is a wide move and to fall out at the end none.
	rows, err := from.QueryxContext(ctx, `
		with pairs as (
			select p.night, p.revision_before, p.revision_after
			from unnest(cast($1 as date[]), cast($2 as integer[]), cast($3 as integer[]))
				as p (night, revision_before, revision_after)
		),
		rankings as (
			select r.night, r.company_id, r.rank_position, r.article_count, r.revision = p.revision_after as is_after
			from marts.company_ranking_revisions as r
			inner join pairs as p on p.night = r.night and r.revision in (p.revision_before, p.revision_after)
		),
		companies as (
			select
				r.night, r.company_id,
				max(r.rank_position) filter (where not r.is_after) as rank_before,
				max(r.rank_position) filter (where r.is_after) as rank_after,
				coalesce(max(r.article_count) filter (where not r.is_after), 0) as articles_before,
				coalesce(max(r.article_count) filter (where r.is_after), 0) as articles_after,
				max(max(r.rank_position)) over (partition by r.night) + 1 as nowhere
			from rankings as r
			inner join pairs as p on p.night = r.night
			where p.revision_before <> p.revision_after
			group by r.night, r.company_id
		),
		moves as (
			select
				c.night, c.company_id, c.rank_before, c.rank_after, c.articles_before, c.articles_after,
				count(*) over (partition by c.night) as changed_count,
				count(*) filter (where c.rank_before is distinct from c.rank_after) over (partition by c.night) as moved_count,
				row_number() over (
					partition by c.night
					order by
						abs(coalesce(c.rank_before, c.nowhere) - coalesce(c.rank_after, c.nowhere)) desc,
						abs(c.articles_before - c.articles_after) desc,
						c.company_id collate "C"
				) as place
			from companies as c
			where c.rank_before is distinct from c.rank_after or c.articles_before <> c.articles_after
		)
		select
			m.night, m.company_id, coalesce(d.name, m.company_id), m.rank_before, m.rank_after,
			m.articles_before, m.articles_after, m.changed_count, m.moved_count
		from moves as m
		left join marts.companies as d on d.company_id = m.company_id
		where m.place <= $4
		order by m.night, m.place`,
		pq.Array(nights), pq.Array(before), pq.Array(after), movesMax)
	if err != nil {
		return nil, fmt.Errorf("compare rankings: %w", err)
	}
	defer rows.Close()
	found := map[string]Moves{}
	for _, p := range pairs {
		found[dateText(p.night)] = Moves{Companies: []CompanyMove{}}
	}
	for rows.Next() {
		var night time.Time
		c := CompanyMove{Articles: []ArticleChange{}}
		var changed, moved int
		err := rows.Scan(&night, &c.CompanyID, &c.Name, &c.RankBefore, &c.RankAfter,
			&c.ArticleCountBefore, &c.ArticleCountAfter, &changed, &moved)
		if err != nil {
			return nil, fmt.Errorf("compare rankings: %w", err)
		}
		m := found[dateText(night)]
		m.ChangedCount, m.MovedCount = changed, moved
		m.Companies = append(m.Companies, c)
		found[dateText(night)] = m
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("compare rankings: %w", err)
	}
	return found, nil
}
