package build

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Plan tells what a build of a night would do, without doing any of it.
type Plan struct {
	Night       string         `json:"night"`
	LastBuiltAt *time.Time     `json:"last_built_at"` // begin of the run that built it last and passed; null: none known
	Nights      []PlannedNight `json:"nights"`        // all that would be built, in this order
	StaleNights []string       `json:"stale_nights"`  // earlier nights that have changed since they were built: this one carries their sums as they were
	Tables      []PlannedTable `json:"tables"`        // in the order they are made
	Checks      []PlannedCheck `json:"checks"`        // in the order they run, those of the build before those of the publication
}

// PlannedNight is a night that would be built, and why.
type PlannedNight struct {
	Night  string `json:"night"`
	Reason string `json:"reason"`
}

// PlannedTable is a table with its lineage.
type PlannedTable struct {
	Table    string   `json:"table"`
	Stage    string   `json:"stage"` // StageBuild or StagePublish
	Maker    string   `json:"maker"` // sql, or go for a step in Go
	Rebuild  string   `json:"rebuild"`
	Reads    []string `json:"reads"`
	ReadBy   []string `json:"read_by"`
	RowCount int64    `json:"row_count"` // rows of the night that stand; of a dimension all
}

// PlannedCheck is a check that would run.
type PlannedCheck struct {
	Name     string   `json:"check_name"`
	Stage    string   `json:"stage"`
	Severity string   `json:"severity"`
	Message  string   `json:"message"`
	Reads    []string `json:"reads"`
}

// Plan explains a build of the night: which nights and why, the tables in order
// with what they read, who reads them and their standing rows, and the checks. It
// only reads.
func (b *Builder) Plan(ctx context.Context, night time.Time) (Plan, error) {
	plan := Plan{Night: dateText(night), StaleNights: []string{}, Checks: []PlannedCheck{}}
	tx, err := b.db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return Plan{}, fmt.Errorf("plan the build of %s: %w", plan.Night, err)
	}
	defer tx.Rollback()
	var state struct {
		IsBuilt     bool         `db:"is_built"`
		ChangeCount int          `db:"change_count"`
		LastBuiltAt sql.NullTime `db:"last_built_at"`
	}
	// As the jobs do, by the results of checks: the newest build that passed.
	err = tx.GetContext(ctx, &state, `
		with passed as (
			select c.run_id
			from ops.check_results as c
			where c.night = cast($1 as date)
			group by c.run_id
			having not bool_or(c.severity = 'fail' and c.offending_count > 0)
		)
		select
			exists (select from intermediate.int_constants_pivoted as k where k.night = cast($1 as date)) as is_built,
			(select count(*) from ops.night_changes as n where n.night = cast($1 as date)) as change_count,
			(
				select max(r.started_at)
				from ops.runs as r
				inner join passed as p on p.run_id = r.run_id
				where r.job in ('build', 'rebuild')
			) as last_built_at`, plan.Night)
	if err != nil {
		return Plan{}, fmt.Errorf("plan the build of %s: ask how it stands: %w", plan.Night, err)
	}
	if state.LastBuiltAt.Valid {
		plan.LastBuiltAt = &state.LastBuiltAt.Time
	}
	err = tx.SelectContext(ctx, &plan.StaleNights, `
		select cast(n.night as text)
		from ops.night_changes as n
		inner join intermediate.int_constants_pivoted as k on k.night = n.night
		where n.night < cast($1 as date)
		group by n.night
		order by n.night`, plan.Night)
	if err != nil {
		return Plan{}, fmt.Errorf("plan the build of %s: look for earlier nights that have changed: %w", plan.Night, err)
	}
	plan.Nights = []PlannedNight{{plan.Night, reasonToBuild(state.IsBuilt, state.ChangeCount)}}
	later, err := b.LaterNights(ctx, night)
	if err != nil {
		return Plan{}, err
	}
	for _, n := range later {
		plan.Nights = append(plan.Nights, PlannedNight{dateText(n), "built before, and carries the sums of " + plan.Night})
	}
	plan.Tables = b.lineage()
	for i, t := range plan.Tables {
		where := " where night = cast($1 as date)"
		args := []any{plan.Night}
		if t.Rebuild == RebuildUpsert {
			where, args = "", nil
		}
		if err := tx.GetContext(ctx, &plan.Tables[i].RowCount, "select count(*) from "+t.Table+where, args...); err != nil {
			return Plan{}, fmt.Errorf("plan the build of %s: count the rows of %s: %w", plan.Night, t.Table, err)
		}
	}
	for _, stage := range []string{StageBuild, StagePublish} {
		for _, c := range b.checks {
			if c.Stage == stage {
				plan.Checks = append(plan.Checks, PlannedCheck{c.Name, c.Stage, c.Severity, c.Message, list(c.Reads)})
			}
		}
	}
	return plan, nil
}

func reasonToBuild(isBuilt bool, changeCount int) string {
	switch {
	case !isBuilt:
		return "never built"
	case changeCount == 1:
		return "its articles or mentions have changed since it was built, in one transaction"
	case changeCount > 1:
		return fmt.Sprintf("its articles or mentions have changed since it was built, in %d transactions", changeCount)
	default:
		return "asked for: no article or mention of it is known to have changed since it was built"
	}
}

// lineage lists all tables in the order they are made.
func (b *Builder) lineage() []PlannedTable {
	all := slices.Concat(b.intermediate, b.marts, b.history)
	readers := map[string][]string{}
	for _, m := range all {
		for _, table := range m.Reads {
			readers[table] = append(readers[table], m.Table)
		}
	}
	var tables []PlannedTable
	for i, m := range all {
		stage, maker := StageBuild, "sql"
		if i >= len(b.intermediate) {
			stage = StagePublish
		}
		if m.IsGoStep() {
			maker = "go"
		}
		for _, table := range m.tables() {
			by := slices.Clone(readers[table])
			slices.Sort(by)
			tables = append(tables, PlannedTable{
				Table: table, Stage: stage, Maker: maker, Rebuild: m.Rebuild,
				Reads: list(m.Reads), ReadBy: list(slices.Compact(by)),
			})
		}
	}
	return tables
}

// list is never null in JSON.
func list(items []string) []string { return append([]string{}, items...) }
