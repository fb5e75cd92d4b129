package collect

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Two addresses can lead to one article (same article_id). Which of them is kept
// must not depend on which was fetched first, or a run that was cut off would end
// differently from one that was not. So there is an order (see precedes): the
// address that is the canonical one, then the alphabetically first. The loser's
// outcome is "duplicate", also when it was stored before.

// stored is an article that stands in staging already.
type stored struct {
	ArticleID    int64     `db:"article_id"`
	Night        time.Time `db:"night"`
	CanonicalURL string    `db:"canonical_url"`
	URL          string    `db:"url"`
	ContentHash  string    `db:"content_hash"`
	requested    string
}

// precedes orders the addresses of one article: the better to keep comes first.
func precedes(canonicalA, urlA, requestedA, canonicalB, urlB, requestedB string) int {
	rank := func(canonical, url string) int {
		if canonical == url {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(rank(canonicalA, urlA), rank(canonicalB, urlB)),
		cmp.Compare(urlA, urlB),
		cmp.Compare(requestedA, requestedB),
	)
}

// merge decides for each page of the batch what it is to staging, writes that,
// and returns how many pages got which outcome.
func (l *loader) merge(ctx context.Context, tx *sqlx.Tx, batch []delivery) (map[string]int64, error) {
	standing, err := l.standing(ctx, tx, batch)
	if err != nil {
		return nil, err
	}
	order := make([]int, 0, len(batch))
	for i, d := range batch {
		if d.article != nil {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := batch[i], batch[j]
		return cmp.Or(cmp.Compare(a.article.ID, b.article.ID), precedes(
			a.article.CanonicalURL, a.article.URL, a.url.URL,
			b.article.CanonicalURL, b.article.URL, b.url.URL))
	})
	var keep []result
	var leave []stored // standing articles that give way
	var last *delivery
	for _, i := range order {
		d := &batch[i]
		if last != nil && last.article.ID == d.article.ID {
			d.outcome, d.reason = "duplicate", ""
			continue
		}
		last = d
		old, ok := standing[d.article.ID]
		switch {
		case !ok:
		case old.requested == d.url.URL && old.ContentHash == d.article.ContentHash && old.Night.Equal(d.night):
			d.outcome, d.reason = "unchanged", ""
			continue
		case old.requested == d.url.URL:
			leave = append(leave, old)
		case precedes(old.CanonicalURL, old.URL, old.requested, d.article.CanonicalURL, d.article.URL, d.url.URL) <= 0:
			d.outcome, d.reason = "duplicate", ""
			continue
		default:
			leave = append(leave, old)
			if err := demote(ctx, tx, old); err != nil {
				return nil, err
			}
		}
		keep = append(keep, d.result)
	}
	if err := remove(ctx, tx, leave); err != nil {
		return nil, err
	}
	if err := insertArticles(ctx, tx, l.run.ID, keep); err != nil {
		return nil, err
	}
	if err := insertMentions(ctx, tx, keep); err != nil {
		return nil, err
	}
	if err := l.writeOutcomes(ctx, tx, batch); err != nil {
		return nil, err
	}
	if err := writeAttempts(ctx, tx, l.run.ID, attempts(batch)); err != nil {
		return nil, err
	}
	outcomes := map[string]int64{}
	for _, d := range batch {
		if d.outcome != "" && !d.isAttempt {
			outcomes[d.outcome]++
		}
	}
	for _, d := range keep {
		outcomes["mentions"] += int64(len(d.mentions))
	}
	return outcomes, nil
}

// standing reads the articles of the batch that staging has already.
func (l *loader) standing(ctx context.Context, tx *sqlx.Tx, batch []delivery) (map[int64]stored, error) {
	var ids []int64
	for _, d := range batch {
		if d.article != nil {
			ids = append(ids, d.article.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []stored
	err := tx.SelectContext(ctx, &rows, `
		select article_id, night, canonical_url, url, content_hash
		from staging.articles where article_id = any($1)`, pq.Array(ids))
	if err != nil {
		return nil, fmt.Errorf("look up stored articles: %w", err)
	}
	var owners []struct {
		ArticleID int64  `db:"article_id"`
		URL       string `db:"url"`
	}
	err = tx.SelectContext(ctx, &owners, `
		select article_id, url from ops.urls
		where article_id = any($1) and outcome in ('stored', 'stub', 'unchanged')`, pq.Array(ids))
	if err != nil {
		return nil, fmt.Errorf("look up the URLs of stored articles: %w", err)
	}
	requested := make(map[int64]string, len(owners))
	for _, o := range owners {
		requested[o.ArticleID] = o.URL
	}
	standing := make(map[int64]stored, len(rows))
	for _, r := range rows {
		r.Night = time.Date(r.Night.Year(), r.Night.Month(), r.Night.Day(), 0, 0, 0, 0, time.UTC)
		r.requested = requested[r.ArticleID]
		standing[r.ArticleID] = r
	}
	return standing, nil
}

// demote gives the URL of a stored article the outcome of a duplicate. Of which
// other address it is one, its article_id tells.
func demote(ctx context.Context, tx *sqlx.Tx, old stored) error {
	_, err := tx.ExecContext(ctx, `
		update ops.urls set outcome = 'duplicate', reason = null
		where article_id = $1 and url = $2`, old.ArticleID, old.requested)
	if err != nil {
		return fmt.Errorf("mark %s as a duplicate: %w", old.requested, err)
	}
	return nil
}

// remove takes articles and their mentions out, to be replaced.
func remove(ctx context.Context, tx *sqlx.Tx, list []stored) error {
	for _, table := range []string{"staging.mentions", "staging.article_stories", "staging.articles"} {
		for _, a := range list {
			_, err := tx.ExecContext(ctx, `delete from `+table+` where night = $1 and article_id = $2`,
				a.Night.Format(time.DateOnly), a.ArticleID)
			if err != nil {
				return fmt.Errorf("replace article %d in %s: %w", a.ArticleID, table, err)
			}
		}
	}
	return nil
}

// attempts lists the fetches of a batch.
func attempts(batch []delivery) []attempt {
	list := make([]attempt, 0, len(batch))
	for _, d := range batch {
		if a, ok := d.attempt(); ok {
			list = append(list, a)
		}
	}
	return list
}
