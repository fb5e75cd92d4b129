package collect

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Purposes of a fetch, as ops.url_attempts has them.
const (
	purposeFirst    = "first"
	purposeRecheck  = "recheck"
	purposeBackfill = "backfill"
)

// attempt is one fetch of a page: a row of ops.url_attempts.
type attempt struct {
	hash    int64
	at      time.Time
	purpose string
	status  int
	outcome string
	reason  string
	bytes   int64
	elapsed time.Duration // zero: no answer came
}

// day is the date of the attempt: the month of its partition.
func (a attempt) day() time.Time { return a.at.UTC().Truncate(24 * time.Hour) }

// writeAttempts adds the fetches of a batch. The months of their days must be
// there.
func writeAttempts(ctx context.Context, tx *sqlx.Tx, runID int64, list []attempt) error {
	if len(list) == 0 {
		return nil
	}
	n := len(list)
	hash, bytes := make([]int64, n), make([]int64, n)
	at, purpose := make([]string, n), make([]string, n)
	outcome, reason := make([]*string, n), make([]*string, n)
	status, elapsed := make([]sql.NullInt64, n), make([]sql.NullFloat64, n)
	for i, a := range list {
		hash[i], at[i], purpose[i], bytes[i] = a.hash, a.at.UTC().Format(time.RFC3339Nano), a.purpose, a.bytes
		outcome[i], reason[i] = text(a.outcome), text(a.reason)
		status[i] = sql.NullInt64{Int64: int64(a.status), Valid: a.status != 0}
		elapsed[i] = sql.NullFloat64{Float64: a.elapsed.Seconds(), Valid: a.elapsed > 0}
	}
	_, err := tx.ExecContext(ctx, `
		insert into ops.url_attempts
			(attempted_on, url_hash, attempted_at, purpose, run_id, http_status, outcome, reason, byte_count, elapsed)
		select
			cast(cast(i.attempted_at as timestamptz) at time zone 'UTC' as date), i.url_hash, cast(i.attempted_at as timestamptz),
			i.purpose, $9, cast(i.http_status as integer), i.outcome, i.reason, i.byte_count, make_interval(secs => i.elapsed)
		from unnest(
			cast($1 as bigint[]), cast($2 as text[]), cast($3 as text[]), cast($4 as text[]), cast($5 as text[]),
			cast($6 as bigint[]), cast($7 as bigint[]), cast($8 as double precision[])
		) as i (url_hash, attempted_at, purpose, outcome, reason, http_status, byte_count, elapsed)
		on conflict do nothing`,
		pq.Array(hash), pq.Array(at), pq.Array(purpose), pq.Array(outcome), pq.Array(reason),
		pq.Array(status), pq.Array(bytes), pq.Array(elapsed), runID)
	if err != nil {
		return fmt.Errorf("record %d fetches: %w", n, err)
	}
	return nil
}
