package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// Changes of an article or a mention, as ops.backfill_changes has them.
const (
	articleAdded   = "article_added"
	articleChanged = "article_changed"
	articleRemoved = "article_removed"
	mentionAdded   = "mention_added"
	mentionChanged = "mention_changed"
	mentionRemoved = "mention_removed"
)

// change is what a transaction does to an article, or to its mention of a company.
type change struct {
	night     time.Time
	articleID int64
	companyID string // empty: the article itself
	what      string
}

// writeChanges notes in the transaction that makes the changes which nights they
// are of, so that these are known to be stale, and for a backfill each of them.
func writeChanges(ctx context.Context, tx *sqlx.Tx, run *ledger.Run, list []change) error {
	if len(list) == 0 {
		return nil
	}
	n := len(list)
	nights, articles, companies, what := make([]string, n), make([]int64, n), make([]string, n), make([]string, n)
	for i, c := range list {
		nights[i], articles[i], companies[i], what[i] = c.night.Format(time.DateOnly), c.articleID, c.companyID, c.what
	}
	_, err := tx.ExecContext(ctx, `
		insert into ops.night_changes (night, transaction_id, run_id)
		select distinct cast(i.night as date), cast(cast(pg_current_xact_id() as text) as numeric), cast($2 as bigint)
		from unnest(cast($1 as text[])) as i (night)
		on conflict do nothing`, pq.Array(nights), run.ID)
	if err != nil {
		return fmt.Errorf("note which nights have changed: %w", err)
	}
	if run.BackfillID == 0 {
		return nil
	}
	_, err = tx.ExecContext(ctx, `
		insert into ops.backfill_changes as b (backfill_id, night, article_id, company_id, change, run_id)
		select distinct on (i.night, i.article_id, i.company_id)
			cast($5 as bigint), cast(i.night as date), i.article_id, i.company_id, i.change, cast($6 as bigint)
		from unnest(cast($1 as text[]), cast($2 as bigint[]), cast($3 as text[]), cast($4 as text[]))
			with ordinality as i (night, article_id, company_id, change, position)
		order by i.night, i.article_id, i.company_id, i.position desc
		on conflict (backfill_id, night, article_id, company_id) do update
		set change = excluded.change, run_id = excluded.run_id
		-- what it added and then changed, it added
		where not (b.change in ('article_added', 'mention_added') and excluded.change in ('article_changed', 'mention_changed'))`,
		pq.Array(nights), pq.Array(articles), pq.Array(companies), pq.Array(what), run.BackfillID, run.ID)
	if err != nil {
		return fmt.Errorf("note what the backfill has changed: %w", err)
	}
	return nil
}
