package collect

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// writeOutcomes gives every URL of the batch its outcome or counts the attempt.
func (l *loader) writeOutcomes(ctx context.Context, tx *sqlx.Tx, batch []result) error {
	n := len(batch)
	hash, urls, attempts := make([]int64, n), make([]string, n), make([]int64, n)
	outcome, reason, next := make([]*string, n), make([]*string, n), make([]*string, n)
	status, articles := make([]sql.NullInt64, n), make([]sql.NullInt64, n)
	pageTypes := make([]*string, n)
	for i, d := range batch {
		hash[i], urls[i], attempts[i] = d.url.Hash, d.url.URL, int64(d.attempts)
		if d.outcome != "" && !d.isAttempt {
			outcome[i] = &batch[i].outcome
		}
		reason[i], pageTypes[i] = text(d.reason), text(d.pageType)
		if !d.nextAttemptAt.IsZero() {
			s := d.nextAttemptAt.UTC().Format(time.RFC3339Nano)
			next[i] = &s
		}
		status[i] = sql.NullInt64{Int64: int64(d.status), Valid: d.status != 0}
		if d.article != nil {
			articles[i] = sql.NullInt64{Int64: d.article.ID, Valid: true}
		}
	}
	_, err := tx.ExecContext(ctx, `
		update ops.urls as u
		set outcome = i.outcome, reason = i.reason, http_status = cast(i.http_status as integer),
			attempt_count = greatest(u.attempt_count, cast(i.attempt_count as integer)),
			next_attempt_at = cast(i.next_attempt_at as timestamptz),
			decided_at = case when i.outcome is not null then cast($9 as timestamptz) end,
			decided_run_id = case when i.outcome is not null then cast($10 as bigint) end,
			article_id = i.article_id, page_type = i.page_type
		from (
			-- a page tried twice within one batch: the later try counts
			select distinct on (t.url_hash, t.url)
				t.url_hash, t.url, t.outcome, t.reason, t.http_status, t.attempt_count, t.next_attempt_at, t.article_id, t.page_type
			from unnest(
				cast($1 as bigint[]), cast($2 as text[]), cast($3 as text[]), cast($4 as text[]),
				cast($5 as bigint[]), cast($6 as bigint[]), cast($7 as text[]), cast($8 as bigint[]), cast($11 as text[])
			) with ordinality as t
				(url_hash, url, outcome, reason, http_status, attempt_count, next_attempt_at, article_id, page_type, position)
			order by t.url_hash, t.url, t.position desc
		) as i
		where u.url_hash = i.url_hash and u.url = i.url`,
		pq.Array(hash), pq.Array(urls), pq.Array(outcome), pq.Array(reason),
		pq.Array(status), pq.Array(attempts), pq.Array(next), pq.Array(articles),
		l.now().UTC(), l.run.ID, pq.Array(pageTypes))
	if err != nil {
		return fmt.Errorf("record the outcomes of %d URLs: %w", n, err)
	}
	return nil
}
