package build

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
)

// bulk is a press of 1,000 outlets in 60 countries that prints 200,000 articles
// a night, one in four of them a copy, and names 300 companies in every fifth.
const bulk = `
insert into seeds.countries (country_code, name, region, gdp_musd)
select concat('N', i), 'N', 'Asia', 1000 * i * i from generate_series(1, 60) as i;
select given.company(concat('c', i)) from generate_series(1, 300) as i;
select given.outlet(
	concat('o', i), concat('p', i / 2), concat('N', 1 + mod(i * 7, 60)), 1 + mod(i, 3)
)
from generate_series(1, 1000) as i;
`

const bulkNight = `
insert into staging.articles (
	night, article_id, outlet_id, canonical_url, url, title, body, authors,
	language_code, charset, published_at, published_origin, is_published_exact,
	access, character_count, content_hash, sketch, first_seen_at, fetched_at, run_id
)
select
	n.night, n.day * 1000000 + i, concat('o', 1 + mod(i * 31 + i / 1000, 1000)),
	concat('https://example.com/', n.day, '/', i), 'u', 't', 'b', '{}',
	'en', 'utf-8', n.night + interval '1 hour', 'meta', true,
	'full', 2000, md5(concat(n.day, ' ', i)),
	array(
		select hashint4(cast(case when mod(i, 4) = 0 then mod(i, 20000) else i + n.day * 1000000 end + 7919 * k as integer))
		from generate_series(1, 64) as k
	),
	n.night, n.night, 1
from (select cast('%s' as date) as night, %d as day) as n
cross join generate_series(1, 200000) as i;
insert into staging.mentions (
	night, company_id, article_id, outlet_id, alias, alias_class, position,
	salience, match_probability, occurrence_count, evidence, sentence_hashes, sentence_positions
)
select
	a.night, concat('c', 1 + cast(299 * power(random(), 3) as integer)), a.article_id, a.outlet_id,
	'x', 'A', (array['headline', 'lead', 'body', 'passing'])[1 + mod(a.article_id, 4)], 0.5, 0.9, 1, 'e',
	-- two sentences of its own, and on every other page a third that is furniture
	case when mod(a.article_id, 10) = 0 then array[a.article_id, -a.article_id, mod(a.article_id, 3)] else array[a.article_id, -a.article_id] end,
	case when mod(a.article_id, 10) = 0 then array['lead', 'body', 'body'] else array['lead', 'body'] end
from staging.articles as a
where a.night = '%s' and mod(a.article_id, 5) = 0;
insert into ops.urls (
	url_hash, url, outlet_id, channel_url, channel_kind, discovered_at, discovered_run_id,
	outcome, decided_run_id, article_id, is_in_feed, is_in_sitemap
)
select
	a.article_id, a.canonical_url, a.outlet_id, 'c', 'feed', a.night, 1,
	'stored', 1, a.article_id, mod(a.article_id, 3) > 0, mod(a.article_id, 2) > 0
from staging.articles as a
where a.night = '%s';
analyze staging.articles;
analyze staging.mentions;
analyze ops.urls;
`

// BenchmarkBuild builds and publishes the fourth of four such nights. It takes
// minutes to fill: go test -bench Build -run none -benchtime 1x ./transform/build
func BenchmarkBuild(b *testing.B) {
	db := newDB(b, bulk)
	builder, err := New(slog.New(slog.DiscardHandler), db)
	if err != nil {
		b.Fatal(err)
	}
	nights := []string{"2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"}
	for i, night := range nights {
		run(b, db, fmt.Sprintf(bulkNight, night, i+1, night, night))
		if i < len(nights)-1 {
			mustBuild(b, builder, night)
		}
	}
	for b.Loop() {
		built, err := builder.Build(b.Context(), 1, date("2026-11-20"))
		if err != nil {
			b.Fatal(err)
		}
		published, err := builder.Publish(b.Context(), 2, date("2026-11-20"), publishedAt)
		if err != nil {
			b.Fatal(err)
		}
		var report strings.Builder
		for _, step := range append(built.Steps, published.Steps...) {
			fmt.Fprintf(&report, "%s %d rows %s; ", step.Table, step.RowCount, step.Elapsed.Round(1e6))
		}
		for _, check := range append(built.Checks, published.Checks...) {
			fmt.Fprintf(&report, "%s %d rows %s; ", check.Name, check.OffendingCount, check.Elapsed.Round(1e6))
		}
		b.Log(report.String())
	}
}

// BenchmarkNightsInARow builds and publishes thirty nights of a tenth of that, oldest
// first, twice: the second time as a backfill does, with all of them standing and
// changed. It tells of each night how long it took and how many blocks it touched,
// and ends with what a backfill of all of it would tell.
func BenchmarkNightsInARow(b *testing.B) {
	db := newDB(b, bulk)
	db.SetMaxOpenConns(1) // or the blocks of the night before may be counted late
	builder := newBuilder(b, db)
	first := date("2026-10-20")
	fill := strings.Replace(bulkNight, "generate_series(1, 200000)", "generate_series(1, 20000)", 1)
	for i := range 30 {
		night := dateText(first.AddDate(0, 0, i))
		run(b, db, fmt.Sprintf(fill, night, i+1, night, night))
	}
	var report strings.Builder
	pass := func(change string) {
		for i := range 30 {
			night := first.AddDate(0, 0, i)
			run(b, db, fmt.Sprintf(change, dateText(night)))
			before, started := blocks(b, db), time.Now()
			mustBuild(b, builder, dateText(night))
			published := mustPublish(b, builder, dateText(night), publishedAt)
			fmt.Fprintf(&report, "%s revision %d %s %d blocks; ", dateText(night), published.Revision,
				time.Since(started).Round(time.Millisecond), blocks(b, db)-before)
		}
	}
	for b.Loop() {
		pass("select '%s'")
		pass("delete from staging.mentions where night = '%s' and mod(article_id, 7) = 0")
		run(b, db, `
			delete from ops.backfill_items;
			insert into ops.backfill_items (
				backfill_id, job, scope, night, source, request_count, byte_count,
				article_count, estimated_duration, revision_before
			)
			select 5, 'rebuild', '', n.night, 'sql', 0, 0, 0, interval '0', 1 from marts.nights as n;
			delete from ops.backfill_changes;
			insert into ops.backfill_changes (backfill_id, night, article_id, company_id, change, run_id)
			select 5, a.night, a.article_id, '', 'article_added', 1 from staging.articles as a
			union all
			select 5, m.night, m.article_id, m.company_id, 'mention_added', 1 from staging.mentions as m;
			analyze ops.backfill_changes`)
		started := time.Now()
		diff, err := RankingDiff(b.Context(), db, 5)
		if err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(&report, "diff of %d nights, %v: %s", len(diff.Nights), diff.Changes, time.Since(started).Round(time.Millisecond))
		b.Log(report.String())
	}
}

// blocks counts what the database has read so far, from memory or disk.
func blocks(b *testing.B, db *sqlx.DB) int64 {
	b.Helper()
	var n int64
	err := db.GetContext(b.Context(), &n, `
		select blks_hit + blks_read from pg_stat_database where datname = current_database()`)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
