package build

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// stampColumns say when and how often a night was published, not what was
// found: a publication that differs in nothing else changes nothing.
var stampColumns = []string{"published_at", "published_date", "revision"}

// Publish makes the result tables of a night that has been built. Each is
// computed into a temporary table first; if none differs from what stands, the
// night is left alone. Readers see the old night until the commit, then the new.
// What was published is kept: a night that changes gets a new revision beside the
// old ones. A night that is refused keeps the one that stands.
func (b *Builder) Publish(
	ctx context.Context, runID int64, night, at time.Time,
) (Result, error) {
	result := Result{Night: night}
	if err := b.refuseForgotten(ctx, night); err != nil {
		return result, err
	}
	err := b.exclusively(ctx, func(tx *sqlx.Tx) error {
		tables, err := readCatalog(ctx, tx)
		if err != nil {
			return err
		}
		if err := b.publish(ctx, tx, tables, at, &result); err != nil {
			return err
		}
		result.Checks, err = b.runChecks(ctx, tx, tables, StagePublish, runID, night)
		return err
	})
	return result, b.settle(ctx, runID, night, StagePublish, result.Checks, err)
}

// publish puts the results of a night in their place, without asking the checks.
func (b *Builder) publish(
	ctx context.Context, tx *sqlx.Tx, tables catalog, at time.Time, result *Result,
) error {
	values := arguments{"night": dateText(result.Night), "published_at": at.UTC()}
	nightly, err := b.computeResults(ctx, tx, tables, values, result)
	if err != nil {
		return err
	}
	result.IsChanged, err = b.replaceResults(ctx, tx, tables, nightly, values)
	if err != nil {
		return err
	}
	if result.IsChanged {
		if err := b.appendHistory(ctx, tx, tables, values, result); err != nil {
			return err
		}
	}
	result.Revision, err = standingRevision(ctx, tx, result.Night)
	if err != nil || !result.IsChanged {
		return err
	}
	return keepInputs(ctx, tx, result.Night, result.Revision)
}

// appendHistory adds the night that was just put in place to what was published.
func (b *Builder) appendHistory(
	ctx context.Context, tx *sqlx.Tx, tables catalog, values arguments, result *Result,
) error {
	for _, m := range b.history {
		started := time.Now()
		if err := tables.verify(m); err != nil {
			return fmt.Errorf("keep %s of %s: %w", m.Table, values["night"], err)
		}
		count, err := execCount(ctx, tx,
			insertStatement(m.Table, tables.columns[m.Table], m.SQL), values.of(m.Params)...)
		if err != nil {
			return fmt.Errorf("keep %s of %s: %w", m.Table, values["night"], err)
		}
		result.Steps = append(result.Steps, b.step(m, result.Night, count, started))
	}
	return nil
}

// standingRevision is the revision of the night that readers have, 0 if none.
func standingRevision(ctx context.Context, tx *sqlx.Tx, night time.Time) (int, error) {
	var revision int
	err := tx.GetContext(ctx, &revision, `
		select coalesce(max(n.revision), 0)
		from marts.nights as n
		where n.night = cast($1 as date)`, dateText(night))
	if err != nil {
		return 0, fmt.Errorf("read the revision of %s: %w", dateText(night), err)
	}
	return revision, nil
}

// computeResults brings the dimensions up to date and fills a temporary table
// for every result table of the night. It returns the latter's models, a table
// after the tables its foreign keys point to.
func (b *Builder) computeResults(
	ctx context.Context, tx *sqlx.Tx, tables catalog, values arguments, result *Result,
) ([]Model, error) {
	inKeyOrder, err := orderByReferences(b.marts, tables)
	if err != nil {
		return nil, err
	}
	var nightly []Model
	for _, m := range inKeyOrder {
		started := time.Now()
		count, err := b.compute(ctx, tx, tables, m, values)
		if err != nil {
			return nil, fmt.Errorf("publish %s of %s: %w", m.Table, values["night"], err)
		}
		result.Steps = append(result.Steps, b.step(m, result.Night, count, started))
		if m.Rebuild == RebuildNight {
			nightly = append(nightly, m)
		}
	}
	return nightly, nil
}

func (b *Builder) compute(
	ctx context.Context, tx *sqlx.Tx, tables catalog, m Model, values arguments,
) (int64, error) {
	if m.Rebuild == RebuildUpsert {
		return b.rebuild(ctx, tx, tables, m, values)
	}
	if err := tables.verify(m); err != nil {
		return 0, err
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf(
		"create temporary table %s (like %s) on commit drop", nextName(m), m.Table))
	if err != nil {
		return 0, fmt.Errorf("create the table beside: %w", err)
	}
	return execCount(ctx, tx,
		insertStatement("pg_temp."+nextName(m), tables.columns[m.Table], m.SQL),
		values.of(m.Params)...)
}

// replaceResults puts the computed tables in place of the standing ones, all or
// none. Facts are deleted before what they refer to and inserted after it.
func (b *Builder) replaceResults(
	ctx context.Context, tx *sqlx.Tx, tables catalog, nightly []Model, values arguments,
) (bool, error) {
	isChanged := false
	for _, m := range nightly {
		var differs bool
		err := tx.GetContext(ctx, &differs, differStatement(m, tables), values["night"])
		if err != nil {
			return false, fmt.Errorf("compare %s of %s: %w", m.Table, values["night"], err)
		}
		isChanged = isChanged || differs
	}
	if !isChanged {
		return false, nil
	}
	for _, m := range slices.Backward(nightly) {
		_, err := tx.ExecContext(ctx,
			fmt.Sprintf("delete from %s where night = cast($1 as date)", m.Table), values["night"])
		if err != nil {
			return false, fmt.Errorf("clear %s of %s: %w", m.Table, values["night"], err)
		}
	}
	for _, m := range nightly {
		list := strings.Join(tables.columns[m.Table], ", ")
		_, err := tx.ExecContext(ctx, fmt.Sprintf(
			"insert into %s (%s) select %s from pg_temp.%s", m.Table, list, list, nextName(m)))
		if err != nil {
			return false, fmt.Errorf("fill %s of %s: %w", m.Table, values["night"], err)
		}
	}
	return true, nil
}

// nextName is the temporary table a result is computed in.
func nextName(m Model) string {
	_, name, _ := strings.Cut(m.Table, ".")
	return "next_" + name
}

// differStatement asks whether a computed night differs from the standing one
// in anything but its stamps.
func differStatement(m Model, tables catalog) string {
	compared := slices.DeleteFunc(slices.Clone(tables.columns[m.Table]), func(column string) bool {
		return slices.Contains(stampColumns, column)
	})
	list := strings.Join(compared, ", ")
	next := fmt.Sprintf("select %s from pg_temp.%s", list, nextName(m))
	standing := fmt.Sprintf("select %s from %s where night = cast($1 as date)", list, m.Table)
	return fmt.Sprintf("select exists ((%s except all %s) union all (%s except all %s))",
		next, standing, standing, next)
}
