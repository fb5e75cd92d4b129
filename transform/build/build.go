// Package build turns what was crawled into what is published, by running the
// SQL models of sql/models and the checks of sql/checks.
//
// Build makes the intermediate tables of one night: it runs every intermediate
// model in the order their reads ask for, each replacing its night. A few tables
// are made by Go steps among them (steps.go), the stories first of all. Publish computes the result tables of
// the night beside the standing ones, and replaces these only if a number
// differs. Both end with their checks, and both are one transaction: either all
// of a night changes or nothing does. A check that fails refuses the night with
// a *RefusedError; the night published before stays.
//
//	b, err := build.New(lg, db)
//	built, err := b.Build(ctx, runID, night)
//	published, err := b.Publish(ctx, runID, night, time.Now())
//
// A night carries the faded sums of the nights before it. Whoever builds a night
// that is not the last one builds those that LaterNights names again, in order.
//
// To add a model or a check, write a file: sql/README.md tells how. What a model
// reads is found in its SQL; nothing is registered by hand.
package build

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/checks"
	"github.com/overheard-news/overheard/sql/models"
	"github.com/overheard-news/overheard/sql/warehouse"
)

// lockKey is the advisory lock that keeps two builds of one database apart.
const lockKey int64 = 0x6f766572_62756c64

// Builder runs the models and checks. It is safe for concurrent use: builds wait
// for each other, also across processes.
type Builder struct {
	lg           *slog.Logger
	db           *sqlx.DB
	intermediate []Model // in the order they run, the Go steps among them
	marts        []Model
	history      []Model // append what was published, after the other results
	checks       []Check
}

// Result tells what a build or a publication did.
type Result struct {
	Night     time.Time
	Steps     []Step
	Checks    []CheckResult
	Changed   []string // build, if later nights stand: the tables whose night is not what it was
	IsChanged bool     // publish: the standing result tables were replaced
	Revision  int      // publish: revision of the night that now stands
	Moves     Moves    // of a rehearsed publication: the companies that would move
}

// Step is one table made.
type Step struct {
	Table    string
	RowCount int64
	Elapsed  time.Duration
}

// Warnings are the checks that found something and let the night pass.
func (r Result) Warnings() []CheckResult {
	var warnings []CheckResult
	for _, c := range r.Checks {
		if c.Severity == SeverityWarn && c.OffendingCount > 0 {
			warnings = append(warnings, c)
		}
	}
	return warnings
}

// New reads the models and checks that are compiled in and puts them in order.
// It refuses a header that does not fit its SQL, a cycle, and a result table
// that reads staging.
func New(lg *slog.Logger, db *sqlx.DB) (*Builder, error) {
	all, err := readModels(models.FS)
	if err != nil {
		return nil, err
	}
	intermediate, marts, history, err := order(all)
	if err != nil {
		return nil, err
	}
	checkList, err := readChecks(checks.FS)
	if err != nil {
		return nil, err
	}
	return &Builder{
		lg:           lg,
		db:           db,
		intermediate: intermediate,
		marts:        marts,
		history:      history,
		checks:       checkList,
	}, nil
}

// Build makes the stories and the other intermediate tables of the night.
func (b *Builder) Build(ctx context.Context, runID int64, night time.Time) (Result, error) {
	result := Result{Night: night}
	if err := b.prepare(ctx, night); err != nil {
		return result, err
	}
	err := b.exclusively(ctx, func(tx *sqlx.Tx) error { return b.build(ctx, tx, runID, &result) })
	return result, b.settle(ctx, runID, night, StageBuild, result.Checks, err)
}

// build is what Build does in its transaction.
func (b *Builder) build(ctx context.Context, tx *sqlx.Tx, runID int64, result *Result) error {
	night := result.Night
	values := arguments{"night": dateText(night), "run_id": runID}
	tables, err := readCatalog(ctx, tx)
	if err != nil {
		return err
	}
	before, err := b.digestNight(ctx, tx, dateText(night))
	if err != nil {
		return fmt.Errorf("look at what stands of %s: %w", dateText(night), err)
	}
	// What this transaction sees it builds; what it does not see stays noted.
	_, err = tx.ExecContext(ctx,
		"delete from ops.night_changes where night = cast($1 as date)", values["night"])
	if err != nil {
		return fmt.Errorf("begin the build of %s: %w", dateText(night), err)
	}
	for _, m := range b.intermediate {
		started := time.Now()
		count, err := b.rebuild(ctx, tx, tables, m, values)
		if err != nil {
			return fmt.Errorf("build %s of %s: %w", m.Table, dateText(night), err)
		}
		result.Steps = append(result.Steps, b.step(m, night, count, started))
	}
	if result.Checks, err = b.runChecks(ctx, tx, tables, StageBuild, runID, night); err != nil {
		return err
	}
	after, err := b.digestNight(ctx, tx, dateText(night))
	if err != nil {
		return fmt.Errorf("look at what was built of %s: %w", dateText(night), err)
	}
	result.Changed = differing(before, after)
	return forgetRebuild(ctx, tx, night)
}

// step counts a table that was made.
func (b *Builder) step(m Model, night time.Time, count int64, started time.Time) Step {
	elapsed := time.Since(started)
	b.lg.Debug("table made", "table", m.Table, "night", dateText(night),
		"row_count", count, "elapsed", elapsed)
	return Step{Table: m.Table, RowCount: count, Elapsed: elapsed}
}

// LaterNights lists the nights already built after the given one, in order.
// They carry its sums, so a new build of it makes theirs out of date.
func (b *Builder) LaterNights(ctx context.Context, night time.Time) ([]time.Time, error) {
	return b.nightsAfter(ctx, "intermediate.int_constants_pivoted", night)
}

// LaterPublishedNights lists the nights already published after the given one,
// in order: what readers see of them is out of date once they are built anew.
func (b *Builder) LaterPublishedNights(ctx context.Context, night time.Time) ([]time.Time, error) {
	return b.nightsAfter(ctx, "marts.nights", night)
}

// nightsAfter lists the later nights of a table that has one row a night.
func (b *Builder) nightsAfter(ctx context.Context, table string, night time.Time) ([]time.Time, error) {
	var nights []time.Time
	err := b.db.SelectContext(ctx, &nights, `
		select t.night
		from `+table+` as t
		where t.night > cast($1 as date)
		order by t.night`, dateText(night))
	if err != nil {
		return nil, fmt.Errorf("list the nights of %s after %s: %w", table, dateText(night), err)
	}
	for i, n := range nights {
		nights[i] = time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, time.UTC)
	}
	return nights, nil
}

// rebuild replaces one table's night, or brings a dimension up to date.
func (b *Builder) rebuild(
	ctx context.Context, tx *sqlx.Tx, tables catalog, m Model, values arguments,
) (int64, error) {
	if err := tables.verify(m); err != nil {
		return 0, err
	}
	if m.make != nil {
		return b.rebuildInGo(ctx, tx, tables, m, fmt.Sprint(values["night"]))
	}
	if m.Rebuild == RebuildUpsert {
		return execCount(ctx, tx, upsertStatement(m, tables), values.of(m.Params)...)
	}
	_, err := tx.ExecContext(ctx,
		fmt.Sprintf("delete from %s where night = cast($1 as date)", m.Table), values["night"])
	if err != nil {
		return 0, fmt.Errorf("clear the night: %w", err)
	}
	count, err := execCount(ctx, tx,
		insertStatement(m.Table, tables.columns[m.Table], m.SQL), values.of(m.Params)...)
	if err != nil {
		return 0, err
	}
	// Later steps read these rows in the same transaction, where no autovacuum
	// has looked: without statistics the planner takes 200,000 rows for one.
	return count, analyze(ctx, tx, tables, m.Table, fmt.Sprint(values["night"]), count)
}

// analyze looks at what the night's rows are in, not at other months: what it costs
// must not grow with history. Only a table that was never looked at as a whole is,
// once it has rows enough for it to matter.
func analyze(ctx context.Context, tx *sqlx.Tx, tables catalog, table, night string, count int64) error {
	part := tables.leaf(table, night)
	if part != table && !tables.described[table] && count >= manyRows {
		part = table
		tables.described[table] = true
	}
	if _, err := tx.ExecContext(ctx, "analyze "+part); err != nil {
		return fmt.Errorf("analyze %s: %w", table, err)
	}
	return nil
}

// manyRows are so many that a bad plan is slow.
const manyRows = 1000

// prepare makes the months of the nights, and statistics of what crawls have filled,
// if there are none.
func (b *Builder) prepare(ctx context.Context, nights ...time.Time) error {
	if err := b.refuseForgotten(ctx, nights[0]); err != nil {
		return err
	}
	if err := warehouse.EnsureMonths(ctx, b.db, nights...); err != nil {
		return err
	}
	described, err := describedTables(ctx, b.db)
	if err != nil {
		return err
	}
	for _, table := range []string{"staging.articles", "staging.mentions"} {
		if described[table] {
			continue
		}
		var count int64
		err := b.db.GetContext(ctx, &count, "select count(*) from (select 1 from "+table+" limit $1) as t", manyRows)
		if err != nil {
			return fmt.Errorf("look into %s: %w", table, err)
		}
		if count < manyRows {
			continue
		}
		if _, err := b.db.ExecContext(ctx, "analyze "+table); err != nil {
			return fmt.Errorf("analyze %s: %w", table, err)
		}
	}
	return nil
}

// exclusively runs do in one transaction while no other build runs. The lock is
// taken before the transaction starts, because its snapshot must see what the
// build before it has committed.
func (b *Builder) exclusively(ctx context.Context, do func(tx *sqlx.Tx) error) error {
	conn, err := b.db.Connx(ctx)
	if err != nil {
		return fmt.Errorf("connect for the build: %w", err)
	}
	defer conn.Close()
	if err := b.lock(ctx, conn); err != nil {
		return err
	}
	defer b.unlock(ctx, conn)
	tx, err := b.begin(ctx, conn)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit the build: %w", err)
	}
	return nil
}

// begin starts a transaction as builds need it. It does not end with ctx: its statements
// do, and then the caller rolls back. Else database/sql would do so at the same time as
// the caller gives back the lock, on one connection.
func (b *Builder) begin(ctx context.Context, on interface {
	BeginTxx(ctx context.Context, opts *sql.TxOptions) (*sqlx.Tx, error)
},
) (*sqlx.Tx, error) {
	tx, err := on.BeginTxx(context.WithoutCancel(ctx), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return nil, fmt.Errorf("begin the build: %w", err)
	}
	// Many short-lived steps: compiling them costs more than it saves. The last two
	// mean something on Citus alone: one connection a node, as tables that are
	// everywhere are written in between; and joins off the column that places rows.
	for _, setting := range []string{
		"set local jit = off", "set local work_mem = '64MB'",
		"set local citus.multi_shard_modify_mode to 'sequential'",
		"set local citus.enable_repartition_joins to on",
	} {
		if _, err := tx.ExecContext(ctx, setting); err != nil {
			_ = tx.Rollback()
			return nil, fmt.Errorf("%s: %w", setting, err)
		}
	}
	return tx, nil
}

func (b *Builder) lock(ctx context.Context, conn *sqlx.Conn) error {
	var isFree bool
	if err := conn.GetContext(ctx, &isFree, "select pg_try_advisory_lock($1)", lockKey); err != nil {
		return fmt.Errorf("lock the build: %w", err)
	}
	if isFree {
		return nil
	}
	b.lg.Info("another build is running, waiting for it")
	if _, err := conn.ExecContext(ctx, "select pg_advisory_lock($1)", lockKey); err != nil {
		return fmt.Errorf("wait for another build: %w", err)
	}
	return nil
}

// unlock gives the lock back even when ctx is over; if that fails the connection
// is thrown away, and its lock with it.
func (b *Builder) unlock(ctx context.Context, conn *sqlx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := conn.ExecContext(ctx, "select pg_advisory_unlock($1)", lockKey); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}

// settle keeps what the checks found about a refused night: its transaction is
// rolled back, so it is written in another one.
func (b *Builder) settle(
	ctx context.Context, runID int64, night time.Time, stage string,
	results []CheckResult, err error,
) error {
	if err == nil {
		b.lg.Info("checks passed", "stage", stage, "night", dateText(night), "checks", len(results))
		return nil
	}
	var refused *RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	if writeErr := writeResults(ctx, b.db, runID, night, results); writeErr != nil {
		return errors.Join(err, writeErr)
	}
	return err
}

// arguments are the values a model or check can ask for in its Params.
type arguments map[string]any

func (a arguments) of(names []string) []any {
	values := make([]any, len(names))
	for i, name := range names {
		values[i] = a[name]
	}
	return values
}

func execCount(ctx context.Context, tx *sqlx.Tx, statement string, args ...any) (int64, error) {
	done, err := tx.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// dateText is how a night goes to the database: without a clock or a zone.
func dateText(night time.Time) string { return night.Format(time.DateOnly) }
