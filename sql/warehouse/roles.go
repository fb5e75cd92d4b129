package warehouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Reader is the role BI tools connect as: it may read marts and nothing else.
// It has no password until an operator sets one.
const Reader = "overheard_bi"

// readerSettings hold for every session of the reader, wherever it connects
// from, until the session sets others: they prevent accidents, the grants
// prevent harm.
var readerSettings = []string{
	"default_transaction_read_only=on",
	"statement_timeout=5min",
	"search_path=marts",
	"TimeZone=UTC",
}

// createReader is what somebody with CREATEROLE must run where we may not.
func createReader(role string, exists bool) []string {
	verb := "create"
	if exists {
		verb = "alter"
	}
	statements := []string{verb + " role " + role + " login"}
	for _, s := range readerSettings {
		name, value, _ := strings.Cut(s, "=")
		statements = append(statements, "alter role "+role+" set "+name+" = '"+value+"'")
	}
	return statements
}

// readerGrants are renewed at every Migrate, so that they hold for new tables
// and heal what was changed by hand. Order matters: first nothing, then marts.
var readerGrants = []string{
	"revoke all on all tables in schema seeds, staging, intermediate, marts, ops from " + Reader,
	"revoke all on schema seeds, staging, intermediate, marts, ops from " + Reader,
	"grant usage on schema marts to " + Reader,
	"grant select, references on all tables in schema marts to " + Reader,
	"alter default privileges in schema marts grant select, references on tables to " + Reader,
}

// rolesLock makes programs on one database take turns.
const rolesLock = 0x6f76_726f_6c65 // "ovrole"

// applyRoles brings roles and grants to what is declared above. Roles belong
// to the whole server, so programs on other databases may change them at the
// same moment, which Postgres reports as an error worth another try.
func applyRoles(ctx context.Context, lg *slog.Logger, db *sqlx.DB) error {
	for try := 0; ; try++ {
		err := tryRoles(ctx, lg, db)
		switch sqlState(err) {
		case "XX000", "23505", "42710": // tuple concurrently updated; role exists by now
			if try < 20 {
				select {
				case <-time.After(time.Duration(20+10*try) * time.Millisecond):
					continue
				case <-ctx.Done():
				}
			}
		}
		return err
	}
}

func tryRoles(ctx context.Context, lg *slog.Logger, db *sqlx.DB) error {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("apply roles and grants: %w", err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock($1)`, int64(rolesLock)); err != nil {
		return fmt.Errorf("apply roles and grants: wait for the lock: %w", err)
	}
	exists, err := applyReader(ctx, lg, tx, Reader)
	if err != nil {
		return err
	}
	statements, err := publicRevokes(ctx, tx)
	if err != nil {
		return err
	}
	if exists {
		statements = append(statements, readerGrants...)
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("apply roles and grants: %s: %w", s, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("apply roles and grants: %w", err)
	}
	return nil
}

// applyReader makes the role and its settings, as far as they differ: an
// alter role that changes nothing would still collide with other databases'.
// Where we may not, it says who must do what, and work goes on without.
func applyReader(ctx context.Context, lg *slog.Logger, tx *sqlx.Tx, role string) (exists bool, err error) {
	var state struct {
		Exists    bool
		CanLogin  bool           `db:"can_login"`
		CanCreate bool           `db:"can_create"`
		Settings  pq.StringArray `db:"settings"`
	}
	err = tx.GetContext(ctx, &state, `
		select
			r.oid is not null as "exists",
			coalesce(r.rolcanlogin, false) as can_login,
			me.rolsuper or me.rolcreaterole as can_create,
			coalesce(s.setconfig, '{}') as settings
		from pg_roles as me
		left join pg_roles as r on r.rolname = $1
		left join pg_db_role_setting as s on s.setrole = r.oid and s.setdatabase = 0
		where me.rolname = current_user`, role)
	if err != nil {
		return false, fmt.Errorf("look at role %s: %w", role, err)
	}
	if state.CanLogin && !slices.ContainsFunc(readerSettings, func(s string) bool { return !hasSetting(state.Settings, s) }) {
		return true, nil
	}
	statements := createReader(role, state.Exists)
	if state.CanCreate {
		err := inSavepoint(ctx, tx, statements)
		if err == nil {
			return true, nil
		}
		if !IsDenied(err) { // since 16 CREATEROLE is not power over every role
			return false, err
		}
	}
	lg.Warn("the role of BI tools is not as it should be and this user may not change that; run as a superuser, then overheard db migrate",
		"role", role, "run", strings.Join(statements, "; ")+";")
	return state.Exists, nil
}

// hasSetting compares without regard to case and spelling of the time zone
// name, which the server keeps as it was written.
func hasSetting(have []string, want string) bool {
	return slices.ContainsFunc(have, func(s string) bool { return strings.EqualFold(s, want) })
}

func inSavepoint(ctx context.Context, tx *sqlx.Tx, statements []string) error {
	if _, err := tx.ExecContext(ctx, "savepoint reader"); err != nil {
		return fmt.Errorf("make the role of BI tools: %w", err)
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			err = fmt.Errorf("%s: %w", s, err)
			_, back := tx.ExecContext(ctx, "rollback to savepoint reader")
			return errors.Join(err, back)
		}
	}
	return nil
}

// publicRevokes takes from everybody what a new database gives to everybody:
// creating tables in public (before Postgres 15) and temporary ones. Only the
// owner can; a database that is not ours stays as it is.
func publicRevokes(ctx context.Context, tx *sqlx.Tx) ([]string, error) {
	var state struct {
		Database string
		Temp     bool `db:"temp"`
		Create   bool `db:"create"`
	}
	err := tx.GetContext(ctx, &state, `
		with acl as (
			select d.datname, d.datdba, coalesce(d.datacl, acldefault('d', d.datdba)) as database_acl
			from pg_database as d
			where d.datname = current_database()
		)
		select
			acl.datname as database,
			pg_has_role(acl.datdba, 'usage') and exists (
				select from aclexplode(acl.database_acl) as a
				where a.grantee = 0 and a.privilege_type = 'TEMPORARY'
			) as "temp",
			exists (
				select from pg_namespace as n
				cross join aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) as a
				where n.nspname = 'public' and pg_has_role(n.nspowner, 'usage')
				and a.grantee = 0 and a.privilege_type = 'CREATE'
			) as "create"
		from acl`)
	if err != nil {
		return nil, fmt.Errorf("look at privileges of everybody: %w", err)
	}
	var statements []string
	if state.Temp {
		statements = append(statements, "revoke temporary on database "+pq.QuoteIdentifier(state.Database)+" from public")
	}
	if state.Create {
		statements = append(statements, "revoke create on schema public from public")
	}
	return statements, nil
}
