package jobs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// staleNights lists the nights before night, within CatchUpNights, whose built
// articles are not those of staging: some came late, left for another night, or
// were edited or matched anew since; and those, however long ago, that a rebuild has
// left half done. Each has been built before; nights never built are the
// schedule's to make up. When a night was built last is told by the results of
// its checks: the newest of a build, or of a backfill's rebuild, that passed.
func (j *Jobs) staleNights(ctx context.Context, night time.Time) ([]time.Time, error) {
	first := night.AddDate(0, 0, -max(1, j.cfg.CatchUpNights))
	var dates []ledger.Date
	err := j.db.SelectContext(ctx, &dates, `
		with stored as (
			select a.night, count(*) as article_count, sum(mod(a.article_id, 1000003)) as article_sum, max(a.edited_at) as edited_at
			from staging.articles as a
			where a.night >= cast($1 as date) and a.night < cast($2 as date)
			group by a.night
		),
		built as (
			select k.night, count(a.article_id) as article_count, sum(mod(a.article_id, 1000003)) as article_sum
			from intermediate.int_constants_pivoted as k
			left join intermediate.int_articles_deduplicated as a on a.night = k.night
			where k.night >= cast($1 as date) and k.night < cast($2 as date)
			group by k.night
		),
		passed as (
			select c.night, r.started_at
			from ops.check_results as c
			inner join ops.runs as r on r.run_id = c.run_id and r.job in ('build', 'rebuild')
			where c.night >= cast($1 as date) and c.night < cast($2 as date)
			group by c.night, c.run_id, r.started_at
			having not bool_or(c.severity = 'fail' and c.offending_count > 0)
		),
		last_built as (
			select p.night, max(p.started_at) as started_at
			from passed as p
			group by p.night
		)
		select b.night
		from built as b
		left join stored as s on s.night = b.night
		left join last_built as l on l.night = b.night
		where s.article_count is distinct from b.article_count or s.article_sum is distinct from b.article_sum
			or s.edited_at >= coalesce(l.started_at, '-infinity')
			or exists (select 1 from ops.night_changes as c where c.night = b.night)
		order by b.night`, first.Format(time.DateOnly), night.Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("look for late articles of the nights before %s: %w", night.Format(time.DateOnly), err)
	}
	nights := make([]time.Time, len(dates))
	for i, d := range dates {
		nights[i] = d.Time
	}
	unfinished, err := j.parts.Builder.UnfinishedNights(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range unfinished {
		if n.Before(night) {
			nights = append(nights, n)
		}
	}
	slices.SortFunc(nights, time.Time.Compare)
	return slices.CompactFunc(nights, time.Time.Equal), nil
}

// nightsFrom is night and every later night of resting, in order, and those of
// resting after the oldest stale one too: each carries sums of those before it.
func nightsFrom(ctx context.Context, night time.Time, stale []time.Time, resting func(context.Context, time.Time) ([]time.Time, error)) ([]time.Time, error) {
	first := night
	if len(stale) > 0 {
		first = stale[0]
	}
	nights, err := resting(ctx, first)
	if err != nil {
		return nil, err
	}
	nights = append(append(nights, stale...), first, night)
	slices.SortFunc(nights, time.Time.Compare)
	return slices.CompactFunc(nights, time.Time.Equal), nil
}
