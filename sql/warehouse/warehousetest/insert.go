package warehousetest

import (
	"strings"

	"github.com/jmoiron/sqlx"
)

// Insert writes the rows of a query that gives some columns of table by their names;
// the others, which a test does not read, are zero or empty. It panics where it cannot.
func Insert(db *sqlx.DB, table, query string, args ...any) {
	var names []string
	err := db.Select(&names, `
		select format('coalesce(r.%I, cast(%L as %s))', a.attname,
			case
				when a.atttypid in ('text'::regtype, 'bpchar'::regtype) then ''
				when a.atttypid in ('date'::regtype, 'timestamptz'::regtype) then '2026-01-01'
				when a.atttypid = 'boolean'::regtype then 'false'
				when a.attndims > 0 then '{}'
				else '0'
			end, format_type(a.atttypid, a.atttypmod))
		from pg_attribute as a
		where a.attrelid = cast($1 as regclass) and a.attnum > 0 and not a.attisdropped
		order by a.attnum`, table)
	if err != nil {
		panic(err)
	}
	db.MustExec(`
		insert into `+table+`
		select `+strings.Join(names, ", ")+`
		from (`+query+`) as q
		cross join lateral jsonb_populate_record(cast(null as `+table+`), to_jsonb(q)) as r
		on conflict do nothing`, args...)
}
