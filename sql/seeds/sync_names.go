package seeds

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

const (
	hasCompanies = `select exists (select 1 from seeds.companies)`

	// What a name, an anchor or another sense says is compared as one text. The
	// kind of an alias is left out: it decides nothing about a text. A sense is
	// noted as the alias it belongs to, because only texts with that can change.
	noteNameChanges = `
with kept as (
    select
        'alias' as source,
        company_id,
        alias,
        language_code as part,
        concat_ws(
            '|', class, is_case_sensitive, coalesce(anchors, ''),
            coalesce(cast(valid_from as text), ''),
            coalesce(cast(valid_to as text), '')
        ) as content
    from seeds.company_aliases
    union all
    select
        'anchor' as source,
        company_id,
        anchor as alias,
        '' as part,
        concat_ws(
            '|', coalesce(cast(valid_from as text), ''),
            coalesce(cast(valid_to as text), '')
        ) as content
    from seeds.company_anchors
    union all
    select
        'sense' as source,
        company_id,
        alias,
        sense as part,
        concat_ws('#', cues, countries) as content
    from seeds.company_senses
),
given as (
    select
        read.source,
        read.company_id,
        read.alias,
        read.part,
        read.content
    from unnest(
        cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
        cast($4 as text[]), cast($5 as text[])
    ) as read (source, company_id, alias, part, content)
),
changes as (
    select distinct
        coalesce(given.company_id, kept.company_id) as company_id,
        coalesce(given.alias, kept.alias) as alias,
        case
            when kept.company_id is null then 'added'
            when given.company_id is null then 'removed'
            else 'changed'
        end as change
    from kept
    full join given
        on
            kept.source = given.source
            and kept.company_id = given.company_id
            and kept.alias = given.alias
            and kept.part = given.part
    where kept.content is distinct from given.content
)
insert into ops.alias_changes (changed_at, company_id, alias, change)
select
    current_timestamp,
    company_id,
    alias,
    change
from changes
order by company_id, alias, change`

	upsertCompanies = `
insert into seeds.companies as kept (
    company_id, name, name_zh, sector, ownership, home_country, hq_city,
    ticker, wikidata_id, is_comparator, parent_id, counts_for, valid_from,
    valid_to, is_active
)
select
    given.company_id,
    given.name,
    nullif(given.name_zh, ''),
    given.sector,
    given.ownership,
    given.home_country,
    nullif(given.hq_city, ''),
    nullif(given.ticker, ''),
    nullif(given.wikidata_id, ''),
    given.is_comparator,
    nullif(given.parent_id, ''),
    nullif(given.counts_for, ''),
    cast(nullif(given.valid_from, '') as date),
    cast(nullif(given.valid_to, '') as date),
    true
from unnest(
    cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
    cast($4 as text[]), cast($5 as text[]), cast($6 as text[]),
    cast($7 as text[]), cast($8 as text[]), cast($9 as text[]),
    cast($10 as boolean[]), cast($11 as text[]), cast($12 as text[]),
    cast($13 as text[]), cast($14 as text[])
) as given (
    company_id, name, name_zh, sector, ownership, home_country, hq_city,
    ticker, wikidata_id, is_comparator, parent_id, counts_for, valid_from,
    valid_to
)
order by given.company_id
on conflict (company_id) do update set
    name = excluded.name,
    name_zh = excluded.name_zh,
    sector = excluded.sector,
    ownership = excluded.ownership,
    home_country = excluded.home_country,
    hq_city = excluded.hq_city,
    ticker = excluded.ticker,
    wikidata_id = excluded.wikidata_id,
    is_comparator = excluded.is_comparator,
    parent_id = excluded.parent_id,
    counts_for = excluded.counts_for,
    valid_from = excluded.valid_from,
    valid_to = excluded.valid_to,
    is_active = excluded.is_active
where (
    kept.name, kept.name_zh, kept.sector, kept.ownership, kept.home_country,
    kept.hq_city, kept.ticker, kept.wikidata_id, kept.is_comparator,
    kept.parent_id, kept.counts_for, kept.valid_from, kept.valid_to,
    kept.is_active
) is distinct from (
    excluded.name, excluded.name_zh, excluded.sector, excluded.ownership,
    excluded.home_country, excluded.hq_city, excluded.ticker,
    excluded.wikidata_id, excluded.is_comparator, excluded.parent_id,
    excluded.counts_for, excluded.valid_from, excluded.valid_to,
    excluded.is_active
)`

	retireCompanies = `
update seeds.companies
set is_active = false
where is_active and company_id <> all(cast($1 as text[]))`

	upsertAliases = `
insert into seeds.company_aliases as kept (
    company_id, alias, language_code, class, kind, is_case_sensitive, anchors,
    valid_from, valid_to
)
select
    given.company_id,
    given.alias,
    given.language_code,
    given.class,
    coalesce(nullif(given.kind, ''), 'name'),
    given.is_case_sensitive,
    nullif(given.anchors, ''),
    cast(nullif(given.valid_from, '') as date),
    cast(nullif(given.valid_to, '') as date)
from unnest(
    cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
    cast($4 as text[]), cast($5 as text[]), cast($6 as boolean[]),
    cast($7 as text[]), cast($8 as text[]), cast($9 as text[])
) as given (
    company_id, alias, language_code, class, kind, is_case_sensitive, anchors,
    valid_from, valid_to
)
order by given.company_id, given.alias, given.language_code
on conflict (company_id, alias, language_code) do update set
    class = excluded.class,
    kind = excluded.kind,
    is_case_sensitive = excluded.is_case_sensitive,
    anchors = excluded.anchors,
    valid_from = excluded.valid_from,
    valid_to = excluded.valid_to
where (
    kept.class, kept.kind, kept.is_case_sensitive, kept.anchors,
    kept.valid_from, kept.valid_to
) is distinct from (
    excluded.class, excluded.kind, excluded.is_case_sensitive,
    excluded.anchors, excluded.valid_from, excluded.valid_to
)`

	deleteAliases = `
delete from seeds.company_aliases
where (company_id, alias, language_code) not in (
    select
        given.company_id,
        given.alias,
        given.language_code
    from unnest(
        cast($1 as text[]), cast($2 as text[]), cast($3 as text[])
    ) as given (company_id, alias, language_code)
)`

	upsertAnchors = `
insert into seeds.company_anchors as kept (
    company_id, anchor, kind, valid_from, valid_to
)
select
    given.company_id,
    given.anchor,
    given.kind,
    cast(nullif(given.valid_from, '') as date),
    cast(nullif(given.valid_to, '') as date)
from unnest(
    cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
    cast($4 as text[]), cast($5 as text[])
) as given (company_id, anchor, kind, valid_from, valid_to)
order by given.company_id, given.anchor
on conflict (company_id, anchor) do update set
    kind = excluded.kind,
    valid_from = excluded.valid_from,
    valid_to = excluded.valid_to
where (kept.kind, kept.valid_from, kept.valid_to)
    is distinct from (excluded.kind, excluded.valid_from, excluded.valid_to)`

	deleteAnchors = `
delete from seeds.company_anchors
where (company_id, anchor) not in (
    select
        given.company_id,
        given.anchor
    from unnest(
        cast($1 as text[]), cast($2 as text[])
    ) as given (company_id, anchor)
)`

	upsertSenses = `
insert into seeds.company_senses as kept (
    company_id, alias, sense, cues, countries
)
select
    given.company_id,
    given.alias,
    given.sense,
    given.cues,
    given.countries
from unnest(
    cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
    cast($4 as text[]), cast($5 as text[])
) as given (company_id, alias, sense, cues, countries)
order by given.company_id, given.alias, given.sense
on conflict (company_id, alias, sense) do update set
    cues = excluded.cues,
    countries = excluded.countries
where (kept.cues, kept.countries)
    is distinct from (excluded.cues, excluded.countries)`

	deleteSenses = `
delete from seeds.company_senses
where (company_id, alias, sense) not in (
    select
        given.company_id,
        given.alias,
        given.sense
    from unnest(
        cast($1 as text[]), cast($2 as text[]), cast($3 as text[])
    ) as given (company_id, alias, sense)
)`
)

// nameContent is what noteNameChanges compares: written as it writes what the
// database has.
type nameContent struct{ source, companyID, alias, part, content string }

// noteChanges comes before the names are written: afterwards nobody could tell
// what they were.
func noteChanges(ctx context.Context, tx *sqlx.Tx, set Set) error {
	var isOld bool
	if err := tx.GetContext(ctx, &isOld, hasCompanies); err != nil {
		return fmt.Errorf("look for companies: %w", err)
	}
	if !isOld {
		return nil
	}
	var all []nameContent
	for _, a := range set.Aliases {
		isCaseSensitive := "f"
		if a.IsCaseSensitive {
			isCaseSensitive = "t"
		}
		content := strings.Join([]string{a.Class, isCaseSensitive, strings.Join(a.Anchors, "|"), date(a.ValidFrom), date(a.ValidTo)}, "|")
		all = append(all, nameContent{"alias", a.CompanyID, a.Alias, a.Language, content})
	}
	for _, a := range set.Anchors {
		all = append(all, nameContent{"anchor", a.CompanyID, a.Anchor, "", date(a.ValidFrom) + "|" + date(a.ValidTo)})
	}
	for _, s := range set.Senses {
		content := strings.Join(s.Cues, "|") + "#" + strings.Join(s.Countries, "|")
		all = append(all, nameContent{"sense", s.CompanyID, s.Alias, s.Sense, content})
	}
	return run(ctx, tx, "note what changes in names", noteNameChanges,
		pq.Array(column(all, func(n nameContent) string { return n.source })),
		pq.Array(column(all, func(n nameContent) string { return n.companyID })),
		pq.Array(column(all, func(n nameContent) string { return n.alias })),
		pq.Array(column(all, func(n nameContent) string { return n.part })),
		pq.Array(column(all, func(n nameContent) string { return n.content })))
}

func syncCompanies(ctx context.Context, tx *sqlx.Tx, set Set) error {
	ids := column(set.Companies, func(c Company) string { return c.ID })
	if err := run(ctx, tx, "write companies", upsertCompanies,
		pq.Array(ids),
		pq.Array(column(set.Companies, func(c Company) string { return c.Name })),
		pq.Array(column(set.Companies, func(c Company) string { return c.NameZH })),
		pq.Array(column(set.Companies, func(c Company) string { return c.Sector })),
		pq.Array(column(set.Companies, func(c Company) string { return c.Ownership })),
		pq.Array(column(set.Companies, func(c Company) string { return c.HomeCountry })),
		pq.Array(column(set.Companies, func(c Company) string { return c.HQCity })),
		pq.Array(column(set.Companies, func(c Company) string { return c.Ticker })),
		pq.Array(column(set.Companies, func(c Company) string { return c.WikidataID })),
		pq.Array(column(set.Companies, func(c Company) bool { return c.IsComparator })),
		pq.Array(column(set.Companies, func(c Company) string { return c.ParentID })),
		pq.Array(column(set.Companies, func(c Company) string { return c.CountsFor })),
		pq.Array(column(set.Companies, func(c Company) string { return date(c.ValidFrom) })),
		pq.Array(column(set.Companies, func(c Company) string { return date(c.ValidTo) })),
	); err != nil {
		return err
	}
	return run(ctx, tx, "retire companies", retireCompanies, pq.Array(ids))
}

func syncAliases(ctx context.Context, tx *sqlx.Tx, set Set) error {
	ids := column(set.Aliases, func(a Alias) string { return a.CompanyID })
	names := column(set.Aliases, func(a Alias) string { return a.Alias })
	languages := column(set.Aliases, func(a Alias) string { return a.Language })
	if err := run(ctx, tx, "delete aliases that are gone", deleteAliases, pq.Array(ids), pq.Array(names), pq.Array(languages)); err != nil {
		return err
	}
	return run(ctx, tx, "write aliases", upsertAliases,
		pq.Array(ids), pq.Array(names), pq.Array(languages),
		pq.Array(column(set.Aliases, func(a Alias) string { return a.Class })),
		pq.Array(column(set.Aliases, func(a Alias) string { return a.Kind })),
		pq.Array(column(set.Aliases, func(a Alias) bool { return a.IsCaseSensitive })),
		pq.Array(column(set.Aliases, func(a Alias) string { return strings.Join(a.Anchors, "|") })),
		pq.Array(column(set.Aliases, func(a Alias) string { return date(a.ValidFrom) })),
		pq.Array(column(set.Aliases, func(a Alias) string { return date(a.ValidTo) })))
}

func syncAnchors(ctx context.Context, tx *sqlx.Tx, set Set) error {
	ids := column(set.Anchors, func(a Anchor) string { return a.CompanyID })
	words := column(set.Anchors, func(a Anchor) string { return a.Anchor })
	if err := run(ctx, tx, "delete anchors that are gone", deleteAnchors, pq.Array(ids), pq.Array(words)); err != nil {
		return err
	}
	return run(ctx, tx, "write anchors", upsertAnchors,
		pq.Array(ids), pq.Array(words),
		pq.Array(column(set.Anchors, func(a Anchor) string { return a.Kind })),
		pq.Array(column(set.Anchors, func(a Anchor) string { return date(a.ValidFrom) })),
		pq.Array(column(set.Anchors, func(a Anchor) string { return date(a.ValidTo) })))
}

func syncSenses(ctx context.Context, tx *sqlx.Tx, set Set) error {
	ids := column(set.Senses, func(s Sense) string { return s.CompanyID })
	names := column(set.Senses, func(s Sense) string { return s.Alias })
	senses := column(set.Senses, func(s Sense) string { return s.Sense })
	if err := run(ctx, tx, "delete senses that are gone", deleteSenses, pq.Array(ids), pq.Array(names), pq.Array(senses)); err != nil {
		return err
	}
	return run(ctx, tx, "write senses", upsertSenses,
		pq.Array(ids), pq.Array(names), pq.Array(senses),
		pq.Array(column(set.Senses, func(s Sense) string { return strings.Join(s.Cues, "|") })),
		pq.Array(column(set.Senses, func(s Sense) string { return strings.Join(s.Countries, "|") })))
}
