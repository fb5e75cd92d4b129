package build

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
)

// planRebuild notes the nights of a rebuild, or finds what an earlier try at the
// same nights has done. The build lock is held.
func (b *Builder) planRebuild(ctx context.Context, runID int64, nights []time.Time) (*rebuilding, error) {
	r := &rebuilding{b: b, runID: runID, done: map[time.Time]map[string]bool{}, needs: b.rebuildNeeds()}
	tx, err := b.db.BeginTxx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("plan the rebuild: %w", err)
	}
	defer tx.Rollback()
	if r.tables, err = readCatalog(ctx, tx); err != nil {
		return nil, err
	}
	first, last := dateText(nights[0]), dateText(nights[len(nights)-1])
	unfinished, err := unfinishedNights(ctx, tx, b.fingerprint(), first, last)
	if err != nil {
		return nil, err
	}
	from := 0
	if len(unfinished) > 0 {
		from = max(0, slices.IndexFunc(nights, unfinished[0].Equal))
	} else if err := noteNights(ctx, tx, b.fingerprint(), nights); err != nil {
		return nil, err
	}
	r.nights = nights[from:]
	// What has changed since must be read again, and what rests on it made again.
	_, err = tx.ExecContext(ctx, `
		delete from ops.rebuild_steps as s
		where
			s.night >= (
				select min(c.night)
				from ops.night_changes as c
				where c.night >= cast($1 as date) and c.night <= cast($2 as date)
			)
			and s.night <= cast($2 as date)`, dateText(r.nights[0]), last)
	if err != nil {
		return nil, fmt.Errorf("plan the rebuild: forget what has changed since: %w", err)
	}
	var steps []struct {
		Night time.Time
		Table string `db:"table_name"`
	}
	err = tx.SelectContext(ctx, &steps, `
		select s.night, s.table_name from ops.rebuild_steps as s
		where s.night >= cast($1 as date) and s.night <= cast($2 as date)`, dateText(r.nights[0]), last)
	if err != nil {
		return nil, fmt.Errorf("plan the rebuild: read what is done: %w", err)
	}
	for _, s := range steps {
		night := nights[max(0, slices.IndexFunc(nights, func(n time.Time) bool { return dateText(n) == dateText(s.Night) }))]
		if r.done[night] == nil {
			r.done[night] = map[string]bool{}
		}
		r.done[night][s.Table] = true
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("plan the rebuild: %w", err)
	}
	return r, nil
}

// rebuildNeeds are the places of the models each model waits for; the last entry
// are the checks, which wait for all. All wait for the first model, which takes
// note of what is built.
func (b *Builder) rebuildNeeds() [][]int {
	makes := map[string]int{}
	for i, m := range b.intermediate {
		for _, table := range m.tables() {
			makes[table] = i
		}
	}
	needs := make([][]int, len(b.intermediate)+1)
	for i, m := range b.intermediate {
		if i > 0 {
			needs[i] = append(needs[i], 0)
		}
		for _, table := range m.Reads {
			if need, isMade := makes[table]; isMade && need != i {
				needs[i] = append(needs[i], need)
			}
		}
		needs[len(b.intermediate)] = append(needs[len(b.intermediate)], i)
	}
	return needs
}

// unfinishedNights lists, in order, the nights that an earlier try at the same
// rebuild has left; none if there was no such try.
func unfinishedNights(ctx context.Context, tx *sqlx.Tx, fingerprint, first, last string) ([]time.Time, error) {
	var nights []time.Time
	err := tx.SelectContext(ctx, &nights, `
		select r.night
		from ops.rebuild_nights as r
		where
			r.fingerprint = $1
			and r.first_night = cast($2 as date)
			and r.last_night = cast($3 as date)
		order by r.night`, fingerprint, first, last)
	if err != nil {
		return nil, fmt.Errorf("plan the rebuild: look for an earlier try: %w", err)
	}
	for i, n := range nights {
		nights[i] = time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, time.UTC)
	}
	return nights, nil
}

// noteNights begins a rebuild anew.
func noteNights(ctx context.Context, tx *sqlx.Tx, fingerprint string, nights []time.Time) error {
	first, last := dateText(nights[0]), dateText(nights[len(nights)-1])
	_, err := tx.ExecContext(ctx, `
		delete from ops.rebuild_steps as s
		where s.night >= cast($1 as date) and s.night <= cast($2 as date)`, first, last)
	if err != nil {
		return fmt.Errorf("plan the rebuild: forget an earlier try: %w", err)
	}
	for _, night := range nights {
		_, err := tx.ExecContext(ctx, `
			insert into ops.rebuild_nights (night, first_night, last_night, fingerprint, planned_at)
			values (cast($1 as date), cast($2 as date), cast($3 as date), $4, $5)
			on conflict (night) do update set
				first_night = excluded.first_night,
				last_night = excluded.last_night,
				fingerprint = excluded.fingerprint,
				planned_at = excluded.planned_at`,
			dateText(night), first, last, fingerprint, time.Now().UTC())
		if err != nil {
			return fmt.Errorf("plan the rebuild: note the night of %s: %w", dateText(night), err)
		}
	}
	return nil
}

// UnfinishedNights lists the nights that a rebuild has begun and not ended, in
// order: their tables are of two makes until they are built again.
func (b *Builder) UnfinishedNights(ctx context.Context) ([]time.Time, error) {
	return b.nightsAfter(ctx, "ops.rebuild_nights", time.Time{})
}

// NightsToRebuild lists the nights of a range that have articles or stand, and the
// later ones that stand, in order.
func (b *Builder) NightsToRebuild(ctx context.Context, from, to time.Time) ([]time.Time, error) {
	var nights []time.Time
	err := b.db.SelectContext(ctx, &nights, `
		select k.night
		from intermediate.int_constants_pivoted as k
		where k.night >= cast($1 as date)
		union
		select n.night
		from ops.rebuild_nights as n
		where n.night >= cast($1 as date)
		union
		select cast(d.day as date)
		from generate_series(cast($1 as date), cast($2 as date), interval '1 day') as d (day)
		where exists (select 1 from staging.articles as a where a.night = cast(d.day as date))
		order by night`, dateText(from), dateText(to))
	if err != nil {
		return nil, fmt.Errorf("list the nights from %s to %s: %w", dateText(from), dateText(to), err)
	}
	for i, n := range nights {
		nights[i] = time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, time.UTC)
	}
	return nights, nil
}
