package watch_test

import (
	"fmt"
	"testing"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

// BenchmarkWatch looks at thirty nights of a thousand outlets: a million addresses,
// ops.outlet_runs of ten days, forty channels in a thousand down. It takes a minute
// to fill.
func BenchmarkWatch(b *testing.B) {
	const outletCount, nights, perNight = 1000, 30, 34
	var list []outlets.Outlet
	for i := range outletCount {
		id := fmt.Sprintf("p%d", i)
		list = append(list, paper(id, outlets.Channel{Kind: "feed", URL: feed(id)}, outlets.Channel{Kind: "sitemap", URL: home(id) + "news.xml"}))
	}
	x := newWorld(b, list...)
	x.exec(`
		insert into ops.urls (url_hash, url, outlet_id, channel_url, channel_kind, is_in_feed, discovered_at, discovered_run_id,
			outcome, reason, http_status, attempt_count, decided_at, decided_run_id, article_id)
		select n * 7919, 'https://p' || o || '.example/2026/03/' || lpad(cast(1 + d % 28 as text), 2, '0') || '/politics/the-council-votes-on-plan-' || n, 'p' || o,
			'https://p' || o || '.example/feed', 'feed', true, at, 1,
			case when n % 20 = 0 then 'not_article' else 'stored' end, case when n % 20 = 0 then 'no text' end, 200, 1, at, 1, n * 7919
		from (
			select o, d, k, (cast(d as bigint) * $4 + k) * $3 + o as n,
				cast($1 as timestamptz) - make_interval(days => cast(d as integer)) - make_interval(secs => k * 86400.0 / $4) as at
			from generate_series(0, $2 - 1) as d, generate_series(0, $4 - 1) as k, generate_series(0, $3 - 1) as o
		) as g`, start, nights, outletCount, perNight)
	x.exec(`
		insert into staging.articles (night, article_id, outlet_id, canonical_url, url, title, body, authors, language_code, charset, published_at,
			published_origin, is_published_exact, access, character_count, content_hash, sketch, first_seen_at, fetched_at, run_id)
		select cast(discovered_at at time zone 'UTC' as date), url_hash, outlet_id, url, url, 'A title', repeat('Some text of an article. ', 40), '{}', 'en', 'utf-8',
			discovered_at, 'feed', true, 'full', 3000 + url_hash % 1000, '', '{}', discovered_at, discovered_at, 1
		from ops.urls where outcome = 'stored'`)
	x.exec(`
		insert into ops.channels (outlet_id, channel_url, kind, state, last_polled_at, last_ok_at, failure_count)
		select 'p' || o, 'https://p' || o || '.example/' || case k when 0 then 'feed' else 'news.xml' end, case k when 0 then 'feed' else 'sitemap' end,
			case when o % 50 = 0 then 'gone' else 'ok' end, $1, $1, case when o % 50 = 0 then 9 else 0 end
		from generate_series(0, 999) as o, generate_series(0, 1) as k`, start)
	x.exec(`
		insert into ops.channels (outlet_id, channel_url, kind, state, origin, last_polled_at)
		select 'p' || o, 'https://p' || o || '.example/sitemap-' || k, 'sitemap', 'ok', 'child', $1 from generate_series(0, 999) as o, generate_series(1, 40) as k`, start)
	x.exec(`
		insert into ops.outlet_runs (run_id, outlet_id, discovered_count, known_count, decided_count, deferred_count, request_count,
			not_modified_count, byte_count, finished_at, polled_channel_count, readable_channel_count)
		select r, 'p' || o, 1, 1, 0, 0, 2, 0, 0, cast($1 as timestamptz) - make_interval(mins => cast(15 * r as integer)), 2, 2
		from generate_series(1, 960) as r, generate_series(0, 999) as o`, start)
	x.exec(`
		insert into intermediate.int_outlet_nights_counted
			(night, outlet_id, article_count, expected_count, state, channel_count, readable_channel_count, usual_character_count)
		select cast(cast($1 as timestamptz) as date) - cast(d as integer), 'p' || o, 34, 34, 'up', 2, 2, 3500 from generate_series(1, 30) as d, generate_series(0, 999) as o`, start)
	x.exec(`
		insert into ops.outlet_explorations (outlet_id, explored_at, article_pattern, pattern_url_count, candidates)
		select 'p' || o, $1, $2, 100,
			(select jsonb_agg(jsonb_build_object('kind', 'feed', 'url', 'https://p' || o || '.example/rss/' || k, 'is_verified', k < 3, 'item_count', 9)) from generate_series(1, 8) as k)
		from generate_series(0, 999) as o`, start, x.learnedFrom(dated).String())
	for _, table := range []string{"ops.urls", "staging.articles", "ops.channels", "ops.outlet_runs", "intermediate.int_outlet_nights_counted", "ops.outlet_explorations"} {
		x.exec(`vacuum analyze ` + table)
	}
	x.watch() // raises the alerts of the dead
	for b.Loop() {
		x.watch()
	}
}
