package build

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// RebuildProgress is told whenever a rebuild has done a step.
type RebuildProgress struct {
	Night      time.Time
	Table      string // empty: the checks of the night, which then is whole
	NightCount int    // nights of this rebuild
	NightsDone int
	StepCount  int // steps of this rebuild, checks included
	StepsDone  int
	IsResumed  bool // an earlier try had done this step
}

// Rebuild builds nights anew, which must be in order, several tables at a time, and
// makes what Build makes of them one after the other.
//
// Every model goes through the nights in their order, each on its own: a table of a
// night waits for the tables it reads on that night, and for itself on the night
// before. So whatever looks back finds what it would find if whole nights were
// built in order, while the stories of one night are told beside the sums of an
// earlier one. Models that ask which night of a quarter stands find the same, because
// the first night of a quarter is made whole before another begins.
//
// Each step is a transaction that notes that it is done, and a rebuild of the same
// nights that was cut off, however roughly, goes on where it stopped; with other
// models, or a wider range, it starts anew. Until a night is whole it is in
// ops.rebuild_nights, and a check keeps it from being published. A night that its
// checks refuse ends the rebuild with a *RefusedError: later nights would carry it.
func (b *Builder) Rebuild(
	ctx context.Context, runID int64, nights []time.Time, workers int, show func(RebuildProgress),
) error {
	if len(nights) == 0 {
		return nil
	}
	if !slices.IsSortedFunc(nights, time.Time.Compare) {
		return errors.New("rebuild: the nights are not in order")
	}
	if err := b.prepare(ctx, nights...); err != nil {
		return err
	}
	conn, err := b.db.Connx(ctx)
	if err != nil {
		return fmt.Errorf("connect for the rebuild: %w", err)
	}
	defer conn.Close()
	if err := b.lock(ctx, conn); err != nil {
		return err
	}
	defer b.unlock(ctx, conn)
	r, err := b.planRebuild(ctx, runID, nights)
	if err != nil {
		return err
	}
	r.show = show
	return r.work(ctx, max(1, workers))
}

// fingerprint changes with any model.
func (b *Builder) fingerprint() string {
	sum := md5.New()
	for _, m := range b.intermediate {
		fmt.Fprintf(sum, "%s\n%s\n", m.Table, m.SQL)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// rebuilding is a rebuild under way. Next[i] is the place in nights of the night
// that model i does next; the last place stands for the checks, which are done when
// all models are.
type rebuilding struct {
	b      *Builder
	runID  int64
	nights []time.Time
	needs  [][]int                       // of each model, the models it reads
	done   map[time.Time]map[string]bool // what an earlier try has done
	show   func(RebuildProgress)

	mu      sync.Mutex
	tables  catalog
	changed *sync.Cond
	next    []int
	running []bool
	failed  error
	told    RebuildProgress
}

// work runs the steps until all are done, one fails, or ctx ends.
func (r *rebuilding) work(ctx context.Context, workers int) error {
	r.changed = sync.NewCond(&r.mu)
	r.next = make([]int, len(r.needs))
	r.running = make([]bool, len(r.needs))
	r.told.NightCount, r.told.StepCount = len(r.nights), len(r.nights)*len(r.needs)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() { r.fail(context.Cause(ctx)) })()
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for {
				model, night, isLeft := r.take()
				if !isLeft {
					return
				}
				err := r.step(ctx, model, r.nights[night])
				if err != nil {
					cancel(err) // what runs beside is of no use any more
				}
				r.finish(model, err)
			}
		})
	}
	group.Wait()
	return r.failed
}

func (r *rebuilding) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = err
	}
	r.changed.Broadcast()
}

// take waits for a step that can be done. Of several it takes one of the earliest
// night, so that nights become whole one after the other.
func (r *rebuilding) take() (model, night int, isLeft bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		best, isAny := -1, false
		for i, n := range r.next {
			if n == len(r.nights) {
				continue
			}
			isAny = true
			if !r.running[i] && r.isReady(i) && (best < 0 || n < r.next[best]) {
				best = i
			}
		}
		switch {
		case r.failed != nil || !isAny:
			return 0, 0, false
		case best >= 0:
			r.running[best] = true
			return best, r.next[best], true
		}
		r.changed.Wait()
	}
}

// isReady: nights of a quarter take over what its first one has frozen. Whether one
// is the first models see by what stands of the quarter, so that night is made whole
// before another begins.
func (r *rebuilding) isReady(model int) bool {
	if n := r.next[model]; n > 0 && r.isOpening(n-1) && r.next[len(r.next)-1] < n {
		return false
	}
	return !slices.ContainsFunc(r.needs[model], func(need int) bool { return r.next[need] <= r.next[model] })
}

// isOpening says whether a night is the first of its quarter in this rebuild.
func (r *rebuilding) isOpening(night int) bool {
	quarter := func(n time.Time) int { return n.Year()*4 + int(n.Month()-1)/3 }
	return night == 0 || quarter(r.nights[night-1]) != quarter(r.nights[night])
}

func (r *rebuilding) finish(model int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running[model] = false
	if err != nil {
		if r.failed == nil {
			r.failed = err
		}
		r.changed.Broadcast()
		return
	}
	night := r.nights[r.next[model]]
	r.next[model]++
	r.told.StepsDone++
	r.told.Night, r.told.Table, r.told.IsResumed = night, "", false
	if model < len(r.b.intermediate) {
		r.told.Table = r.b.intermediate[model].Table
		r.told.IsResumed = r.done[night][r.told.Table]
	} else {
		r.told.NightsDone++
	}
	if r.show != nil {
		r.show(r.told)
	}
	r.changed.Broadcast()
}

// step makes one table of one night, or runs the checks of a night that has all.
func (r *rebuilding) step(ctx context.Context, model int, night time.Time) error {
	if model == len(r.b.intermediate) {
		return r.check(ctx, night)
	}
	m := r.b.intermediate[model]
	if r.done[night][m.Table] {
		return nil
	}
	started := time.Now()
	tables := r.catalog()
	err := r.inTransaction(ctx, func(tx *sqlx.Tx) error {
		values := arguments{"night": dateText(night), "run_id": r.runID}
		if model == 0 {
			// All that is read later, on this night, was there by now or stays noted.
			_, err := tx.ExecContext(ctx,
				"delete from ops.night_changes where night = cast($1 as date)", values["night"])
			if err != nil {
				return err
			}
		}
		count, err := r.b.rebuild(ctx, tx, tables, m, values)
		if err != nil {
			return err
		}
		step := r.b.step(m, night, count, started)
		_, err = tx.ExecContext(ctx, `
			insert into ops.rebuild_steps (night, table_name, row_count, elapsed, finished_at)
			values (cast($1 as date), $2, $3, make_interval(secs => $4), $5)`,
			values["night"], m.Table, count, step.Elapsed.Seconds(), time.Now().UTC())
		return err
	})
	if err != nil {
		return fmt.Errorf("build %s of %s: %w", m.Table, dateText(night), err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.Copy(r.tables.described, tables.described)
	return nil
}

// catalog is a copy for one step: a step notes what it has analysed.
func (r *rebuilding) catalog() catalog {
	r.mu.Lock()
	defer r.mu.Unlock()
	tables := r.tables
	tables.described = maps.Clone(tables.described)
	return tables
}

// check runs the checks of a night; if they pass it is whole.
func (r *rebuilding) check(ctx context.Context, night time.Time) error {
	var results []CheckResult
	tables := r.catalog()
	err := r.inTransaction(ctx, func(tx *sqlx.Tx) (err error) {
		if results, err = r.b.runChecks(ctx, tx, tables, StageBuild, r.runID, night); err != nil {
			return err
		}
		return forgetRebuild(ctx, tx, night)
	})
	return r.b.settle(ctx, r.runID, night, StageBuild, results, err)
}

// forgetRebuild notes that a night is whole again.
func forgetRebuild(ctx context.Context, tx *sqlx.Tx, night time.Time) error {
	for _, table := range []string{"ops.rebuild_steps", "ops.rebuild_nights"} {
		if _, err := tx.ExecContext(ctx, "delete from "+table+" where night = cast($1 as date)", dateText(night)); err != nil {
			return fmt.Errorf("note that %s is whole: %w", dateText(night), err)
		}
	}
	return nil
}

func (r *rebuilding) inTransaction(ctx context.Context, do func(tx *sqlx.Tx) error) error {
	tx, err := r.b.begin(ctx, r.b.db)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
