package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// heartbeat is how often a run says that it is alive.
const heartbeat = 10 * time.Second

// lock is a Postgres advisory lock held by a connection of its own: it ends with
// that connection, so a killed process never leaves one behind.
type lock struct {
	conn *sqlx.Conn
	key  string
}

// lock takes the lock of a job, or of a scope of it, waiting up to patience for
// another holder: a process that was just killed gives its lock back a moment
// later.
func (l *Ledger) lock(ctx context.Context, job, scope string, patience time.Duration) (*lock, error) {
	conn, err := l.db.Connx(ctx)
	if err != nil {
		return nil, fmt.Errorf("take the lock of %s: %w", job, err)
	}
	key := "overheard/" + job
	if scope != "" {
		key += "/" + scope
	}
	for end := time.Now().Add(patience); ; {
		var held bool
		if err := conn.GetContext(ctx, &held, `select pg_try_advisory_lock(hashtextextended($1, 0))`, key); err != nil {
			return nil, errors.Join(fmt.Errorf("take the lock of %s: %w", job, err), conn.Close())
		}
		if held {
			return &lock{conn: conn, key: key}, nil
		}
		if time.Now().After(end) {
			busy := &BusyError{Job: job, Running: l.running(ctx, job, scope)}
			return nil, errors.Join(busy, conn.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), conn.Close())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// release gives the lock back. It uses no caller's context, which may be over.
func (k *lock) release() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	// If the unlock fails the connection is broken, and the lock is gone with it.
	_, _ = k.conn.ExecContext(ctx, `select pg_advisory_unlock(hashtextextended($1, 0))`, k.key)
	_ = k.conn.Close()
}

// beat writes the heartbeat through the lock's own connection, which proves in
// one step that the run still holds its lock.
func (l *Ledger) beat(ctx context.Context, run *Run, k *lock) error {
	ctx, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	_, err := k.conn.ExecContext(ctx, `update ops.runs set heartbeat_at = $2 where run_id = $1`, run.ID, l.now().UTC())
	return err
}

// running is the newest run of a job, or of a scope of it, that says it is
// running, or nil.
func (l *Ledger) running(ctx context.Context, job, scope string) *Row {
	var row Row
	err := l.db.GetContext(ctx, &row, `select `+rowColumns+`
		from ops.runs where job = $1 and ($2 = '' or scope = $2) and state = 'running'
		order by run_id desc limit 1`, job, scope)
	if err != nil {
		return nil
	}
	return &row
}
