package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/recheck"
	"github.com/overheard-news/overheard/transform/build"
)

// NightPreview is what a nightly run would find if it began now.
type NightPreview struct {
	Night          ledger.Date    `json:"night"`
	IntervalState  *string        `json:"interval_state"` // null: the ledger does not know the night yet
	AttemptCount   int            `json:"attempt_count"`
	PublishedAt    *time.Time     `json:"published_at"` // null: it is not published
	Collect        CollectPreview `json:"collect"`
	StaleNights    []ledger.Date  `json:"stale_nights"`     // earlier ones whose articles have changed since they were built
	BuiltNights    []ledger.Date  `json:"nights_built"`     // all that would be built, in this order
	ReplacedNights []ledger.Date  `json:"nights_published"` // all that would be published, in this order
}

// CollectPreview is what a collect would find if it began now.
type CollectPreview struct {
	OutletCount     int   `json:"outlet_count"`      // active ones
	ChannelCount    int   `json:"channel_count"`     // known to the ledger; outlets that were never read have none yet
	DueChannelCount int   `json:"due_channel_count"` // of these, channels whose next poll has come
	WaitingURLCount int64 `json:"waiting_url_count"` // addresses without an outcome
	DueURLCount     int64 `json:"due_url_count"`     // of these, addresses that may be fetched now
}

// PreviewNight says what Nightly would do for a night, and does none of it.
func (j *Jobs) PreviewNight(ctx context.Context, night time.Time) (NightPreview, error) {
	preview := NightPreview{Night: ledger.Date{Time: night}}
	var err error
	if preview.Collect, err = j.PreviewCollect(ctx); err != nil {
		return NightPreview{}, err
	}
	err = j.db.QueryRowxContext(ctx, `
		select
			max(i.state), coalesce(max(i.attempt_count), 0),
			(select n.published_at from marts.nights as n where n.night = cast($2 as date))
		from ops.intervals as i
		where i.job = $1 and i.scope = '' and i.night = cast($2 as date)`,
		Nightly, night.Format(time.DateOnly),
	).Scan(&preview.IntervalState, &preview.AttemptCount, &preview.PublishedAt)
	if err != nil {
		return NightPreview{}, fmt.Errorf("ask how the night of %s stands: %w", night.Format(time.DateOnly), err)
	}
	stale, err := j.staleNights(ctx, night)
	if err != nil {
		return NightPreview{}, err
	}
	built, err := nightsFrom(ctx, night, stale, j.parts.Builder.LaterNights)
	if err != nil {
		return NightPreview{}, err
	}
	published, err := nightsFrom(ctx, night, stale, j.parts.Builder.LaterPublishedNights)
	if err != nil {
		return NightPreview{}, err
	}
	preview.StaleNights, preview.BuiltNights, preview.ReplacedNights = dates(stale), dates(built), dates(published)
	return preview, nil
}

// PreviewCollect counts what a collect would work on.
func (j *Jobs) PreviewCollect(ctx context.Context) (CollectPreview, error) {
	var p CollectPreview
	err := j.db.QueryRowxContext(ctx, `
		with channels as (
			select count(*) as all_count, count(*) filter (where coalesce(c.next_poll_at, '-infinity') <= $1) as due_count
			from ops.channels as c
		),
		urls as (
			select count(*) as all_count, count(*) filter (where coalesce(u.next_attempt_at, '-infinity') <= $1) as due_count
			from ops.urls as u
			where u.outcome is null
		)
		select
			(select count(*) from seeds.outlets as o where o.is_active),
			c.all_count, c.due_count, u.all_count, u.due_count
		from channels as c
		cross join urls as u`, j.now().UTC(),
	).Scan(&p.OutletCount, &p.ChannelCount, &p.DueChannelCount, &p.WaitingURLCount, &p.DueURLCount)
	if err != nil {
		return CollectPreview{}, fmt.Errorf("count what waits to be read: %w", err)
	}
	return p, nil
}

// PreviewRecheck counts what a recheck would work on.
func (j *Jobs) PreviewRecheck(ctx context.Context) (recheck.Preview, error) {
	return j.parts.Rechecker.Preview(ctx)
}

// RehearseBuild builds a night and takes it back. Later lists the nights that the
// real thing would build after it, which is not rehearsed.
func (j *Jobs) RehearseBuild(ctx context.Context, night time.Time) (result build.Result, later []time.Time, err error) {
	return j.rehearse(ctx, night, j.parts.Builder.LaterNights, j.parts.Builder.RehearseBuild)
}

// PlanBuild explains what Build would do for a night: which nights, tables and
// checks, and why. It only reads, and waits for nobody.
func (j *Jobs) PlanBuild(ctx context.Context, night time.Time) (build.Plan, error) {
	return j.parts.Builder.Plan(ctx, night)
}

// RehearsePublish publishes a night and takes it back. Later lists the nights that
// the real thing would publish after it, which is not rehearsed.
func (j *Jobs) RehearsePublish(ctx context.Context, night time.Time) (result build.Result, later []time.Time, err error) {
	return j.rehearse(ctx, night, j.parts.Builder.LaterPublishedNights,
		func(ctx context.Context, night time.Time) (build.Result, error) {
			return j.parts.Builder.RehearsePublish(ctx, night, j.now().UTC())
		})
}

func (j *Jobs) rehearse(
	ctx context.Context, night time.Time,
	resting func(context.Context, time.Time) ([]time.Time, error),
	step func(context.Context, time.Time) (build.Result, error),
) (build.Result, []time.Time, error) {
	if j.cfg.BuildDeadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, j.cfg.BuildDeadline)
		defer cancel()
	}
	later, err := resting(ctx, night)
	if err != nil {
		return build.Result{}, nil, err
	}
	result, err := step(ctx, night)
	return result, later, err
}

func dates(nights []time.Time) []ledger.Date {
	list := make([]ledger.Date, len(nights))
	for i, n := range nights {
		list[i] = ledger.Date{Time: n}
	}
	return list
}
