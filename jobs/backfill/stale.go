package backfill

import (
	"context"
	"fmt"
	"time"
)

// isStale tells whether a night has to be built: because it never was, because
// its articles or mentions are not those that were built, because an earlier night was built
// since, whose sums it carries, because the last try was refused, or because it
// was never published.
// When a night was built last is told by the results of its checks: the newest
// build that passed.
func (b *Backfills) isStale(ctx context.Context, night time.Time) (bool, error) {
	var isStale bool
	err := b.db.GetContext(ctx, &isStale, `
		with stored as (
			select count(*) as article_count, sum(mod(a.article_id, 1000003)) as article_sum, max(a.edited_at) as edited_at
			from staging.articles as a
			where a.night = cast($1 as date)
		),
		built as (
			select count(*) as article_count, sum(mod(a.article_id, 1000003)) as article_sum
			from intermediate.int_articles_deduplicated as a
			where a.night = cast($1 as date)
		),
		passed as (
			select c.night, c.run_id, r.started_at
			from ops.check_results as c
			inner join ops.runs as r on r.run_id = c.run_id and r.job in ('build', 'rebuild')
			where c.night <= cast($1 as date) and c.night >= cast($1 as date) - 200 -- no builds look back further
			group by c.night, c.run_id, r.started_at
			having not bool_or(c.severity = 'fail' and c.offending_count > 0)
		),
		last_built as (
			select max(p.started_at) filter (where p.night = cast($1 as date)) as own_at,
				max(p.started_at) filter (where p.night < cast($1 as date)) as earlier_at
			from passed as p
		),
		refused as (
			select max(r.started_at) as refused_at
			from ops.check_results as c
			inner join ops.runs as r on r.run_id = c.run_id and r.job in ('build', 'publish', 'rebuild')
			where c.night = cast($1 as date) and c.severity = 'fail' and c.offending_count > 0
		)
		select
			not exists (select 1 from intermediate.int_constants_pivoted as k where k.night = cast($1 as date))
			or not exists (select 1 from marts.nights as n where n.night = cast($1 as date))
			or s.article_count is distinct from b.article_count or s.article_sum is distinct from b.article_sum
			or coalesce(s.edited_at >= coalesce(l.own_at, '-infinity'), false)
			or exists (select 1 from ops.night_changes as c where c.night = cast($1 as date))
			or coalesce(l.earlier_at > l.own_at, false)
			or coalesce(f.refused_at > l.own_at, false)
		from stored as s
		cross join built as b
		cross join last_built as l
		cross join refused as f`, night.Format(time.DateOnly))
	if err != nil {
		return false, fmt.Errorf("ask whether the night of %s has changed since it was built: %w", night.Format(time.DateOnly), err)
	}
	return isStale, nil
}
