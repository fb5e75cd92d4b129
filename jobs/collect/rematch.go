package collect

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/article"
)

// rematchBatch is how many articles are matched again in one transaction.
const rematchBatch = 200

// Rematch looks for companies in the stored articles of an outlet's night again,
// by the present list of aliases, and writes only the mentions that differ. It
// counts articles (rematched) and mentions (added, changed, removed).
func (c *Collector) Rematch(ctx context.Context, run *ledger.Run, outletID string, night time.Time) error {
	if err := c.ensureMonths(ctx, night); err != nil {
		return err
	}
	return c.rematchAll(ctx, run, outletID, night, func(string, string) bool { return true })
}

// rematchAll does the articles of an outlet's night whose title and text concern it.
func (c *Collector) rematchAll(ctx context.Context, run *ledger.Run, outletID string, night time.Time, concerns func(title, body string) bool) error {
	var last int64 = -1
	for {
		n, id, err := c.rematchSome(ctx, run, outletID, night, last, concerns)
		if err != nil {
			return fmt.Errorf("match the articles of %q on %s again: %w", outletID, night.Format(time.DateOnly), err)
		}
		if n < rematchBatch {
			return nil
		}
		last = id
	}
}

// rematchSome does the articles after one, and returns how many these were and
// which came last.
func (c *Collector) rematchSome(ctx context.Context, run *ledger.Run, outletID string, night time.Time, after int64, concerns func(title, body string) bool) (n int, last int64, err error) {
	tx, err := c.db.BeginTxx(ctx, nil)
	if err != nil {
		return 0, 0, err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	if err := lockOutlets(ctx, tx, outletID); err != nil {
		return 0, 0, err
	}
	var rows []struct {
		ArticleID int64  `db:"article_id"`
		Title     string `db:"title"`
		Body      string `db:"body"`
		Language  string `db:"language_code"`
	}
	err = tx.SelectContext(ctx, &rows, `
		select article_id, title, body, language_code
		from staging.articles
		where night = cast($1 as date) and outlet_id = $2 and article_id > $3
		order by article_id
		limit $4`, night.Format(time.DateOnly), outletID, after, rematchBatch)
	if err != nil || len(rows) == 0 {
		return 0, 0, err
	}
	read := len(rows)
	last = rows[read-1].ArticleID
	var matching sync.WaitGroup
	extractors := max(1, c.cfg.Extractors)
	all := make([]*result, read)
	for k := range extractors {
		matching.Go(func() {
			for i := k; i < read; i += extractors {
				r := rows[i]
				if !concerns(r.Title, r.Body) {
					continue
				}
				a := &article.Article{ID: r.ArticleID, Title: r.Title, Body: r.Body, Language: r.Language}
				all[i] = &result{outletID: outletID, night: night, article: a, mentions: c.mentions(outletID, a, night)}
			}
		})
	}
	matching.Wait()
	var list []result
	for _, r := range all {
		if r != nil {
			list = append(list, *r)
		}
	}
	changes, err := rewriteMentions(ctx, tx, list)
	if err != nil {
		return 0, 0, err
	}
	if err := writeChanges(ctx, tx, run, changes); err != nil {
		return 0, 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, 0, err
	}
	run.Count("examined", int64(read))
	run.Count("rematched", int64(len(list)))
	for _, ch := range changes {
		run.Count(ch.what, 1)
	}
	return read, last, nil
}
