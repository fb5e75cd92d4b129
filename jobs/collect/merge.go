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

// merger is one batch on its way into staging.
type merger struct {
	*loader
	tx       *sqlx.Tx
	list     []result
	standing map[int64]stored
	known    map[string]known // of recorded pages

	keep    []result // to be stored
	leave   []stored // standing articles that give way
	again   []result // stand as they are: only their mentions may differ
	edited  []stored // of those that give way, whose text is another
	earlier []result // stand as they are, but were seen before they were known to be
	changes []change
	counts  map[string]int64
}

// merge decides for each page of the batch what it is to staging, writes that,
// and returns how many pages got which outcome.
func (l *loader) merge(ctx context.Context, tx *sqlx.Tx, list []result) (map[string]int64, error) {
	m := &merger{loader: l, tx: tx, list: list, counts: map[string]int64{}}
	steps := []func(context.Context) error{
		m.lock, m.readKnown, m.readStanding, m.decide, m.replace, m.writeURLs, m.account,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return m.counts, nil
}

// lock waits for the turn of the outlets whose articles may be stored.
func (m *merger) lock(ctx context.Context) error {
	var ids []string
	for _, r := range m.list {
		if r.article != nil || r.isRecorded {
			ids = append(ids, r.outletID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return lockOutlets(ctx, m.tx, ids...)
}

// decide compares the articles of the batch, the best address of each first, with
// those that stand.
func (m *merger) decide(ctx context.Context) error {
	order := make([]int, 0, len(m.list))
	for i, r := range m.list {
		if r.article != nil {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := m.list[i], m.list[j]
		return cmp.Or(cmp.Compare(a.article.ID, b.article.ID), precedes(
			a.article.CanonicalURL, a.article.URL, a.url.URL,
			b.article.CanonicalURL, b.article.URL, b.url.URL),
			b.fetchedAt.Compare(a.fetchedAt)) // of one address the newest
	})
	var last *result
	for _, i := range order {
		r := &m.list[i]
		if last != nil && last.article.ID == r.article.ID {
			r.outcome, r.reason = "duplicate", ""
			if r.isRecorded && last.url.URL == r.url.URL {
				r.outcome = "unchanged" // an older record of the same
			}
			continue
		}
		last = r
		if err := m.compare(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// compare decides what one page is to the article that stands.
func (m *merger) compare(ctx context.Context, r *result) error {
	if r.isRecorded && m.isOutdated(r) {
		r.outcome, r.reason = "unchanged", ""
		return nil
	}
	old, ok := m.standing[r.article.ID]
	isOwn := ok && (old.requested == r.url.URL || r.isRecorded && old.requested == "")
	switch {
	case !ok:
		m.add(r)
	case isOwn && r.isRecorded:
		m.compareRecorded(r, old)
	case isOwn && old.ContentHash == r.article.ContentHash && old.Night.Equal(r.night):
		r.outcome, r.reason = "unchanged", ""
	case isOwn:
		m.swap(r, old)
	case precedes(old.CanonicalURL, old.URL, old.requested, r.article.CanonicalURL, r.article.URL, r.url.URL) <= 0:
		r.outcome, r.reason = "duplicate", ""
	default:
		if err := demote(ctx, m.tx, old); err != nil {
			return err
		}
		m.swap(r, old)
	}
	return nil
}

// add takes an article that was not there.
func (m *merger) add(r *result) {
	m.keep = append(m.keep, *r)
	m.changes = append(m.changes, change{night: r.night, articleID: r.article.ID, what: articleAdded})
	m.changes = append(m.changes, compareMentions(*r, nil)...)
}

// swap puts an article in the place of what stands.
func (m *merger) swap(r *result, old stored) {
	m.keep, m.leave = append(m.keep, *r), append(m.leave, old)
}

// replace takes out what gives way and stores what is kept.
func (m *merger) replace(ctx context.Context) error {
	if err := m.leaveOthers(ctx); err != nil {
		return err
	}
	if err := m.compareSwapped(ctx); err != nil {
		return err
	}
	if err := writeVersions(ctx, m.tx, m.run.ID, m.now().UTC(), m.edited); err != nil {
		return err
	}
	if err := remove(ctx, m.tx, m.leave); err != nil {
		return err
	}
	if err := insertArticles(ctx, m.tx, m.run.ID, m.keep); err != nil {
		return err
	}
	if err := insertMentions(ctx, m.tx, m.keep); err != nil {
		return err
	}
	changes, err := rewriteMentions(ctx, m.tx, m.again)
	m.changes = append(m.changes, changes...)
	return err
}

// compareSwapped tells what the articles that take another's place change.
func (m *merger) compareSwapped(ctx context.Context) error {
	if len(m.leave) == 0 {
		return nil
	}
	nights, ids := make([]time.Time, len(m.leave)), make([]int64, len(m.leave))
	gone := map[int64]stored{}
	for i, a := range m.leave {
		nights[i], ids[i], gone[a.ArticleID] = a.Night, a.ArticleID, a
	}
	mentions, err := standingMentions(ctx, m.tx, nights, ids)
	if err != nil {
		return err
	}
	for _, r := range m.keep {
		old, ok := gone[r.article.ID]
		switch {
		case !ok:
			continue
		case !old.Night.Equal(r.night):
			m.changes = append(m.changes, change{night: r.night, articleID: r.article.ID, what: articleAdded})
			m.changes = append(m.changes, compareMentions(r, nil)...)
			continue // and it leaves its old night
		}
		m.changes = append(m.changes, change{night: r.night, articleID: r.article.ID, what: articleChanged})
		m.changes = append(m.changes, compareMentions(r, mentions[r.article.ID])...)
		delete(gone, r.article.ID)
	}
	for id, a := range gone {
		m.changes = append(m.changes, change{night: a.Night, articleID: id, what: articleRemoved})
		for _, named := range mentions[id] {
			m.changes = append(m.changes, change{night: a.Night, articleID: id, companyID: named.CompanyID, what: mentionRemoved})
		}
	}
	return nil
}

// account writes what else is to be known of the batch, and counts.
func (m *merger) account(ctx context.Context) error {
	if err := writeAttempts(ctx, m.tx, m.run.ID, attempts(m.list)); err != nil {
		return err
	}
	if err := indexKept(ctx, m.tx, m.list); err != nil {
		return err
	}
	if err := writeChanges(ctx, m.tx, m.run, m.changes); err != nil {
		return err
	}
	for _, r := range m.list {
		if r.outcome != "" && !r.isAttempt {
			m.counts[r.outcome]++
		}
		if r.isUnkept {
			m.counts["archive_failed"]++
		}
	}
	for _, r := range m.keep {
		m.counts["mentions"] += int64(len(r.mentions))
		if old, ok := m.standing[r.article.ID]; ok && r.isRecorded && old.requested == r.url.URL {
			m.counts["changed"]++ // not another article
			m.counts[r.outcome]--
		}
	}
	return nil
}

// demote gives the URL of a stored article the outcome of a duplicate. Of which
// other address it is one, its article_id tells.
func demote(ctx context.Context, tx *sqlx.Tx, old stored) error {
	_, err := tx.ExecContext(ctx, `
		update ops.urls set outcome = 'duplicate', reason = null
		where article_id = $1 and url = $2 and outcome is not null`, old.ArticleID, old.requested)
	if err != nil {
		return fmt.Errorf("mark %s as a duplicate: %w", old.requested, err)
	}
	return nil
}

// remove takes articles and their mentions out, to be replaced.
func remove(ctx context.Context, tx *sqlx.Tx, list []stored) error {
	if len(list) == 0 {
		return nil
	}
	nights, ids := make([]time.Time, len(list)), make([]int64, len(list))
	for i, a := range list {
		nights[i], ids[i] = a.Night, a.ArticleID
	}
	for _, table := range []string{"staging.mentions", "staging.article_stories", "staging.articles"} {
		_, err := tx.ExecContext(ctx, `delete from `+table+` where night = any(cast($1 as date[])) and article_id = any($2)`,
			pq.Array(dates(nights)), pq.Array(ids))
		if err != nil {
			return fmt.Errorf("replace %d articles in %s: %w", len(list), table, err)
		}
	}
	return nil
}

// attempts lists the fetches of a batch.
func attempts(batch []result) []attempt {
	list := make([]attempt, 0, len(batch))
	for _, r := range batch {
		if a, ok := r.attempt(); ok {
			list = append(list, a)
		}
	}
	return list
}
