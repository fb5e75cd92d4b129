package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/match"
)

// A changed list of aliases matters only to articles in which one of the changed
// strings stands: a new name, one given up, an anchor, the cue of another sense.
// ops.alias_changes has them, ops.night_matches up to which of them a night was
// matched again. An article is matched by the list of its day when it is read, so a
// night without a row needs the changes since its first article was read.

// Pending is a night whose articles a changed list of aliases can matter to.
type Pending struct {
	Night       ledger.Date `db:"night" json:"night"`
	ChangeCount int         `db:"change_count" json:"change_count"`
	Articles    int64       `db:"article_count" json:"article_count"`
	After       int64       `db:"after_id" json:"-"` // the last change taken into account
	Last        int64       `db:"last_id" json:"-"`
}

// PendingNights lists the nights of a range with articles from before a change of the
// aliases, newest first.
func PendingNights(ctx context.Context, db *sqlx.DB, from, to time.Time) ([]Pending, error) {
	list := []Pending{}
	err := db.SelectContext(ctx, &list, `
		with latest as (
			select max(c.change_id) as change_id from ops.alias_changes as c
		),
		behind as (
			select cast(d.day as date) as night
			from generate_series(cast($1 as timestamp), cast($2 as timestamp), '1 day') as d (day)
			cross join latest as l
			left join ops.night_matches as m on m.night = cast(d.day as date)
			where coalesce(m.change_id, 0) < l.change_id
				-- without its text an article would lose its mentions
				and not exists (
					select 1 from ops.retention_marks as r
					where r.subject in ('text', 'state') and r.kept_from > cast(d.day as date)
				)
		),
		nights as (
			select a.night, count(*) as article_count, min(a.fetched_at) as fetched_at
			from behind as b
			inner join staging.articles as a on a.night = b.night
			group by a.night
		),
		marked as materialized ( -- else its subquery runs once for each change
			select n.night, n.article_count, coalesce(m.change_id, (
				select max(c.change_id) from ops.alias_changes as c where c.changed_at < n.fetched_at
			), 0) as after_id
			from nights as n
			left join ops.night_matches as m on m.night = n.night
		)
		select k.night, k.article_count, k.after_id, max(c.change_id) as last_id, count(*) as change_count
		from marked as k
		inner join ops.alias_changes as c on c.change_id > k.after_id
		group by k.night, k.article_count, k.after_id
		order by k.night desc`, from.Format(time.DateOnly), to.Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("look for nights from %s to %s that were matched by older names: %w", from.Format(time.DateOnly), to.Format(time.DateOnly), err)
	}
	return list, nil
}

// RematchPending matches the articles of a range of nights again by the present list
// of aliases, where what changed in it can matter. It counts articles looked at
// (examined) and matched again (rematched), and what Rematch counts. A night that is
// done is noted, so that one that is cut off goes on with the next.
func (c *Collector) RematchPending(ctx context.Context, run *ledger.Run, from, to time.Time) error {
	var latest int64
	err := c.db.GetContext(ctx, &latest, `select coalesce(max(change_id), 0) from ops.alias_changes where changed_at <= $1`, c.now().UTC())
	if err != nil {
		return fmt.Errorf("look for changes of names: %w", err)
	}
	nights, err := PendingNights(ctx, c.db, from, to)
	if err != nil {
		return err
	}
	if len(nights) == 0 {
		return c.noteMatched(ctx, from, to, latest)
	}
	const task = "nights"
	c.progress.Start(task, len(nights))
	defer c.progress.Finish(task)
	for _, n := range nights {
		if err := c.rematchNight(ctx, run, n); err != nil {
			return fmt.Errorf("match the articles of %s again by changed names: %w", n.Night, err)
		}
		run.Count("nights_rematched", 1)
		c.progress.Advance(task, 1, 0)
	}
	return c.noteMatched(ctx, from, to, latest)
}

// noteMatched spares the next run a look at nights that need nothing: what is stored
// of them from now on is matched by the present list.
func (c *Collector) noteMatched(ctx context.Context, from, to time.Time, latest int64) error {
	_, err := c.db.ExecContext(ctx, `
		insert into ops.night_matches as m (night, matched_at, change_id)
		select cast(d.day as date), $3, $4
		from generate_series(cast($1 as timestamp), cast($2 as timestamp), '1 day') as d (day)
		where cast($4 as bigint) > 0
			and exists (select 1 from staging.articles as a where a.night = cast(d.day as date))
		on conflict (night) do update
		set matched_at = excluded.matched_at, change_id = excluded.change_id
		where m.change_id < excluded.change_id`, from.Format(time.DateOnly), to.Format(time.DateOnly), c.now().UTC(), latest)
	if err != nil {
		return fmt.Errorf("note which nights are matched by the present names: %w", err)
	}
	return nil
}

func (c *Collector) rematchNight(ctx context.Context, run *ledger.Run, n Pending) error {
	var strings []string
	err := c.db.SelectContext(ctx, &strings, `
		select distinct alias from ops.alias_changes where change_id > $1 and change_id <= $2 order by alias`, n.After, n.Last)
	if err != nil {
		return fmt.Errorf("read what has changed in the names: %w", err)
	}
	finder, err := match.NewFinder(strings)
	if err != nil {
		return fmt.Errorf("look for %d changed names: %w", len(strings), err)
	}
	if err := c.ensureMonths(ctx, n.Night.Time); err != nil {
		return err
	}
	var outlets []string
	err = c.db.SelectContext(ctx, &outlets, `
		select distinct outlet_id from staging.articles where night = cast($1 as date) order by outlet_id`, n.Night.String())
	if err != nil {
		return fmt.Errorf("list the outlets: %w", err)
	}
	for _, outletID := range outlets {
		if err := c.rematchAll(ctx, run, outletID, n.Night.Time, finder.Has); err != nil {
			return err
		}
	}
	_, err = c.db.ExecContext(ctx, `
		insert into ops.night_matches (night, matched_at, change_id)
		values (cast($1 as date), $2, $3)
		on conflict (night) do update
		set matched_at = excluded.matched_at, change_id = excluded.change_id`, n.Night.String(), c.now().UTC(), n.Last)
	if err != nil {
		return fmt.Errorf("note that the night is done: %w", err)
	}
	return nil
}
