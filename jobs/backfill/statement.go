package backfill

import (
	"net/url"
	"strings"
	"time"

	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

// What a plan reckons with where the ledger has no history.
const (
	usualArticles      = 20     // articles of an outlet's night
	requestsPerArticle = 1.25   // pages that turn out to be no articles included
	bytesPerRequest    = 60_000 // compressed, as sent
	secondsPerPage     = 0.02   // a page of an archive: unpack, extract, match, store
	secondsPerArticle  = 0.005  // a stored article: match
	secondsPerNight    = 2.0    // build and publish
	historyDays        = 28
	historyBackfills   = 20
)

// itemsQuery decides, for every chosen outlet and every night, which source
// serves it and what that costs. It is one statement over sets, so that a plan of
// 50,000 intervals takes a moment; its arguments are those of itemsArguments.
//
// In words: our own archive first, since it costs no request; imported files
// next; then the outlet itself, if an address of the night waits, if it has a
// sitemap (which may be searched by date); then, if matching is asked for, what is
// stored; else nothing. Feeds hold the last days only and are a collect's to read.
const itemsQuery = `
	with chosen as materialized (
		select o.outlet_id, o.host, o.usual_count, o.sitemap_count, o.feed_count
		from unnest(
			cast($4 as text[]), cast($5 as text[]), cast($6 as double precision[]), cast($7 as integer[]), cast($8 as integer[])
		) as o (outlet_id, host, usual_count, sitemap_count, feed_count)
	),
	nights as (
		-- over integers, because then the planner knows how many nights there are
		select cast($2 as date) + g.day_number as night
		from generate_series(0, cast($3 as date) - cast($2 as date)) as g (day_number)
	),
	kept as materialized (
		select
			r.outlet_id, r.night,
			count(*) filter (where f.kind = 'own') as own_count,
			sum(r.byte_count) filter (where f.kind = 'own') as own_bytes,
			count(*) filter (where f.kind = 'import') as import_count,
			sum(r.byte_count) filter (where f.kind = 'import') as import_bytes
		from ops.archive_records as r
		inner join ops.archive_files as f on f.file_id = r.file_id
		where r.night >= cast($2 as date) and r.night <= cast($3 as date) and 'read' = any (cast($9 as text[]))
		group by r.outlet_id, r.night
	),
	-- by the same times as ReadLive finds them; what has no date is read with the last night
	waiting as materialized (
		select
			u.outlet_id, coalesce(cast(u.channel_published_at at time zone $11 as date), cast($3 as date)) as night,
			count(*) as url_count
		from ops.urls as u
		where (u.outcome is null or u.outcome in ('too_old', 'failed', 'blocked'))
			and (u.channel_published_at >= cast($2 as date) - interval '1 day' and u.channel_published_at < cast($3 as date) + interval '2 days'
				or u.channel_published_at is null and u.outcome is null)
			and 'read' = any (cast($9 as text[]))
		group by u.outlet_id, coalesce(cast(u.channel_published_at at time zone $11 as date), cast($3 as date))
	),
	stored as materialized (
		select a.outlet_id, a.night, count(*) as article_count
		from staging.articles as a
		where a.night >= cast($2 as date) and a.night <= cast($3 as date)
		group by a.outlet_id, a.night
	),
	known_channels as materialized (
		select
			c.outlet_id,
			count(*) filter (where c.kind = 'sitemap') as sitemap_count,
			max(c.item_count / nullif(c.items_per_day, 0)) filter (where c.kind = 'feed') as feed_days
		from ops.channels as c
		where c.replaced_by is null and c.state not in ('gone', 'not_a_feed')
		group by c.outlet_id
	),
	usual as materialized (
		select n.outlet_id, avg(n.article_count) as article_count
		from intermediate.int_outlet_nights_counted as n
		where n.night > cast($12 as date) - cast($17 as integer) and n.state = 'up'
		group by n.outlet_id
	),
	hosts as materialized (
		select
			m.host, sum(m.byte_count) / nullif(sum(m.request_count), 0) as request_bytes,
			max(extract(epoch from m.crawl_delay)) as crawl_delay
		from ops.host_manners as m
		where m.day > cast($12 as date) - cast($17 as integer)
		group by m.host
	),
	all_hosts as materialized (
		select sum(m.byte_count) / nullif(sum(m.request_count), 0) as request_bytes
		from ops.host_manners as m
		where m.day > cast($12 as date) - cast($17 as integer)
	),
	ended as materialized (
		select i.scope, i.source, i.request_count, i.article_count, i.actual_request_count, i.actual_article_count,
			extract(epoch from i.actual_duration) as seconds
		from ops.backfill_items as i
		where i.backfill_id >= cast($1 as bigint) - cast($18 as bigint) and i.backfill_id < cast($1 as bigint) and i.job = 'backfill' and i.state = 'done'
	),
	outlet_pace as materialized (
		select e.scope, sum(e.seconds) / sum(e.actual_request_count) as request_seconds
		from ended as e
		where e.source = 'live' and e.actual_request_count > 0
		group by e.scope
	),
	pace as materialized (
		select
			sum(e.seconds) filter (where e.source = 'live' and e.actual_request_count > 0)
				/ nullif(sum(e.actual_request_count) filter (where e.source = 'live'), 0) as request_seconds,
			sum(e.actual_request_count) filter (where e.source = 'live')
				/ nullif(sum(e.actual_article_count) filter (where e.source = 'live'), 0) as article_requests,
			sum(e.seconds) filter (where e.source in ('archive', 'warc'))
				/ nullif(sum(e.article_count) filter (where e.source in ('archive', 'warc')), 0) as page_seconds,
			sum(e.seconds) filter (where e.source = 'stored')
				/ nullif(sum(e.article_count) filter (where e.source = 'stored'), 0) as article_seconds
		from ended as e
	),
	facts as (
		select
			o.outlet_id, o.host, n.night,
			coalesce(k.own_count, 0) as own_count, coalesce(k.own_bytes, 0) as own_bytes,
			coalesce(k.import_count, 0) as import_count, coalesce(k.import_bytes, 0) as import_bytes,
			coalesce(w.url_count, 0) as url_count, coalesce(s.article_count, 0) as stored_count,
			greatest(o.sitemap_count, coalesce(c.sitemap_count, 0)) as sitemap_count, o.feed_count,
			cast($12 as date) + 1 - cast(floor(least(coalesce(c.feed_days, 1), 3650)) as integer) as feeds_since,
			coalesce(cast(u.article_count as double precision), o.usual_count, $13) as usual_count
		from chosen as o
		cross join nights as n
		left join kept as k on k.outlet_id = o.outlet_id and k.night = n.night
		left join waiting as w on w.outlet_id = o.outlet_id and w.night = n.night
		left join stored as s on s.outlet_id = o.outlet_id and s.night = n.night
		left join known_channels as c on c.outlet_id = o.outlet_id
		left join usual as u on u.outlet_id = o.outlet_id
	),
	decided as (
		select
			f.*,
			case
				when 'read' <> all (cast($9 as text[])) and f.stored_count > 0 then 'stored'
				when 'read' <> all (cast($9 as text[])) then 'none'
				when 'archive' = any (cast($10 as text[])) and f.own_count > 0 then 'archive'
				when 'warc' = any (cast($10 as text[])) and f.import_count > 0 then 'warc'
				when 'live' = any (cast($10 as text[]))
					and (f.url_count > 0 or f.sitemap_count > 0 or f.stored_count > 0 and 'match' <> all (cast($9 as text[]))) then 'live'
				when 'match' = any (cast($9 as text[])) and f.stored_count > 0 then 'stored'
				else 'none'
			end as source
		from facts as f
	),
	sized as (
		select
			d.*,
			case
				when d.source = 'live' and d.sitemap_count = 0 then d.url_count
				when d.source = 'live' then greatest(
					d.url_count, round(d.usual_count * least(greatest(coalesce(p.article_requests, $14), 1), 10)) - d.stored_count, 0)
				else 0
			end as page_requests,
			-- robots and channels are read once for all nights of the outlet
			case
				when d.source = 'live' and row_number() over (partition by d.outlet_id, d.source order by d.night desc) = 1
					then 1 + d.sitemap_count
				else 0
			end as channel_requests,
			least(greatest(coalesce(p.article_requests, $14), 1), 10) as article_requests,
			coalesce(op.request_seconds, p.request_seconds, greatest($16, h.crawl_delay)) as request_seconds,
			coalesce(h.request_bytes, ah.request_bytes, $15) as request_bytes,
			coalesce(p.page_seconds, $19) as page_seconds,
			coalesce(p.article_seconds, $20) as article_seconds
		from decided as d
		cross join pace as p
		cross join all_hosts as ah
		left join outlet_pace as op on op.scope = d.outlet_id
		left join hosts as h on h.host = d.host
	)
	select
		s.outlet_id as scope, s.night, s.source,
		cast(s.page_requests + s.channel_requests as bigint) as request_count,
		cast(case s.source
			when 'live' then (s.page_requests + s.channel_requests) * s.request_bytes
			when 'archive' then s.own_bytes
			when 'warc' then s.import_bytes
			else 0
		end as bigint) as byte_count,
		cast(case s.source
			when 'live' then round(s.page_requests / s.article_requests)
			when 'archive' then s.own_count
			when 'warc' then s.import_count
			when 'stored' then s.stored_count
			else 0
		end as bigint) as article_count,
		make_interval(secs => cast(case s.source
			when 'live' then (s.page_requests + s.channel_requests) * s.request_seconds
			when 'archive' then s.own_count * s.page_seconds
			when 'warc' then s.import_count * s.page_seconds
			when 'stored' then s.stored_count * s.article_seconds
			else 0
		end as double precision)) as estimated_duration,
		case
			when s.source in ('archive', 'warc') and s.url_count > 0 and 'live' = any (cast($10 as text[]))
				then s.url_count || ' of its addresses wait as well; --source live reads them'
			when s.source = 'live' and s.url_count > 0 then s.url_count || ' addresses of the night wait'
			when s.source = 'live' and s.sitemap_count > 0 then 'its sitemaps are searched for the night'
			when s.source = 'live' then 'none of its addresses waits'
			when s.source = 'stored' and 'read' = any (cast($9 as text[]))
				then 'nothing more of it can be read; what is stored is matched again'
			when s.source = 'none' and 'read' <> all (cast($9 as text[])) then 'no article of the night is stored'
			when s.source = 'none' then concat_ws(', ',
				case
					when 'live' <> all (cast($10 as text[])) then null
					when s.feed_count > 0 and s.night >= s.feeds_since
						then 'its feeds still reach back to it, which a collect reads and a backfill does not'
					when s.feed_count > 0 then 'its feeds reach back to ' || cast(s.feeds_since as text) || ' only and it has no sitemap'
					else 'it has no sitemap'
				end,
				case when 'archive' = any (cast($10 as text[])) then 'no page of it was kept' end,
				case when 'warc' = any (cast($10 as text[])) then 'no imported file has it' end)
		end as reason
	from sized as s`

// itemsArguments are the arguments of itemsQuery for a backfill of a number that
// is given, or would be.
func (b *Backfills) itemsArguments(backfillID int64, req Request, chosen []outlets.Outlet) []any {
	n := len(chosen)
	ids, hosts := make([]string, n), make([]string, n)
	usual := make([]*float64, n)
	sitemaps, feeds := make([]int64, n), make([]int64, n)
	for i, o := range chosen {
		ids[i], hosts[i] = o.ID, hostOf(o)
		if o.Expect != nil {
			mean := float64(o.Expect.ArticlesPerDay.Min+o.Expect.ArticlesPerDay.Max) / 2
			usual[i] = &mean
		}
		for _, c := range o.Channels {
			switch c.Kind {
			case "sitemap":
				sitemaps[i]++
			case "feed":
				feeds[i]++
			}
		}
	}
	return []any{
		backfillID, req.From.Format(time.DateOnly), req.To.Format(time.DateOnly),
		pq.Array(ids), pq.Array(hosts), pq.Array(usual), pq.Array(sitemaps), pq.Array(feeds),
		pq.Array(req.Steps), pq.Array(req.Sources), b.cfg.ReportZone.String(), b.lastNight().Format(time.DateOnly),
		usualArticles, requestsPerArticle, bytesPerRequest, b.cfg.HostGap.Seconds(), historyDays, historyBackfills,
		secondsPerPage, secondsPerArticle,
	}
}

// hostOf is the host an outlet's requests go to, as ops.host_manners has it.
func hostOf(o outlets.Outlet) string {
	at, err := url.Parse(o.HomeURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(at.Host)
}
