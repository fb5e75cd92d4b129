package build

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
)

var (
	historyNights = flag.Int("history", 30, "nights of history up to which BenchmarkHistory goes: 30, 91, 183, 365")
	historyDir    = flag.String("history-dir", "/tmp/bench-history", "folder for its database; a year takes some 75 GB")
	historyKeep   = flag.Bool("history-keep", false, "leave the folder, and go on from what is in it")
)

// The night that is measured is the last of a month, so that its month is full and
// the months before are whole: 30 nights are one month, 91 three, 183 six, 365 a year.
var (
	historyLast   = date("2026-11-30")
	historyMonths = []int{1, 3, 6, 12}
)

// BenchmarkHistory measures what a night costs to build and publish when a month,
// three, six and twelve of history stand behind it: 200,000 articles and 10,000
// mentions each night, with the stories, sums and addresses that go with them, on a
// database of its own, without an autovacuum that would come in between.
//
//	go test -run none -bench History -benchtime 1x -timeout 3h -history 183 ./transform/build
//
// Costs are of CPU and blocks, beside time, because time alone is noisy.
func BenchmarkHistory(b *testing.B) {
	if testing.Short() {
		b.Skip("it takes half an hour")
	}
	h := newHistory(b)
	defer h.close()
	var stages []historyCost
	for b.Loop() {
		stages = h.run()
	}
	fmt.Fprint(os.Stdout, historyTable(stages))
}

type history struct {
	b      *testing.B
	lg     *slog.Logger
	server *warehouse.Server
	db     *sqlx.DB
	build  *Builder
	first  time.Time // earliest night that is there
}

func newHistory(b *testing.B) *history {
	b.Helper()
	entries, _ := os.ReadDir(*historyDir)
	if len(entries) > 0 && !*historyKeep {
		b.Fatalf("%s is not empty: remove it, name another folder with -history-dir, or go on from it with -history-keep", *historyDir)
	}
	// The superuser of the server must reach it when tests run as root.
	if err := os.MkdirAll(*historyDir, 0o755); err != nil {
		b.Fatal(err)
	}
	h := &history{b: b, lg: slog.New(slog.DiscardHandler)}
	var err error
	h.server, err = warehouse.StartServer(b.Context(), h.lg, filepath.Join(*historyDir, "data"), postmaster.WithoutSync(),
		postmaster.WithSetting("shared_buffers", "1GB"), postmaster.WithSetting("autovacuum", "off"),
		postmaster.WithSetting("wal_level", "minimal"), postmaster.WithSetting("max_wal_senders", "0"),
		postmaster.WithSetting("max_wal_size", "8GB"), postmaster.WithSetting("maintenance_work_mem", "512MB"))
	if err != nil {
		b.Fatal(err)
	}
	if h.db, err = warehouse.Open(b.Context(), h.lg, h.server.URL()); err != nil {
		b.Fatal(err)
	}
	if h.build = newBuilder(b, h.db); len(entries) > 0 {
		if err := h.db.Get(&h.first, "select min(n.night) from marts.nights as n"); err != nil {
			b.Fatal(err)
		}
		return h
	}
	if _, err := warehouse.Migrate(b.Context(), h.lg, h.db); err != nil {
		b.Fatal(err)
	}
	helpers, err := os.ReadFile(filepath.Join("testdata", "helpers.sql"))
	if err != nil {
		b.Fatal(err)
	}
	run(b, h.db, string(helpers))
	run(b, h.db, bulk)
	return h
}

func (h *history) close() {
	_ = h.db.Close()
	if err := h.server.Stop(context.Background()); err != nil {
		h.b.Error(err)
	}
	if *historyKeep {
		return
	}
	if err := os.RemoveAll(*historyDir); err != nil {
		h.b.Error(err)
	}
}

func (h *history) say(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, values...)...)
}

// run makes the last nights in earnest, history behind them month by month, and
// measures the last night at each stage.
func (h *history) run() []historyCost {
	template := historyLast.AddDate(0, 0, -4)
	if h.first.IsZero() {
		h.makeTemplate(template)
		h.first = template
	}
	var costs []historyCost
	for _, months := range historyMonths {
		first := time.Date(historyLast.Year(), historyLast.Month()+1-time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		nights := int(historyLast.Sub(first)/(24*time.Hour)) + 1
		if nights > *historyNights && months > 1 {
			break
		}
		if h.first.After(first) {
			indexed := h.unindexURLs()
			for h.first.After(first) {
				h.before(template)
			}
			indexed()
		}
		for night := template.AddDate(0, 0, 1); months == 1 && !night.After(historyLast); night = night.AddDate(0, 0, 1) {
			h.makeLate(night)
		}
		if h.first.Before(first) {
			continue // measured by an earlier try
		}
		run(h.b, h.db, "vacuum (analyze)")
		h.say("%d nights are there", nights)
		costs = append(costs, h.measure(nights))
		h.say("%+v", costs[len(costs)-1])
	}
	return costs
}

// makeTemplate builds two nights, the second with sums that have been padded to a
// steady state: history is copied from it.
func (h *history) makeTemplate(template time.Time) {
	h.b.Helper()
	pad := template.AddDate(0, 0, -1)
	h.fill(pad)
	mustBuild(h.b, h.build, dateText(pad))
	run(h.b, h.db, fmt.Sprintf(padSums, dateText(pad)))
	h.fill(template)
	mustBuild(h.b, h.build, dateText(template))
	mustPublish(h.b, h.build, dateText(template), publishedAt)
	h.forget(pad)
	h.say("template is built")
}

// makeLate makes one of the last nights in earnest, unless it is there.
func (h *history) makeLate(night time.Time) {
	h.b.Helper()
	var isThere bool
	if err := h.db.Get(&isThere, "select exists (select from marts.nights as n where n.night = $1)", dateText(night)); err != nil {
		h.b.Fatal(err)
	}
	if isThere {
		return
	}
	run(h.b, h.db, fmt.Sprintf("delete from staging.articles where night = '%[1]s'; delete from staging.mentions where night = '%[1]s'; delete from ops.urls where discovered_at = '%[1]s'", dateText(night)))
	h.fill(night)
	mustBuild(h.b, h.build, dateText(night))
	mustPublish(h.b, h.build, dateText(night), publishedAt)
	h.say("%s is made", dateText(night))
}

// fill writes the articles, mentions and addresses of a night, with sketches: a
// quarter tells one of 20,000 stories that last for nights.
func (h *history) fill(night time.Time) {
	h.b.Helper()
	if err := warehouse.EnsureMonths(h.b.Context(), h.db, night); err != nil {
		h.b.Fatal(err)
	}
	day := int(night.Sub(date("2020-01-01")) / (24 * time.Hour))
	run(h.b, h.db, fmt.Sprintf(historyNight, dateText(night), day, night.Format("y2006m01")))
}

// forget deletes all rows of a night.
func (h *history) forget(night time.Time) {
	h.b.Helper()
	for _, table := range h.nightly("true") {
		run(h.b, h.db, fmt.Sprintf("set session_replication_role = replica; delete from %s where night = '%s'; set session_replication_role = origin",
			table.Name, dateText(night)))
	}
}

const historyNight = `
create temporary table ids as
select i, hashint8extended(cast(%[2]d as bigint) * 1000000 + i, 7) & 9223372036854775807 as article_id
from generate_series(1, 200000) as i;
insert into staging.articles (
	night, article_id, outlet_id, canonical_url, url, title, body, authors,
	language_code, charset, published_at, published_origin, is_published_exact,
	access, character_count, content_hash, sketch, facts, first_seen_at, fetched_at, run_id
)
select
	cast('%[1]s' as date), n.article_id, concat('o', 1 + mod(n.i * 31 + n.i / 1000, 1000)),
	'', '', '', '', '{}', 'en', 'utf-8', cast('%[1]s' as date) + interval '1 hour', 'meta', true,
	'full', 2000, concat('%[2]d ', n.i),
	array(
		select hashint4(cast(case when mod(n.i, 4) = 0 then mod(n.i, 20000) else n.i + mod(%[2]d, 2000) * 1000000 end + 7919 * k as integer))
		from generate_series(1, 64) as k
	), '{}',
	cast('%[1]s' as date), cast('%[1]s' as date), %[2]d
from ids as n;
insert into staging.mentions (
	night, company_id, article_id, outlet_id, alias, alias_class, position, salience, match_probability,
	occurrence_count, evidence, sentence_hashes, sentence_positions, tone_negative, tone_positive,
	dimensions, dimension_probabilities
)
select
	cast('%[1]s' as date), concat('c', 1 + cast(299 * power(mod(n.article_id, 1000) / 1000.0, 3) as integer)), n.article_id, concat('o', 1 + mod(n.i * 31 + n.i / 1000, 1000)),
	'x', 'A', (array['headline', 'lead', 'body', 'passing'])[1 + mod(n.i / 20, 4)], 0.5, 0.9, 1, '',
	case when mod(n.i, 40) = 0 then array[n.article_id, -n.article_id, mod(n.i, 3)] else array[n.article_id, -n.article_id] end,
	case when mod(n.i, 40) = 0 then array['lead', 'body', 'body'] else array['lead', 'body'] end,
	0.3, 0.3, array[(array['innovation', 'product', 'culture', 'leadership', 'responsibility'])[1 + mod(n.i / 20, 5)]], array[0.8]
from ids as n
where mod(n.i, 20) = 0;
insert into ops.urls (
	url_hash, url, outlet_id, channel_url, channel_kind, discovered_at, discovered_run_id,
	outcome, decided_run_id, decided_at, article_id, is_in_feed, is_in_sitemap
)
select
	n.article_id # 1, '', concat('o', 1 + mod(n.i * 31 + n.i / 1000, 1000)), 'c', 'feed', cast('%[1]s' as date), %[2]d,
	'stored', %[2]d, cast('%[1]s' as date), n.article_id, mod(n.i, 3) > 0, mod(n.i, 2) > 0
from ids as n;
drop table ids;
analyze staging.articles_%[3]s;
analyze staging.mentions_%[3]s`

// padSums gives every outlet two companies in three, as after months of reading.
const padSums = `
insert into intermediate.int_outlet_company_sums_decayed (night, outlet_id, company_id, attention_sum, mention_sum)
select cast('%[1]s' as date), concat('o', o), concat('c', c), 0.5, 0.7
from generate_series(1, 1000) as o
cross join generate_series(1, 300) as c
where mod(o + c, 3) > 0
on conflict do nothing`

// table is one with a night, and how its rows are told for another night.
type historySource struct {
	Name    string
	Columns string
	Values  string
}

// nightly lists the tables that have rows of a night, with what copies them: dates
// move, and numbers of articles, stories and sentences are turned into others that
// belong together as they did. Sketches are left out: no night looks that far back.
func (h *history) nightly(which string) []historySource {
	h.b.Helper()
	var found []historySource
	err := h.db.SelectContext(h.b.Context(), &found, `
		select
			concat(n.nspname, '.', c.relname) as name,
			string_agg(a.attname, ', ' order by a.attnum) as columns,
			string_agg(case
				when a.attname = 'night' then 'n.night'
				when a.attname in ('sketch', 'facts') then '''{}'''
				when a.atttypid = cast('bigint' as regtype) and a.attname ~ '(article|story)_id$|^sentence_hash$'
					then format('t.%I # n.turn', a.attname)
				when a.atttypid = cast('bigint' as regtype) and a.attname = 'run_id' then 't.run_id - n.back'
				when a.atttypid = cast('date' as regtype) then format('t.%I - n.back', a.attname)
				when a.atttypid = cast('timestamptz' as regtype) then format('t.%I - n.back * interval ''1 day''', a.attname)
				else format('t.%I', a.attname)
			end, ', ' order by a.attnum) as values
		from pg_class as c
		inner join pg_namespace as n on n.oid = c.relnamespace
		inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		where n.nspname in ('staging', 'intermediate', 'marts') and c.relkind in ('r', 'p') and not c.relispartition
			and exists (select from pg_attribute as d where d.attrelid = c.oid and d.attname = 'night')
			and `+which+`
		group by n.nspname, c.relname
		order by n.nspname desc, c.relname`)
	if err != nil {
		h.b.Fatal(err)
	}
	return found
}

// before copies the template to the month before the first night, or to the rest of
// its month. A month of a partitioned table is filled before it is indexed.
func (h *history) before(template time.Time) {
	h.b.Helper()
	last := h.first.AddDate(0, 0, -1)
	first := time.Date(last.Year(), last.Month(), 1, 0, 0, 0, 0, time.UTC)
	h.say("filling %s to %s", dateText(first), dateText(last))
	var nights []string
	for night := first; !night.After(last); night = night.AddDate(0, 0, 1) {
		nights = append(nights, fmt.Sprintf(`(
			select cast('%[1]s' as date) as night, cast('%[2]s' as date) - cast('%[1]s' as date) as back,
				hashint8extended(cast('%[2]s' as date) - cast('%[1]s' as date), 11) & 9223372036854775807 as turn
		) as n`, dateText(night), dateText(template)))
	}
	partitions, err := warehouse.Partitions(h.b.Context(), h.db)
	if err != nil {
		h.b.Fatal(err)
	}
	for _, t := range h.nightly("true") {
		// All of a table is one transaction: what is made in it is not logged.
		into, statements := t.Name, []string{"set local session_replication_role = replica"}
		if held, isPartitioned := partitions[t.Name]; isPartitioned {
			into = t.Name + first.Format("_y2006m01")
			statements = append(statements, fmt.Sprintf("create table %s_next (like %s including all excluding indexes)", into, t.Name))
			for _, p := range held {
				if p.Holds(first) {
					statements = append(statements,
						fmt.Sprintf("insert into %s_next select * from %s", into, p.Name),
						fmt.Sprintf("alter table %s detach partition %s", t.Name, p.Name), "drop table "+p.Name)
				}
			}
			statements = append(statements, fmt.Sprintf("alter table %s_next rename to %s", into, into[strings.IndexByte(into, '.')+1:]))
		}
		for _, night := range nights {
			statements = append(statements, fmt.Sprintf("insert into %s (%s) select %s from %s as t cross join %s where t.night = '%s'",
				into, t.Columns, t.Values, t.Name, night, dateText(template)))
		}
		if into != t.Name {
			source := fmt.Sprintf(" from %s as t ", t.Name)
			if template.Month() == first.Month() { // the month is not attached yet
				for i, s := range statements {
					statements[i] = strings.Replace(s, source, fmt.Sprintf(" from %s as t ", into), 1)
				}
			}
			statements = append(statements, fmt.Sprintf("alter table %s attach partition %s for values from ('%s') to ('%s')",
				t.Name, into, dateText(first), dateText(first.AddDate(0, 1, 0))))
		}
		run(h.b, h.db, strings.Join(statements, ";\n"))
	}
	h.fillURLs(nights, template)
	h.first = first
}

// unindexURLs takes the indexes off the ledger of addresses, which has no months,
// until the function it returns makes them anew.
func (h *history) unindexURLs() (indexed func()) {
	h.b.Helper()
	var indexes []struct{ Name, Definition string }
	err := h.db.SelectContext(h.b.Context(), &indexes, `
		select concat(schemaname, '.', indexname) as name, indexdef as definition
		from pg_indexes where schemaname = 'ops' and tablename = 'urls' and indexname <> 'urls_pkey'`)
	if err != nil {
		h.b.Fatal(err)
	}
	run(h.b, h.db, "alter table ops.urls drop constraint urls_pkey")
	for _, i := range indexes {
		run(h.b, h.db, "drop index "+i.Name)
	}
	return func() {
		run(h.b, h.db, "alter table ops.urls add primary key (url_hash, url)")
		for _, i := range indexes {
			run(h.b, h.db, i.Definition)
		}
	}
}

// fillURLs copies the addresses of the template.
func (h *history) fillURLs(nights []string, template time.Time) {
	h.b.Helper()
	for _, night := range nights {
		run(h.b, h.db, fmt.Sprintf(`
			insert into ops.urls (
				url_hash, url, outlet_id, channel_url, channel_kind, discovered_at, discovered_run_id,
				outcome, decided_run_id, decided_at, article_id, is_in_feed, is_in_sitemap
			)
			select (a.article_id # n.turn) # 1, '', a.outlet_id, 'c', 'feed', n.night, a.run_id - n.back,
				'stored', a.run_id - n.back, n.night, a.article_id # n.turn, true, mod(a.article_id, 2) > 0
			from staging.articles as a cross join %s where a.night = '%s'`, night, dateText(template)))
	}
}

// historyTable is what the benchmark prints.
func historyTable(stages []historyCost) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "nights\tdatabase\tbuild\tpublish\tCPU\tof 30 nights\tblocks\tWAL\tone aggregate\tratio\tour memory\tbackends\t")
	for _, c := range stages {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%.2f\t%d\t%s\t%s\t%.0f\t%s\t%s\t\n", c.nights, megabytes(c.databaseBytes),
			c.build.Round(time.Millisecond), c.publish.Round(time.Millisecond), c.cpu.Round(10*time.Millisecond),
			float64(c.cpu)/float64(stages[0].cpu), c.blocks, megabytes(c.walBytes),
			c.floor.Round(time.Millisecond), float64(c.build+c.publish)/float64(c.floor),
			megabytes(c.ourPeak), megabytes(c.theirPeak))
	}
	_ = w.Flush()
	for _, c := range stages {
		fmt.Fprintf(&text, "\nsteps at %d nights: %s\n", c.nights, c.steps)
	}
	return text.String()
}

func megabytes(bytes int64) string { return fmt.Sprintf("%d MB", bytes>>20) }
