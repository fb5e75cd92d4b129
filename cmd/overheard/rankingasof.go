package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// asOfFlag is --as-of: a time, or a date that stands for its end in UTC.
type asOfFlag struct {
	time.Time
}

// String is what help prints as the default: nothing.
func (a *asOfFlag) String() string {
	if a.IsZero() {
		return ""
	}
	return a.UTC().Format(time.RFC3339)
}

// Set reads a time of RFC 3339, or a date.
func (a *asOfFlag) Set(text string) error {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		a.Time = day.AddDate(0, 0, 1).Add(-time.Microsecond) // the finest the database knows
		return nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return errors.New("a time is a date such as 2026-11-21, or 2026-11-21T06:00:00Z")
	}
	a.Time = t
	return nil
}

// Type names the value in help.
func (a *asOfFlag) Type() string { return "TIME" }

// nightAsOf is the newest night that was published at a time.
func nightAsOf(ctx context.Context, db *sqlx.DB, asOf time.Time) (time.Time, error) {
	var night *ledger.Date
	err := db.GetContext(ctx, &night, `
		select max(night) from marts.night_revisions where published_at <= $1`, asOf.UTC())
	if err != nil {
		return time.Time{}, fmt.Errorf("ask for the newest night published at %s: %w", asOf.UTC().Format(time.RFC3339), err)
	}
	if night == nil {
		return time.Time{}, fmt.Errorf("no night was published at %s", asOf.UTC().Format(time.RFC3339))
	}
	return night.Time, nil
}

// revisionAsOf is the revision of a night that stood at a time.
func revisionAsOf(ctx context.Context, db *sqlx.DB, night, asOf time.Time) (int, error) {
	var stood struct {
		Revision *int       `db:"revision"`
		FirstAt  *time.Time `db:"first_at"`
	}
	err := db.GetContext(ctx, &stood, `
		select max(revision) filter (where published_at <= $2) as revision, min(published_at) as first_at
		from marts.night_revisions
		where night = $1`, night.Format(time.DateOnly), asOf.UTC())
	switch {
	case err != nil:
		return 0, fmt.Errorf("ask what stood of %s: %w", night.Format(time.DateOnly), err)
	case stood.FirstAt == nil:
		return 0, notPublished(night)
	case stood.Revision == nil:
		return 0, fmt.Errorf("the night of %s was not published at %s; it was first at %s",
			night.Format(time.DateOnly), asOf.UTC().Format(time.RFC3339), stood.FirstAt.UTC().Format(time.RFC3339))
	}
	return *stood.Revision, nil
}

// readRankingAsOf reads what readers saw of a night at a time. Names are those of
// today.
func readRankingAsOf(ctx context.Context, db *sqlx.DB, night, asOf time.Time, top int) ([]rankingRow, error) {
	revision, err := revisionAsOf(ctx, db, night, asOf)
	if err != nil {
		return nil, err
	}
	return readRevision(ctx, db, night, revision, top)
}

// readRevision reads a revision of a night; no rows if there is none.
func readRevision(ctx context.Context, db *sqlx.DB, night time.Time, revision, top int) ([]rankingRow, error) {
	rows := []rankingRow{}
	err := db.SelectContext(ctx, &rows, `
		select
			r.night, r.revision, r.rank_position, r.previous_rank_position, r.company_id,
			coalesce(c.name, r.company_id) as name, c.name_zh, r.attention, r.score, r.article_count, r.story_count,
			r.voice_count, r.outlet_count, r.country_count, r.language_count, n.panel_coverage_share,
			n.is_degraded, n.method_version, n.panel_id, r.published_at
		from marts.company_ranking_revisions as r
		inner join marts.night_revisions as n on n.night = r.night and n.revision = r.revision
		left join marts.companies as c on c.company_id = r.company_id
		where r.night = $1 and r.revision = $2
		order by r.rank_position
		limit $3`, night.Format(time.DateOnly), revision, top)
	if err != nil {
		return nil, fmt.Errorf("read revision %d of the ranking of %s: %w", revision, night.Format(time.DateOnly), err)
	}
	return rows, nil
}
