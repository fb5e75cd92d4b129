package lint

import (
	"regexp"
	"strings"
)

// rule is one form. Find gets the text in lower case, with single spaces, without
// comments and literals, and returns what it found.
type rule struct {
	name    string
	places  Place
	find    func(string) string
	instead string
	bad     string // an example that is found
	good    string // one that is not
}

// form is a find by pattern.
func form(pattern string) func(string) string {
	return regexp.MustCompile(pattern).FindString
}

var rules = []rule{
	// Silently different.
	{
		"date of a time without a zone", anywhere, form(`\b\w+_at ?:: ?date\b|\bcast ?\( ?[\w.]*_at as date\b|\bdate ?\( ?[\w.]*_at ?\)`),
		"the session's zone decides: cast(x at time zone 'UTC' as date)",
		"select cast(a.published_at as date) from a", "select cast(a.published_at at time zone 'UTC' as date) from a",
	},
	{
		"date_trunc without a zone", Model | Transform | Job, form(`\bdate_trunc ?\( ?[^,()]+,[^,()]+\)`),
		"the session's zone decides: date_trunc('day', x, 'UTC'), or a date",
		"select date_trunc('day', a.seen_at) from a", "select date_trunc('day', a.seen_at, 'UTC') from a",
	},
	{
		"to_char", Model | Transform, form(`\bto_char ?\(`),
		"zone and language of the session decide: extract, concat, or format in Go",
		"select to_char(a.seen_at, 'YYYY') from a", "select extract(year from a.night) from a",
	},
	{
		"the clock", Model | Transform, form(`\b(now|clock_timestamp|statement_timestamp|transaction_timestamp) ?\(|\b(current_date|current_timestamp|current_time|localtime\w*)\b`),
		"a transform knows no clock, and nodes have several: pass the time as a parameter",
		"select a.b from a where a.night < current_date", "select a.b from a where a.night < cast($1 as date)",
	},
	{
		"floating point", Model | Transform, form(`\b(double precision|real|float[48]?|money)\b`),
		"its sums depend on the order of rows: numeric, rounded to a declared scale",
		"select sum(cast(a.b as double precision)) from a", "select sum(cast(a.b as numeric(18, 12))) from a",
	},
	{
		"a statistic in floating point", Model | Transform, form(`\b(percentile_cont|stddev\w*|variance|var_\w+|corr|regr_\w+|covar_\w+) ?\(`),
		"it is computed in double precision: percentile_disc, or sums of numeric",
		"select stddev_samp(a.b) from a", "select percentile_disc(0.5) within group (order by a.b) from a",
	},
	{
		"chance", Model | Transform | Job, form(`\b(random|setseed|gen_random_uuid) ?\(|\btablesample\b`),
		"a rebuild gives another result: hash an id and compare",
		"select a.b from a order by random()", "select a.b from a order by md5(a.id), a.id",
	},
	{
		"limit without an order", Model | Transform | Job, limitWithoutOrder,
		"which rows it takes is chance: order by a unique column, or row_number() <= n over such an order",
		"select a.b from (select c.b from c limit 5) as a order by a.b", "select a.b from a order by a.b, a.id limit 5",
	},
	{
		"an aggregate in no order", Model | Transform, aggregateWithoutOrder,
		"rows come as they like: string_agg(x, ',' order by y), y unique",
		"select string_agg(a.b, ',') from a", "select array_agg(a.b order by a.b collate \"C\") from a",
	},
	{
		"a place in no order", Model | Transform, placeWithoutOrder,
		"which row is first is chance: over (order by …) that ends in a unique column",
		"select row_number() over (partition by a.b) from a", "select row_number() over (partition by a.b order by a.id) from a",
	},
	{
		"rows and sizes of the catalog", Model | Transform, form(`\b(reltuples|relpages|n_live_tup|pg_total_relation_size|pg_relation_size|pg_table_size|pg_indexes_size)\b`),
		"the coordinator's own part is empty: count(*), or citus_table_size",
		"select c.reltuples from pg_class as c", "select count(*) from a",
	},
	{
		"another result after the update", anywhere, updateFromClock,
		"nodes have clocks of their own, and Citus refuses it: on conflict … do update set x = excluded.x",
		"insert into seeds.a (b) values (1) on conflict (b) do update set c = now()",
		"insert into seeds.a (b, c) values (1, 2) on conflict (b) do update set c = excluded.c",
	},

	// Refused.
	{
		"merge", anywhere, form(`\bmerge into\b`), "insert … on conflict",
		"merge into a using b on a.c = b.c when matched then delete", "insert into a (b) values (1) on conflict (b) do nothing",
	},
	{
		"a trigger", Migration | Placed, form(`\bcreate (constraint )?trigger\b`), "write it in the statement that changes the table",
		"create trigger a before insert on b for each row execute function c()", "create table triggers (a integer)",
	},
	{
		"partitions of partitions", Migration | Placed, form(`\bpartition of [^;]*\bpartition by\b`), "one level: range (night)",
		"create table a partition of b for values in (1) partition by range (c)", "create table a (night date) partition by range (night)",
	},
	{
		"a materialized view or a domain", Migration | Placed, form(`\bcreate (materialized view|domain)\b`),
		"a table that a model makes; a check constraint",
		"create materialized view a as select 1", "create view a as select cast(1 as integer) as b",
	},
	{
		"several subcommands at once", Placed, form(`\balter table (if exists )?[\w.]+ (add|drop|alter|rename) [^;]*?, (add|drop|alter|rename) `),
		"one subcommand in an alter table, one statement in an Exec",
		"alter table a add column b integer, add column c integer", "alter table a add column b numeric(18, 12)",
	},
	{
		"lateral with a limit", Model | Transform, form(`\blateral\b`),
		"row_number() over (partition by …) <= n in a step of its own",
		"select a.b from a cross join lateral (select c.d from c where c.a = a.b order by c.d limit 1) as e", "select a.b from a inner join c on c.a = a.b",
	},
	{
		"rollup", Model | Transform, form(`\b(rollup|cube) ?\(|\bgrouping sets\b`), "one step for each grain, and union all",
		"select sum(a.b) from a group by rollup (a.c)", "select sum(a.b) from a group by a.c",
	},
	{
		"ctid", anywhere, ctidOnNodes, "the key: a ctid is a place on one node",
		"delete from seeds.a as a where a.ctid = '(0,1)'", "delete from seeds.a as a where a.b = 1",
	},
	{
		"rows locked on the nodes", Transform | Job, lockedOnNodes,
		"for update skip locked holds on local tables alone: marts and ops, but for ops.urls",
		"select a.b from staging.articles as a order by a.b limit 1 for update skip locked",
		"select a.b from ops.runs as a order by a.b limit 1 for update skip locked",
	},
	{
		"case by a number", Model | Transform, form(`\bcase [\w.]+ when -?\d`),
		"Citus 13 hands smallint on to its nodes as boolean: case when x = 1 then …",
		"select case a.tier when 1 then 2 end from a", "select case when a.tier = 1 then 2 end from a",
	},
}

var limitPattern = regexp.MustCompile(`\blimit (\d|\$|\(|all)`)

func limitWithoutOrder(text string) string {
	for _, at := range limitPattern.FindAllStringIndex(text, -1) {
		before := around(text, at[0])
		if i := strings.LastIndex(before, "select "); i >= 0 {
			before = before[i:]
		}
		if !strings.Contains(before, "order by") && !isOneRow(before) {
			return before[max(0, len(before)-40):] + text[at[0]:at[1]]
		}
	}
	return ""
}

// isOneRow tells of a query that only asks whether there is a row: its answer does
// not depend on which.
func isOneRow(query string) bool {
	return strings.HasPrefix(query, "select from ") || strings.HasPrefix(query, "select 1 from ")
}

var placePattern = regexp.MustCompile(`\b(row_number|rank|dense_rank|lag|lead|first_value|last_value|ntile) ?\(`)

func placeWithoutOrder(text string) string {
	for _, at := range placePattern.FindAllStringIndex(text, -1) {
		inside := inParentheses(text, at[1]-1)
		rest, isWindow := strings.CutPrefix(text[at[1]+len(inside):], ") over (")
		if isWindow && !strings.Contains(inParentheses("("+rest, 0), "order by") {
			return text[at[0]:at[1]] + ") over (" + inParentheses("("+rest, 0) + ")"
		}
	}
	return ""
}

func ctidOnNodes(text string) string {
	if !ctidPattern.MatchString(text) {
		return ""
	}
	for _, table := range tablePattern.FindAllString(text, -1) {
		if isOnNodes(table) {
			return "ctid of " + table
		}
	}
	return ""
}

var ctidPattern = regexp.MustCompile(`\bctid\b`)

var aggregatePattern = regexp.MustCompile(`\b(string_agg|array_agg|json_agg|jsonb_agg|json_object_agg) ?\(`)

func aggregateWithoutOrder(text string) string {
	for _, at := range aggregatePattern.FindAllStringIndex(text, -1) {
		inside := inParentheses(text, at[1]-1)
		if !strings.Contains(inside, "order by") {
			return text[at[0]:at[1]] + inside + ")"
		}
	}
	return ""
}

var (
	statementPattern = regexp.MustCompile(`\binsert into ([a-z_]+\.[a-z_]+)[^;]*?\bdo update set ([^;]*)`)
	clockPattern     = regexp.MustCompile(`\b(now|clock_timestamp|random|nextval) ?\(|\bcurrent_(date|timestamp)\b`)
)

func updateFromClock(text string) string {
	for _, m := range statementPattern.FindAllStringSubmatch(text, -1) {
		if isOnNodes(m[1]) {
			if match := clockPattern.FindString(m[2]); match != "" {
				return m[1] + ": " + match
			}
		}
	}
	return ""
}

var (
	tablePattern = regexp.MustCompile(`\b(?:seeds|staging|intermediate|marts|ops)\.[a-z_]+`)
	lockPattern  = regexp.MustCompile(`\bskip locked\b`)
)

func lockedOnNodes(text string) string {
	for _, at := range lockPattern.FindAllStringIndex(text, -1) {
		for _, table := range tablePattern.FindAllString(around(text, at[0]), -1) {
			if isOnNodes(table) {
				return table + " … skip locked"
			}
		}
	}
	return ""
}

// isOnNodes tells whether the rows of a table can lie on other nodes.
func isOnNodes(table string) bool {
	schema, _, _ := strings.Cut(table, ".")
	return schema == "seeds" || schema == "staging" || schema == "intermediate" || table == "ops.urls"
}
