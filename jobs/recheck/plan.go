package recheck

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// The stages of an article, and how late they may be.
const (
	StageDay  = "day"  // 24 h after it was first fetched
	StageWeek = "week" // 7 days after

	dayAfter  = 24 * time.Hour
	weekAfter = 7 * 24 * time.Hour
	tooLate   = 3 * 24 * time.Hour

	// planWindow is how far back articles are planned for: the week's stage of an
	// older one would be a gap on the day it is planned.
	planWindow = weekAfter + tooLate
	// oldestNight bounds how much older than its fetch an article may be.
	oldestNight = planWindow + 31*24*time.Hour
)

// task is a row of ops.rechecks that is due.
type task struct {
	ArticleID    int64       `db:"article_id"`
	Stage        string      `db:"stage"`
	OutletID     string      `db:"outlet_id"`
	Night        ledger.Date `db:"night"`
	URLHash      int64       `db:"url_hash"`
	URL          string      `db:"url"`
	AttemptCount int         `db:"attempt_count"`
	EarlierHash  string      `db:"earlier_content_hash"`
}

// plan adds the two stages of every counted article that has none. It is one
// statement and changes nothing the second time.
func (c *Rechecker) plan(ctx context.Context, now time.Time) (int64, error) {
	res, err := c.db.ExecContext(ctx, `
		with counted as materialized (
			select distinct m.night, m.article_id
			from staging.mentions as m
			where m.night >= cast($1 as date)
		),
		articles as materialized (
			select a.article_id, a.night, a.outlet_id, a.fetched_at
			from staging.articles as a
			inner join counted as k on k.night = a.night and k.article_id = a.article_id
			where a.night >= cast($1 as date) and a.fetched_at > $2
		),
		fresh as materialized (
			select a.article_id, a.night, a.outlet_id, a.fetched_at
			from articles as a
			left join ops.rechecks as r on r.article_id = a.article_id
			where r.article_id is null
		),
		-- of several addresses of an article the one it was stored from
		known as materialized (
			select
				u.article_id, u.url_hash, coalesce(u.announced_url, u.url) as url,
				row_number() over (partition by u.article_id order by u.decided_at, u.url) as position
			from ops.urls as u
			where u.outcome in ('stored', 'stub', 'unchanged') and u.article_id in (select f.article_id from fresh as f)
		)
		insert into ops.rechecks (article_id, stage, outlet_id, night, url_hash, url, due_at)
		select f.article_id, s.stage, f.outlet_id, f.night, k.url_hash, k.url, f.fetched_at + make_interval(secs => s.seconds)
		from fresh as f
		inner join known as k on k.article_id = f.article_id and k.position = 1
		cross join (values ('day', cast($3 as double precision)), ('week', cast($4 as double precision))) as s (stage, seconds)
		on conflict (article_id, stage) do nothing`,
		now.Add(-oldestNight).Format(time.DateOnly), now.Add(-planWindow), dayAfter.Seconds(), weekAfter.Seconds())
	if err != nil {
		return 0, fmt.Errorf("plan which articles are read again: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("plan which articles are read again: %w", err)
	}
	return n, nil
}

// countDue is how many rows wait whose time has come.
func (c *Rechecker) countDue(ctx context.Context, now time.Time) (int64, error) {
	var n int64
	err := c.db.GetContext(ctx, &n, `select count(*) from ops.rechecks where outcome is null and due_at <= $1`, now)
	if err != nil {
		return 0, fmt.Errorf("count the articles to read again: %w", err)
	}
	return n, nil
}

// giveUp makes gaps of what is too late, and of what no registry asks for any more.
func (c *Rechecker) giveUp(ctx context.Context, run *ledger.Run, now time.Time) error {
	var ids []string
	for id := range c.outlets {
		ids = append(ids, id)
	}
	_, err := c.db.ExecContext(ctx, `
		update ops.rechecks
		set outcome = 'gap', decided_at = $1, decided_run_id = $2, next_attempt_at = null,
			reason = case
				when due_at < $3 and reason is null then 'not visited within three days'
				when due_at < $3 then 'not read within three days: ' || reason
				else 'the outlet is no longer in the registry'
			end
		where outcome is null and due_at <= $1 and (due_at < $3 or outlet_id <> all($4))`,
		now, run.ID, now.Add(-tooLate), pq.Array(ids))
	if err != nil {
		return fmt.Errorf("give up what is too late: %w", err)
	}
	return nil
}

// due reads what can be done now, newest first. The hash of the text as it stands
// is noted before the first try, so that an edit is known for one even if the run
// is killed between storing it and saying so.
func (c *Rechecker) due(ctx context.Context, now time.Time) ([]task, error) {
	const isReady = `r.outcome is null and r.due_at <= $1 and (r.next_attempt_at is null or r.next_attempt_at <= $1)`
	_, err := c.db.ExecContext(ctx, `
		with ready as materialized (
			select r.article_id, r.stage from ops.rechecks as r where `+isReady+` and r.earlier_content_hash is null
		),
		standing as materialized (
			select a.article_id, a.content_hash
			from staging.articles as a
			where a.article_id in (select y.article_id from ready as y)
		)
		update ops.rechecks as r
		set earlier_content_hash = s.content_hash
		from ready as y, standing as s
		where y.article_id = s.article_id and r.article_id = y.article_id and r.stage = y.stage`, now)
	if err != nil {
		return nil, fmt.Errorf("note the texts before they are read again: %w", err)
	}
	var list []task
	err = c.db.SelectContext(ctx, &list, `
		select r.article_id, r.stage, r.outlet_id, r.night, r.url_hash, r.url, r.attempt_count,
			coalesce(r.earlier_content_hash, '') as earlier_content_hash
		from ops.rechecks as r
		where `+isReady+`
		order by r.due_at desc, r.article_id, r.stage`, now)
	if err != nil {
		return nil, fmt.Errorf("look up what is to be read again: %w", err)
	}
	return list, nil
}

// byOutlet groups tasks, the outlet with the newest first.
func byOutlet(list []task) [][]task {
	var groups [][]task
	at := map[string]int{}
	for _, t := range list {
		i, ok := at[t.OutletID]
		if !ok {
			i = len(groups)
			at[t.OutletID] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], t)
	}
	return slices.Clip(groups)
}

// account counts in the table what became of all that was due when the run began,
// and fails if that is not all of it.
func (c *Rechecker) account(ctx context.Context, run *ledger.Run, began time.Time, due int64) error {
	var rows []struct {
		Outcome *string `db:"outcome"`
		Count   int64   `db:"recheck_count"`
	}
	err := c.db.SelectContext(ctx, &rows, `
		select outcome, count(*) as recheck_count
		from ops.rechecks
		where due_at <= $1 and (outcome is null or decided_run_id = $2)
		group by outcome
		order by outcome nulls last`, began, run.ID)
	if err != nil {
		return fmt.Errorf("account for the articles read again: %w", err)
	}
	var sum int64
	for _, r := range rows {
		sum += r.Count
		if r.Outcome == nil {
			run.Count("waiting", r.Count)
		} else {
			run.Count(*r.Outcome, r.Count)
		}
	}
	run.Count("due", due)
	if sum != due {
		return fmt.Errorf("account for the articles read again: %d were due, %d are done or wait", due, sum)
	}
	return nil
}
