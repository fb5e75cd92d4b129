package warehouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// ErrNoCitus says that a database cannot be distributed: its server lacks the
// extension.
var ErrNoCitus = errors.New("this database has no extension citus: install Citus on the server, add citus to shared_preload_libraries, restart it and run create extension citus")

// DistributionPlan is what Distribute does, in order.
type DistributionPlan struct {
	Placements []Placement `json:"placements"` // of all tables
	Statements []string    `json:"statements"` // those still to run; none if all tables are placed
}

// PlanDistribution says how to turn the database into a distributed one, and
// changes nothing: foreign keys that would stand in the way are dropped, tables
// that go everywhere are placed, then the hashed ones, each group behind the table
// that starts it, then the foreign keys come back. Tables that are placed already
// are left alone, so a plan that was cut short is simply made again. Without
// Citus it plans all the same.
func PlanDistribution(ctx context.Context, db sqlx.QueryerContext) (DistributionPlan, error) {
	all, err := Placements(ctx, db)
	if err != nil {
		return DistributionPlan{}, err
	}
	placed, err := placedTables(ctx, db)
	if err != nil {
		return DistributionPlan{}, err
	}
	plan := DistributionPlan{Placements: all, Statements: []string{}}
	var places []string
	moving := map[string]bool{}
	for _, p := range all {
		if p.Kind == PlacedHere || slices.Contains(placed, p.Table) {
			continue
		}
		moving[p.Table] = true
		places = append(places, p.statement())
	}
	keys, err := foreignKeysOf(ctx, db)
	if err != nil {
		return DistributionPlan{}, err
	}
	var drops, adds []string
	for _, k := range keys {
		if moving[k.Table] || moving[k.Target] {
			drops = append(drops, fmt.Sprintf("alter table %s drop constraint %s", k.Table, pq.QuoteIdentifier(k.Name)))
			adds = append(adds, fmt.Sprintf("alter table %s add constraint %s %s", k.Table, pq.QuoteIdentifier(k.Name), k.Definition))
		}
	}
	plan.Statements = append(plan.Statements, slices.Concat(drops, places, adds)...)
	return plan, nil
}

// statement places the table, by way of the functions of the schema dist, which do
// nothing where there is no Citus.
func (p Placement) statement() string {
	if p.Kind == PlacedEverywhere {
		return fmt.Sprintf("select dist.ref(%s)", pq.QuoteLiteral(p.Table))
	}
	with := p.With
	if with == "" {
		with = "none"
	}
	return fmt.Sprintf("select dist.hash(%s, %s, %s)",
		pq.QuoteLiteral(p.Table), pq.QuoteLiteral(p.Column), pq.QuoteLiteral(with))
}

// Distribute carries the plan out, in one transaction, one statement at a time,
// and renews roles and grants. It returns what it ran. Without the extension it
// returns ErrNoCitus. Tables are locked against all others meanwhile: a table with
// rows is copied to the nodes.
func Distribute(ctx context.Context, lg *slog.Logger, db *sqlx.DB) ([]string, error) {
	hasCitus, err := HasCitus(ctx, db)
	if err != nil {
		return nil, err
	}
	if !hasCitus {
		return nil, ErrNoCitus
	}
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("distribute the database: %w", err)
	}
	defer tx.Rollback()
	// Two at once would wait for each other's tables; and Citus must take one
	// connection a node where a transaction touches tables that are everywhere.
	for _, s := range []string{
		fmt.Sprintf("select pg_advisory_xact_lock(%d)", int64(placeLock)),
		"set local citus.multi_shard_modify_mode to 'sequential'",
	} {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return nil, fmt.Errorf("distribute the database: %s: %w", s, err)
		}
	}
	plan, err := PlanDistribution(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, s := range plan.Statements {
		lg.Info("distributing the database", "statement", s)
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return nil, fmt.Errorf("distribute the database (nothing of it is kept): %s: %w", s, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("distribute the database: %w", err)
	}
	return plan.Statements, applyRoles(ctx, lg, db)
}

// placeLock makes programs that distribute one database take turns.
const placeLock = 0x6f76_706c_6163 // "ovplac"

// placeNewTables places tables that migrations have made since, if the database
// is distributed.
func placeNewTables(ctx context.Context, lg *slog.Logger, db *sqlx.DB) error {
	placed, err := placedTables(ctx, db)
	if err != nil || len(placed) == 0 {
		return err
	}
	_, err = Distribute(ctx, lg, db)
	return err
}

// HasCitus tells whether the database has the extension.
func HasCitus(ctx context.Context, db sqlx.QueryerContext) (bool, error) {
	var has bool
	err := sqlx.GetContext(ctx, db, &has, `select count(*) > 0 from pg_extension where extname = 'citus'`)
	if err != nil {
		return false, fmt.Errorf("look for the extension citus: %w", err)
	}
	return has, nil
}

// placedTables lists the tables that are distributed or everywhere already; none
// without Citus.
func placedTables(ctx context.Context, db sqlx.QueryerContext) ([]string, error) {
	hasCitus, err := HasCitus(ctx, db)
	if err != nil || !hasCitus {
		return nil, err
	}
	var tables []string
	err = sqlx.SelectContext(ctx, db, &tables, `
		select concat(n.nspname, '.', c.relname)
		from pg_dist_partition as p
		inner join pg_class as c on c.oid = p.logicalrelid
		inner join pg_namespace as n on n.oid = c.relnamespace
		where p.partmethod = 'h' or p.repmodel = 't'
		order by 1`)
	if err != nil {
		return nil, fmt.Errorf("list the tables that are distributed: %w", err)
	}
	return tables, nil
}

type foreignKey struct {
	Table      string
	Name       string
	Target     string
	Definition string
}

// foreignKeysOf lists the foreign keys of our tables, by table and name.
func foreignKeysOf(ctx context.Context, db sqlx.QueryerContext) ([]foreignKey, error) {
	var keys []foreignKey
	err := sqlx.SelectContext(ctx, db, &keys, `
		select
			concat(n.nspname, '.', c.relname) as "table",
			k.conname as name,
			concat(rn.nspname, '.', r.relname) as target,
			pg_get_constraintdef(k.oid) as definition
		from pg_constraint as k
		inner join pg_class as c on c.oid = k.conrelid
		inner join pg_namespace as n on n.oid = c.relnamespace
		inner join pg_class as r on r.oid = k.confrelid
		inner join pg_namespace as rn on rn.oid = r.relnamespace
		where k.contype = 'f' and k.conparentid = 0 and n.nspname = any($1)
		order by concat(n.nspname, '.', c.relname) collate "C", k.conname collate "C"`, pq.Array(schemas))
	if err != nil {
		return nil, fmt.Errorf("list foreign keys: %w", err)
	}
	return keys, nil
}
