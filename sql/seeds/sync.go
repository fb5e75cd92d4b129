package seeds

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// OutletRow is one outlet of the registry as seeds.outlets keeps it.
type OutletRow struct {
	OutletID            string
	Name                string
	PublisherID         string
	CountryCode         string
	LanguageCode        string
	Tier                int
	HomeURL             string
	TimeZone            string // IANA; empty is UTC
	Reach               string // global, national, regional or local; empty is national
	IsInPanel           bool   // false: read, and never counted
	ExpectedArticlesMin *int   // nil: nothing declared
	ExpectedArticlesMax *int
	IsActive            bool
}

// Each statement takes its rows as one array a column, so a whole file is one
// round trip; it writes in the order of the key, so that two processes that
// start together wait for each other instead of deadlocking; and it leaves rows
// alone that already say the same, so that a quiet night writes nothing. Empty
// text stands for null.
const (
	upsertCountries = `
insert into seeds.countries as kept (country_code, name, region, gdp_musd)
select
    given.country_code,
    given.name,
    given.region,
    cast(nullif(given.gdp_musd, '') as numeric(14, 0))
from unnest(
    cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
    cast($4 as text[])
) as given (country_code, name, region, gdp_musd)
order by given.country_code
on conflict (country_code) do update set
    name = excluded.name,
    region = excluded.region,
    gdp_musd = excluded.gdp_musd
where (kept.name, kept.region, kept.gdp_musd)
    is distinct from (excluded.name, excluded.region, excluded.gdp_musd)`

	upsertLanguages = `
insert into seeds.languages as kept (language_code, name)
select
    given.language_code,
    given.name
from unnest(
    cast($1 as text[]), cast($2 as text[])
) as given (language_code, name)
order by given.language_code
on conflict (language_code) do update set
    name = excluded.name
where kept.name is distinct from excluded.name`

	upsertConstants = `
insert into seeds.method_constants as kept (
    method_version, constant_name, value, unit, reason
)
select
    given.method_version,
    given.constant_name,
    cast(given.value as numeric(18, 9)),
    given.unit,
    given.reason
from unnest(
    cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
    cast($4 as text[]), cast($5 as text[])
) as given (method_version, constant_name, value, unit, reason)
order by given.method_version, given.constant_name
on conflict (method_version, constant_name) do update set
    value = excluded.value,
    unit = excluded.unit,
    reason = excluded.reason
where (kept.value, kept.unit, kept.reason)
    is distinct from (excluded.value, excluded.unit, excluded.reason)`

	upsertOutlets = `
insert into seeds.outlets as kept (
    outlet_id, name, publisher_id, country_code, language_code, tier,
    home_url, time_zone, reach, is_in_panel,
    expected_articles_min, expected_articles_max, is_active
)
select
    given.outlet_id,
    given.name,
    given.publisher_id,
    given.country_code,
    given.language_code,
    cast(given.tier as smallint),
    given.home_url,
    coalesce(nullif(given.time_zone, ''), 'UTC'),
    coalesce(nullif(given.reach, ''), 'national'),
    given.is_in_panel,
    cast(nullif(given.expected_articles_min, '') as integer),
    cast(nullif(given.expected_articles_max, '') as integer),
    given.is_active
from unnest(
    cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
    cast($4 as text[]), cast($5 as text[]), cast($6 as bigint[]),
    cast($7 as text[]), cast($8 as text[]), cast($9 as text[]),
    cast($10 as boolean[]), cast($11 as text[]), cast($12 as text[]),
    cast($13 as boolean[])
) as given (
    outlet_id, name, publisher_id, country_code, language_code, tier,
    home_url, time_zone, reach, is_in_panel,
    expected_articles_min, expected_articles_max, is_active
)
order by given.outlet_id
on conflict (outlet_id) do update set
    name = excluded.name,
    publisher_id = excluded.publisher_id,
    country_code = excluded.country_code,
    language_code = excluded.language_code,
    tier = excluded.tier,
    home_url = excluded.home_url,
    time_zone = excluded.time_zone,
    reach = excluded.reach,
    is_in_panel = excluded.is_in_panel,
    expected_articles_min = excluded.expected_articles_min,
    expected_articles_max = excluded.expected_articles_max,
    is_active = excluded.is_active
where (
    kept.name, kept.publisher_id, kept.country_code, kept.language_code,
    kept.tier, kept.home_url, kept.time_zone, kept.reach, kept.is_in_panel,
    kept.expected_articles_min, kept.expected_articles_max, kept.is_active
) is distinct from (
    excluded.name, excluded.publisher_id, excluded.country_code,
    excluded.language_code, excluded.tier, excluded.home_url,
    excluded.time_zone, excluded.reach, excluded.is_in_panel,
    excluded.expected_articles_min, excluded.expected_articles_max,
    excluded.is_active
)`

	retireOutlets = `
update seeds.outlets
set is_active = false
where is_active and outlet_id <> all(cast($1 as text[]))`
)

// Sync makes the schema seeds say what the set says. Companies that have left
// the set become inactive and keep their history; whatever else has left it is
// deleted, since nothing hangs on it. Countries, languages and constants are
// only added and changed: rows of other nights and method versions refer to them.
// What changes in names, anchors and other senses is noted in ops.alias_changes,
// unless the database had no companies: then there is no text to match again.
func Sync(ctx context.Context, tx *sqlx.Tx, set Set) error {
	steps := []func(context.Context, *sqlx.Tx, Set) error{
		syncCountries, syncLanguages, syncConstants,
		noteChanges, syncCompanies, syncAliases, syncAnchors, syncSenses,
		syncCodes, syncTones, syncQuality,
	}
	for _, step := range steps {
		if err := step(ctx, tx, set); err != nil {
			return err
		}
	}
	return nil
}

// SyncOutlets makes seeds.outlets say what the registry says. An outlet that has
// left it becomes inactive; one that is handed in is as active as its row says. Sync has to
// run first, because outlets refer to countries.
func SyncOutlets(ctx context.Context, tx *sqlx.Tx, rows []OutletRow) error {
	ids := column(rows, func(o OutletRow) string { return o.OutletID })
	if err := run(ctx, tx, "write outlets", upsertOutlets,
		pq.Array(ids),
		pq.Array(column(rows, func(o OutletRow) string { return o.Name })),
		pq.Array(column(rows, func(o OutletRow) string { return o.PublisherID })),
		pq.Array(column(rows, func(o OutletRow) string { return o.CountryCode })),
		pq.Array(column(rows, func(o OutletRow) string { return o.LanguageCode })),
		pq.Array(column(rows, func(o OutletRow) int64 { return int64(o.Tier) })),
		pq.Array(column(rows, func(o OutletRow) string { return o.HomeURL })),
		pq.Array(column(rows, func(o OutletRow) string { return o.TimeZone })),
		pq.Array(column(rows, func(o OutletRow) string { return o.Reach })),
		pq.Array(column(rows, func(o OutletRow) bool { return o.IsInPanel })),
		pq.Array(column(rows, func(o OutletRow) string { return optional(o.ExpectedArticlesMin) })),
		pq.Array(column(rows, func(o OutletRow) string { return optional(o.ExpectedArticlesMax) })),
		pq.Array(column(rows, func(o OutletRow) bool { return o.IsActive })),
	); err != nil {
		return err
	}
	return run(ctx, tx, "retire outlets", retireOutlets, pq.Array(ids))
}

func syncCountries(ctx context.Context, tx *sqlx.Tx, set Set) error {
	return run(ctx, tx, "write countries", upsertCountries,
		pq.Array(column(set.Countries, func(c Country) string { return c.Code })),
		pq.Array(column(set.Countries, func(c Country) string { return c.Name })),
		pq.Array(column(set.Countries, func(c Country) string { return c.Region })),
		pq.Array(column(set.Countries, func(c Country) string {
			if c.GDPMUSD == 0 {
				return ""
			}
			return strconv.FormatInt(c.GDPMUSD, 10)
		})))
}

func syncLanguages(ctx context.Context, tx *sqlx.Tx, set Set) error {
	return run(ctx, tx, "write languages", upsertLanguages,
		pq.Array(column(set.Languages, func(g Language) string { return g.Code })),
		pq.Array(column(set.Languages, func(g Language) string { return g.Name })))
}

func syncConstants(ctx context.Context, tx *sqlx.Tx, set Set) error {
	return run(ctx, tx, "write method constants", upsertConstants,
		pq.Array(column(set.Constants, func(c Constant) string { return c.MethodVersion })),
		pq.Array(column(set.Constants, func(c Constant) string { return c.Name })),
		pq.Array(column(set.Constants, func(c Constant) string { return c.Value })),
		pq.Array(column(set.Constants, func(c Constant) string { return c.Unit })),
		pq.Array(column(set.Constants, func(c Constant) string { return c.Reason })))
}

func run(ctx context.Context, tx *sqlx.Tx, what, query string, args ...any) error {
	if _, err := tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// column is one value of every row. Never nil: a nil slice would reach the
// database as null, and "id <> all(null)" retires nothing.
func column[R, V any](rows []R, value func(R) V) []V {
	values := slices.Grow([]V{}, len(rows))
	for _, r := range rows {
		values = append(values, value(r))
	}
	return values
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func optional(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
