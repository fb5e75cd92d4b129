package build

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// What became of a night of a backfill.
const (
	NightUnchanged   = "unchanged"     // what readers have is what they had
	NightChanged     = "changed"       // a new revision stands
	NightNew         = "new"           // published for the first time
	NightUnpublished = "not_published" // readers do not have it
)

// articlesMax bounds the articles told of a company that moved.
const articlesMax = 5

// Diff tells what a backfill did to what readers see.
type Diff struct {
	BackfillID       int64            `json:"backfill_id"`
	UnchangedCount   int              `json:"unchanged_night_count"`
	ChangedCount     int              `json:"changed_night_count"`
	NewCount         int              `json:"new_night_count"`
	UnpublishedCount int              `json:"not_published_night_count"`
	Changes          map[string]int64 `json:"changes"` // articles and mentions by ops.backfill_changes.change
	Nights           []NightDiff      `json:"nights"`  // oldest first
}

// NightDiff compares the ranking that stood when the backfill was applied with
// the one that stands now.
type NightDiff struct {
	Night          string   `json:"night"`
	State          string   `json:"state"`
	Reason         *string  `json:"reason"` // why it is not published, or why the standing one was kept; null if there is nothing to say
	RevisionBefore *int     `json:"revision_before"`
	RevisionAfter  *int     `json:"revision_after"`
	ArticlesBefore *int     `json:"article_count_before"`
	ArticlesAfter  *int     `json:"article_count_after"`
	CoverageBefore *float64 `json:"panel_coverage_share_before"`
	CoverageAfter  *float64 `json:"panel_coverage_share_after"`
	Moves
}

// RankingDiff compares every night of a backfill with what stood before it: which
// nights changed, which companies moved, and which of the articles the backfill
// changed moved them. A company without such an article on the night itself moved
// with those of the newest night before it, whose sums the night carries, or
// because others did.
func RankingDiff(ctx context.Context, db *sqlx.DB, backfillID int64) (Diff, error) {
	diff := Diff{BackfillID: backfillID, Changes: map[string]int64{}}
	var err error
	if diff.Nights, err = readNightDiffs(ctx, db, backfillID); err != nil {
		return Diff{}, fmt.Errorf("compare the nights of backfill %d: %w", backfillID, err)
	}
	var pairs []revisionPair
	for _, n := range diff.Nights {
		switch n.State {
		case NightUnchanged:
			diff.UnchangedCount++
		case NightChanged:
			diff.ChangedCount++
		case NightNew:
			diff.NewCount++
		case NightUnpublished:
			diff.UnpublishedCount++
		}
		if n.State == NightChanged || n.State == NightNew {
			pairs = append(pairs, n.pair())
		}
	}
	moves, err := readMoves(ctx, db, pairs)
	if err != nil {
		return Diff{}, fmt.Errorf("compare the nights of backfill %d: %w", backfillID, err)
	}
	for i := range diff.Nights {
		if m, isCompared := moves[diff.Nights[i].Night]; isCompared {
			diff.Nights[i].Moves = m
		}
	}
	if err := readMovers(ctx, db, &diff); err != nil {
		return Diff{}, fmt.Errorf("read what moved the companies of backfill %d: %w", backfillID, err)
	}
	return diff, nil
}

// pair is what to compare; the text of a night always is a date.
func (n NightDiff) pair() revisionPair {
	night, _ := time.Parse(time.DateOnly, n.Night)
	p := revisionPair{night: night, after: *n.RevisionAfter}
	if n.RevisionBefore != nil {
		p.before = *n.RevisionBefore
	}
	return p
}

// readNightDiffs lists the nights of the backfill's plan. Which revision stood
// before is what apply wrote down with the interval that builds the night; nights
// that the plan did not build have none, and what stands is theirs.
func readNightDiffs(ctx context.Context, db *sqlx.DB, backfillID int64) ([]NightDiff, error) {
	rows, err := db.QueryxContext(ctx, `
		with items as (
			select
				b.night,
				bool_or(b.job = 'rebuild') as is_built,
				max(b.revision_before) as revision_before,
				max(coalesce(i.state, b.state)) filter (where b.job = 'rebuild') as state,
				max(coalesce(i.error, b.error)) filter (where b.job = 'rebuild') as error
			from ops.backfill_items as b
			left join ops.intervals as i
				on i.job = b.job and i.night = b.night and i.scope = b.scope and i.backfill_id = b.backfill_id
			where b.backfill_id = $1
			group by b.night
		),
		nights as (
			select
				t.night, t.is_built, t.state, t.error, n.revision as revision_after,
				case when t.is_built then t.revision_before else n.revision end as revision_before
			from items as t
			left join marts.nights as n on n.night = t.night
		)
		select
			n.night,
			n.revision_before,
			n.revision_after,
			case
				when n.revision_after is null then 'not_published'
				when n.revision_before is null then 'new'
				when n.revision_before = n.revision_after then 'unchanged'
				else 'changed'
			end as state,
			case
				when not n.is_built then 'the plan does not build it'
				when n.state <> 'done' then coalesce(n.error, 'its interval is ' || n.state)
				when n.revision_after is null then coalesce(n.error, 'nothing of it was published')
			end as reason,
			b.article_count,
			a.article_count,
			b.panel_coverage_share,
			a.panel_coverage_share
		from nights as n
		left join marts.night_revisions as b on b.night = n.night and b.revision = n.revision_before
		left join marts.night_revisions as a on a.night = n.night and a.revision = n.revision_after
		order by n.night`, backfillID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	nights := []NightDiff{}
	for rows.Next() {
		n := NightDiff{Moves: Moves{Companies: []CompanyMove{}}}
		var night time.Time
		err := rows.Scan(&night, &n.RevisionBefore, &n.RevisionAfter, &n.State, &n.Reason,
			&n.ArticlesBefore, &n.ArticlesAfter, &n.CoverageBefore, &n.CoverageAfter)
		if err != nil {
			return nil, err
		}
		n.Night = dateText(night)
		nights = append(nights, n)
	}
	return nights, rows.Err()
}

// readMovers fills in what the backfill changed, in all and for each company that
// moved.
func readMovers(ctx context.Context, db *sqlx.DB, diff *Diff) error {
	var totals []struct {
		Change string `db:"change"`
		Count  int64  `db:"change_count"`
	}
	err := db.SelectContext(ctx, &totals, `
		select c.change, count(*) as change_count
		from ops.backfill_changes as c
		where c.backfill_id = $1
		group by c.change`, diff.BackfillID)
	if err != nil {
		return err
	}
	for _, t := range totals {
		diff.Changes[t.Change] = t.Count
	}
	type key struct{ night, company string }
	moves := map[key]*CompanyMove{}
	var nights, companies []string
	for i := range diff.Nights {
		for j := range diff.Nights[i].Companies {
			move := &diff.Nights[i].Companies[j]
			moves[key{diff.Nights[i].Night, move.CompanyID}] = move
			nights = append(nights, diff.Nights[i].Night)
			companies = append(companies, move.CompanyID)
		}
	}
	if len(moves) == 0 {
		return nil
	}
	rows, err := db.QueryxContext(ctx, moversQuery, diff.BackfillID, pq.Array(nights), pq.Array(companies), articlesMax)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var night, changedOn time.Time
		var company string
		var a ArticleChange
		var count int
		err := rows.Scan(&night, &company, &count, &a.ArticleID, &changedOn, &a.Change, &a.OutletID, &a.Title, &a.URL)
		if err != nil {
			return err
		}
		a.Night = dateText(changedOn)
		move := moves[key{dateText(night), company}]
		move.ChangeCount = count
		move.Articles = append(move.Articles, a)
	}
	return rows.Err()
}

// moversQuery counts the changes once, because a backfill may have a million of
// them, and then reads those of the companies that moved. An article that was
// taken away may stand in another night now, or nowhere.
const moversQuery = `
	with moved as (
		select m.night, m.company_id
		from unnest(cast($2 as date[]), cast($3 as text[])) as m (night, company_id)
	),
	counts as (
		select c.night, c.company_id, count(*) as change_count
		from ops.backfill_changes as c
		where c.backfill_id = $1 and c.company_id <> ''
		group by c.night, c.company_id
	),
	nearest as (
		select m.night, m.company_id, max(c.night) as change_night
		from moved as m
		inner join counts as c on c.company_id = m.company_id and c.night <= m.night
		group by m.night, m.company_id
	),
	changed as (
		select
			n.night, n.company_id, c.night as change_night, c.article_id, c.change,
			row_number() over (
				partition by n.night, n.company_id
				order by s.salience desc nulls last, c.article_id
			) as place
		from nearest as n
		inner join ops.backfill_changes as c
			on c.backfill_id = $1 and c.night = n.change_night and c.company_id = n.company_id
		left join staging.mentions as s
			on s.night = c.night and s.company_id = c.company_id and s.article_id = c.article_id
	),
	told as (
		select c.night, c.company_id, c.change_night, c.article_id, c.change, c.place
		from changed as c
		where c.place <= $4
	),
	titles as (
		select a.article_id, max(a.outlet_id) as outlet_id, max(a.title) as title, max(a.url) as url
		from staging.articles as a
		where a.article_id in (select t.article_id from told as t)
		group by a.article_id
	)
	select
		t.night, t.company_id, k.change_count, t.article_id, t.change_night, t.change,
		coalesce(a.outlet_id, ''), coalesce(a.title, ''), coalesce(a.url, '')
	from told as t
	inner join counts as k on k.night = t.change_night and k.company_id = t.company_id
	left join titles as a on a.article_id = t.article_id
	order by t.night, t.company_id, t.place`
