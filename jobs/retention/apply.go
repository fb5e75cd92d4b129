package retention

import (
	"context"
	"fmt"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse"
)

// Apply does what was planned, each action by itself, and counts it on run. An
// action that would keep others waiting is put off to the next time and counted as
// postponed; one that fails is counted and logged, and the others are done.
func (r *Retention) Apply(ctx context.Context, run *ledger.Run, actions []Action) error {
	if err := r.finishDetached(ctx); err != nil {
		return err
	}
	if err := r.mark(ctx, run.ID, actions); err != nil {
		return err
	}
	for _, a := range actions {
		err := r.do(ctx, run, a)
		switch {
		case err == nil:
			r.lg.Info("retention", "kind", a.Kind, "subject", a.Subject, "table", a.Table, "partition", a.Partition, "kept_from", a.KeptFrom.String())
		case ctx.Err() != nil:
			return err
		case warehouse.IsConflict(err):
			run.Count("postponed", 1)
			r.lg.Info("retention is put off: the table is in use", "table", a.Table, "partition", a.Partition)
		default:
			run.Fail(1)
			r.lg.Error("retention failed", "kind", a.Kind, "table", a.Table, "partition", a.Partition, "error", err)
		}
	}
	return nil
}

func (r *Retention) do(ctx context.Context, run *ledger.Run, a Action) error {
	switch a.Kind {
	case Drop:
		if err := r.drop(ctx, a); err != nil {
			return err
		}
		run.Count("months_dropped", 1)
		run.Count("bytes_freed", a.Bytes)
	case Thin, Blank:
		bytes, err := r.rewrite(ctx, a)
		if err != nil {
			return err
		}
		run.Count("months_thinned", 1)
		run.Count("bytes_freed", max(0, a.Bytes-bytes))
	case Delete:
		return r.delete(ctx, run, a)
	case Regard:
		if _, err := r.db.ExecContext(ctx, "analyze "+a.Table); err != nil {
			return fmt.Errorf("analyze %s: %w", a.Table, err)
		}
		run.Count("tables_analyzed", 1)
	default:
		return fmt.Errorf("unknown action %q", a.Kind)
	}
	return nil
}

// mark says what is going to go. A mark never moves back: what is gone is gone.
func (r *Retention) mark(ctx context.Context, runID int64, actions []Action) error {
	marks := map[string]time.Time{}
	for _, a := range actions {
		// Rows of small tables go later than months: they move no mark.
		isMoving := a.Kind == Drop || a.Kind == Thin || a.Kind == Blank || a.Subject == URLs
		if isMoving && a.KeptFrom.After(marks[a.Subject]) {
			marks[a.Subject] = a.KeptFrom.Time
		}
	}
	for subject, from := range marks {
		_, err := r.db.ExecContext(ctx, `
			insert into ops.retention_marks as m (subject, kept_from, marked_at, run_id)
			values ($1, cast($2 as date), $3, $4)
			on conflict (subject) do update set
				kept_from = excluded.kept_from,
				marked_at = excluded.marked_at,
				run_id = excluded.run_id
			where m.kept_from < excluded.kept_from`,
			subject, from.Format(time.DateOnly), r.now().UTC(), runID)
		if err != nil {
			return fmt.Errorf("note what retention takes away: %w", err)
		}
	}
	return nil
}

// deleteBatch is how many rows go in a statement: locks are short, and a run that is
// cut off has done most of its work.
const deleteBatch = 20_000

func (r *Retention) delete(ctx context.Context, run *ledger.Run, a Action) error {
	var total int64
	key, ok := deleteKeys[a.Table]
	if !ok {
		// A night of a small table is some thousand rows; all its months are one.
		done, err := r.db.ExecContext(ctx, "delete from "+a.Table+" as t where "+a.condition(), a.KeptFrom.String())
		if err != nil {
			return fmt.Errorf("delete from %s: %w", a.Table, err)
		}
		total, _ = done.RowsAffected()
	}
	for ok {
		done, err := r.db.ExecContext(ctx, fmt.Sprintf(`
			delete from %[1]s where (%[2]s) in (
				select %[3]s from %[1]s as t where %[4]s order by t.%[5]s, %[3]s limit %[6]d
			)`, a.Table, key[0], key[1], a.condition(), a.column, deleteBatch), a.KeptFrom.String())
		if err != nil {
			return fmt.Errorf("delete from %s: %w", a.Table, err)
		}
		n, _ := done.RowsAffected()
		if total += n; n < deleteBatch {
			break
		}
	}
	run.Count("rows_deleted", total)
	if total == 0 {
		return nil
	}
	if _, err := r.db.ExecContext(ctx, "vacuum (analyze) "+a.Table); err != nil {
		return fmt.Errorf("vacuum %s: %w", a.Table, err)
	}
	return nil
}

// deleteKeys are the keys of tables that are deleted from in parts: as columns, and
// as columns of t.
var deleteKeys = map[string][2]string{
	"ops.urls":        {"url_hash, url", "t.url_hash, t.url"},
	"ops.outlet_runs": {"run_id, outlet_id", "t.run_id, t.outlet_id"},
}
