package retention

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse"
)

// What an action does.
const (
	Drop   = "drop"    // a whole month
	Thin   = "thin"    // a month, but for the last night of it
	Blank  = "blank"   // the texts of a month
	Delete = "delete"  // rows of a table that has no months
	Regard = "analyze" // statistics over all months of a table
)

// Action is one thing to do.
type Action struct {
	Subject   string      `json:"subject"`
	Kind      string      `json:"kind"`
	Table     string      `json:"table"`
	Partition string      `json:"partition,omitempty"`
	KeptFrom  ledger.Date `json:"kept_from"`
	Bytes     int64       `json:"byte_count"` // on disk now
	Rows      int64       `json:"row_count"`  // to be deleted; of a month that goes as the planner knows it

	bounds warehouse.Partition
	column string // date the rows of a delete go by
}

// urlAttempts is the one table of its subject.
const urlAttempts = "ops.url_attempts"

// Comments on months that have been dealt with.
const (
	thinMark  = "Ends of months only."
	blankMark = "Without texts."
)

// Plan lists what is to be done for the terms to be kept, seen from the last
// finished night.
func (r *Retention) Plan(ctx context.Context, last time.Time) ([]Action, error) {
	months, err := warehouse.Partitions(ctx, r.db)
	if err != nil {
		return nil, fmt.Errorf("plan retention: %w", err)
	}
	var actions []Action
	for _, table := range slices.Sorted(maps.Keys(months)) {
		subject, kind, nights := r.termOf(table)
		from, isBounded := keptFrom(last, nights)
		if !isBounded {
			continue
		}
		for _, p := range months[table] {
			if !p.End.After(from) {
				actions = append(actions, Action{
					Subject: subject, Kind: kind, Table: table, Partition: p.Name, KeptFrom: ledger.Date{Time: from}, bounds: p,
				})
			}
		}
	}
	if actions, err = r.measure(ctx, actions); err != nil {
		return nil, err
	}
	small, err := r.planSmall(ctx, last, months)
	if err != nil {
		return nil, err
	}
	regards, err := r.planRegards(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Concat(actions, small, regards), nil
}

// termOf says how long the months of a table are kept, and what becomes of them.
func (r *Retention) termOf(table string) (subject, kind string, nights int) {
	switch {
	case table == urlAttempts:
		return Attempts, Drop, r.cfg.AttemptNights
	case table == "staging.articles":
		return Text, Blank, r.cfg.TextNights
	case table == "staging.article_stories":
		return State, Drop, r.cfg.StateNights
	case !strings.HasPrefix(table, "intermediate."):
		return "", "", 0
	case strings.HasSuffix(table, "_decayed"):
		return State, Thin, r.cfg.StateNights
	}
	return State, Drop, r.cfg.StateNights
}

// measure looks at each month, and leaves out those that have been dealt with.
func (r *Retention) measure(ctx context.Context, actions []Action) ([]Action, error) {
	var left []Action
	for _, a := range actions {
		var found struct {
			Bytes   int64
			Rows    int64
			Comment string
		}
		err := r.db.GetContext(ctx, &found, `
			select
				pg_total_relation_size(c.oid) as bytes,
				cast(greatest(c.reltuples, 0) as bigint) as rows,
				coalesce(obj_description(c.oid, 'pg_class'), '') as comment
			from pg_class as c
			inner join pg_namespace as n on n.oid = c.relnamespace
			where concat(n.nspname, '.', c.relname) = $1`, a.Partition)
		if err != nil {
			return nil, fmt.Errorf("plan retention: look at %s: %w", a.Partition, err)
		}
		a.Bytes, a.Rows = found.Bytes, found.Rows
		if a.Kind == Thin && found.Comment == thinMark || a.Kind == Blank && found.Comment == blankMark {
			continue
		}
		left = append(left, a)
	}
	return left, nil
}

// planSmall counts the rows of tables without months: those of few rows a night, of
// which ends of months stay, and the ledger of addresses and of readings of outlets.
func (r *Retention) planSmall(ctx context.Context, last time.Time, months map[string][]warehouse.Partition) ([]Action, error) {
	var actions []Action
	if from, isBounded := keptFrom(last, longerOf(r.cfg.StateNights, smallNights)); isBounded {
		var tables []string
		err := r.db.SelectContext(ctx, &tables, `
			select concat(n.nspname, '.', c.relname)
			from pg_class as c
			inner join pg_namespace as n on n.oid = c.relnamespace
			inner join pg_attribute as a on a.attrelid = c.oid and a.attname = 'night' and not a.attisdropped
			where (n.nspname = 'intermediate' or c.relname = 'story_translations' and n.nspname = 'staging')
				and c.relkind = 'r' and not c.relispartition
			order by c.relname`)
		if err != nil {
			return nil, fmt.Errorf("plan retention: list tables: %w", err)
		}
		for _, table := range tables {
			if _, hasMonths := months[table]; !hasMonths {
				actions = append(actions, Action{Subject: State, Kind: Delete, Table: table, KeptFrom: ledger.Date{Time: from}, column: "night"})
			}
		}
		actions = append(actions, Action{Subject: State, Kind: Delete, Table: "ops.outlet_runs", KeptFrom: ledger.Date{Time: from}, column: "finished_at"})
		// A revision is rebuilt on the sums of the nights before it.
		for _, table := range []string{"ops.mention_revisions", "ops.outlet_revisions"} {
			actions = append(actions, Action{Subject: State, Kind: Delete, Table: table, KeptFrom: ledger.Date{Time: from}, column: "night"})
		}
	}
	if from, isBounded := keptFrom(last, r.cfg.URLNights); isBounded {
		actions = append(actions, Action{Subject: URLs, Kind: Delete, Table: "ops.urls", KeptFrom: ledger.Date{Time: from}, column: "discovered_at"})
	}
	var left []Action
	for _, a := range actions {
		err := r.db.GetContext(ctx, &a.Rows, "select count(*) from "+a.Table+" as t where "+a.condition(), a.KeptFrom.String())
		if err != nil {
			return nil, fmt.Errorf("plan retention: count in %s: %w", a.Table, err)
		}
		if a.Rows > 0 {
			left = append(left, a)
		}
	}
	return left, nil
}

func longerOf(nights, least int) int {
	if nights == 0 {
		return 0
	}
	return max(nights, least)
}

// condition is which rows of t go: $1 is the first day that is kept.
func (a Action) condition() string {
	switch a.column {
	case "night":
		return `t.night < cast($1 as date) and t.night not in (
			select max(k.night)
			from intermediate.int_nights_chained as k
			where k.night < cast($1 as date)
			group by date_trunc('month', k.night)
		)`
	case "discovered_at":
		// What was decided later belongs to a later run, which is held to account for it.
		return `t.discovered_at < cast(cast($1 as date) as timestamp) at time zone 'UTC'
			and t.outcome is not null
			and coalesce(t.decided_at, t.discovered_at) < cast(cast($1 as date) as timestamp) at time zone 'UTC'`
	}
	return `t.` + a.column + ` < cast(cast($1 as date) as timestamp) at time zone 'UTC'`
}

// regardsAfter is how old statistics over all months of a table may be. No
// autovacuum makes them; those of a month, which it does make, say how many rows.
const regardsAfter = 30 * 24 * time.Hour

func (r *Retention) planRegards(ctx context.Context) ([]Action, error) {
	var tables []string
	err := r.db.SelectContext(ctx, &tables, `
		select concat(n.nspname, '.', c.relname)
		from pg_class as c
		inner join pg_namespace as n on n.oid = c.relnamespace
		left join pg_stat_all_tables as s on s.relid = c.oid
		where
			n.nspname in ('staging', 'intermediate', 'ops') and c.relkind = 'p'
			and coalesce(s.last_analyze, '-infinity') < $1
			and exists (select 1 from pg_inherits as i inner join pg_class as p on p.oid = i.inhrelid where i.inhparent = c.oid and p.relpages > 0)
		order by n.nspname, c.relname`, r.now().Add(-regardsAfter).UTC())
	if err != nil {
		return nil, fmt.Errorf("plan retention: look for old statistics: %w", err)
	}
	var actions []Action
	for _, table := range tables {
		actions = append(actions, Action{Kind: Regard, Table: table})
	}
	return actions, nil
}
