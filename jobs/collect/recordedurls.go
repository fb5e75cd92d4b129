package collect

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Recorded pages and ops.urls. A URL that is not there is added with its outcome.
// One that is there never gets a worse one: what is stored stays stored, and what
// waits is decided only while nobody reads the outlet, whose sums would not close
// otherwise (see settle.go). An outcome keeps the run that decided it.

// known is a row of ops.urls as a recorded page finds it.
type known struct {
	Hash      int64   `db:"url_hash"`
	URL       string  `db:"url"`
	OutletID  string  `db:"outlet_id"`
	Outcome   *string `db:"outcome"`
	ArticleID *int64  `db:"article_id"`
}

// isOwner says whether an article is stored for the URL.
func (k known) isOwner() bool {
	return k.ArticleID != nil && (k.Outcome == nil || slices.Contains([]string{"stored", "stub", "unchanged"}, *k.Outcome))
}

// urlRow is what is written of a URL.
type urlRow struct {
	r         *result
	isDecided bool // else only the article is noted
}

// readKnown reads the rows of the recorded pages, and locks them.
func (m *merger) readKnown(ctx context.Context) error {
	var hash []int64
	for _, r := range m.list {
		if r.isRecorded {
			hash = append(hash, r.url.Hash)
		}
	}
	if len(hash) == 0 {
		return nil
	}
	var rows []known
	err := m.tx.SelectContext(ctx, &rows, `
		select url_hash, url, outlet_id, outcome, article_id
		from ops.urls
		where url_hash = any($1)
		order by url_hash, url
		for update`, pq.Array(hash))
	if err != nil {
		return fmt.Errorf("look up the URLs of %d recorded pages: %w", len(hash), err)
	}
	m.known = make(map[string]known, len(rows))
	for _, k := range rows {
		m.known[k.URL] = k
	}
	return nil
}

// isOutdated says whether a recorded page is older than what its URL led to, and
// that was another article.
func (m *merger) isOutdated(r *result) bool {
	old, ok := m.movedFrom(r)
	return ok && isOlder(r.fetchedAt, old.FetchedAt)
}

// movedFrom is the article that stands for the URL of a recorded page, if it is
// another than the one found now.
func (m *merger) movedFrom(r *result) (stored, bool) {
	k, ok := m.known[r.url.URL]
	if !ok || !k.isOwner() || *k.ArticleID == r.article.ID {
		return stored{}, false
	}
	old, ok := m.standing[*k.ArticleID]
	return old, ok && old.requested == r.url.URL
}

// isOlder compares two times of fetches. Records give whole seconds, some of them.
func isOlder(a, b time.Time) bool { return a.Before(b.Add(-time.Second)) }

// leaveOthers lets go the articles that the URLs of recorded pages led to before.
func (m *merger) leaveOthers(context.Context) error {
	for i := range m.list {
		r := &m.list[i]
		if !r.isRecorded || r.article == nil || r.outcome == "unchanged" {
			continue
		}
		old, ok := m.movedFrom(r)
		isLeft := slices.ContainsFunc(m.leave, func(a stored) bool { return a.ArticleID == old.ArticleID })
		isKept := slices.ContainsFunc(m.keep, func(k result) bool { return k.article.ID == old.ArticleID })
		if ok && !isLeft && !isKept {
			m.leave = append(m.leave, old)
		}
	}
	return nil
}

// compareRecorded decides what a recorded page is to the article that stands for
// its URL. An older record changes nothing, the same one read again (by a better
// extraction) is believed, and a newer one is what a recheck would have found.
func (m *merger) compareRecorded(r *result, old stored) {
	if r.url.Discovered.Before(old.FirstSeenAt) {
		m.earlier = append(m.earlier, *r)
	} else {
		r.url.Discovered = old.FirstSeenAt
	}
	outcome := r.outcome
	r.outcome, r.reason = "unchanged", ""
	isNewer := isOlder(old.FetchedAt, r.fetchedAt)
	switch {
	case isOlder(r.fetchedAt, old.FetchedAt):
		return
	case isNewer && old.Access == "full" && r.article.Access != "full":
		return
	case isNewer && old.Quality == "good" && r.article.QualityReason != "":
		return
	}
	a := *r.article // another try may need it as it was
	r.article = &a
	if isNewer || old.EditedAt != nil {
		night := settleDate(r.article, r.night, dated{old.Night, old.PublishedAt, old.PublishedOrigin, old.IsPublishedExact})
		if !night.Equal(r.night) {
			r.night = night
			r.mentions = m.mentions(old.OutletID, r.article, night) // names have times of their own
		}
	}
	r.outletID, r.editedAt, r.deletedAt = old.OutletID, old.EditedAt, old.DeletedAt
	if old.isSame(r) {
		m.again = append(m.again, *r)
		return
	}
	if old.ContentHash != r.article.ContentHash {
		m.edited = append(m.edited, old)
	}
	r.outcome = outcome
	m.swap(r, old)
}

// writeURLs writes what became of the URLs of the batch.
func (m *merger) writeURLs(ctx context.Context) error {
	var fetched, fresh []result
	var rows []urlRow
	waiting := map[string]bool{} // outlets with recorded pages that wait to be fetched
	isSeen := map[string]bool{}
	for i := range m.list {
		r := &m.list[i]
		k, ok := m.known[r.url.URL]
		switch {
		case !r.isRecorded:
			fetched = append(fetched, *r)
		case r.outcome == "", isSeen[r.url.URL] && r.outcome == "unchanged":
		case !ok:
			fresh = append(fresh, *r)
		case k.Outcome == nil:
			waiting[k.OutletID] = true
			rows = append(rows, urlRow{r: r, isDecided: true})
		case m.isBetter(r, k):
			rows = append(rows, urlRow{r: r, isDecided: true})
		}
		isSeen[r.url.URL] = isSeen[r.url.URL] || r.isRecorded && r.article != nil && r.outcome != "unchanged"
	}
	if len(fetched) > 0 {
		if err := m.writeOutcomes(ctx, m.tx, fetched); err != nil {
			return err
		}
	}
	if err := m.insertRecorded(ctx, fresh); err != nil {
		return err
	}
	free, err := freeOutlets(ctx, m.tx, waiting)
	if err != nil {
		return err
	}
	for i, row := range rows {
		if k := m.known[row.r.url.URL]; k.Outcome == nil {
			rows[i].isDecided = free[k.OutletID]
		}
	}
	if err := m.updateRecorded(ctx, rows); err != nil {
		return err
	}
	return m.seenEarlier(ctx)
}

// isBetter says whether the outcome of a recorded page is worth more than the one
// its URL has.
func (m *merger) isBetter(r *result, k known) bool {
	hasArticle := r.article != nil && r.outcome != "unchanged"
	switch {
	case k.isOwner() && r.outcome == "duplicate":
		_, isMoved := m.movedFrom(r)
		return isMoved
	case k.isOwner(), *k.Outcome == "duplicate" && r.outcome == "duplicate":
		return hasArticle && (*k.ArticleID != r.article.ID || *k.Outcome != r.outcome)
	case *k.Outcome == "failed":
		return r.outcome != "failed"
	}
	return hasArticle
}

// freeOutlets says which outlets nobody reads now, and keeps it so until the
// transaction ends.
func freeOutlets(ctx context.Context, tx *sqlx.Tx, ids map[string]bool) (map[string]bool, error) {
	free := map[string]bool{}
	for id := range ids {
		var isFree bool
		if err := tx.GetContext(ctx, &isFree, `select pg_try_advisory_xact_lock(hashtextextended($1, 0))`, "overheard/outlet/"+id); err != nil {
			return nil, fmt.Errorf("ask whether %q is being read: %w", id, err)
		}
		free[id] = isFree
	}
	return free, nil
}

// insertRecorded adds the URLs that are not known.
func (m *merger) insertRecorded(ctx context.Context, list []result) error {
	list = slices.Clone(list)
	best := map[string]int{} // a URL recorded twice in the batch: what is stored counts
	for i, r := range list {
		j, ok := best[r.url.URL]
		if !ok || list[j].article == nil && r.article != nil || list[j].outcome == "unchanged" {
			best[r.url.URL] = i
		}
	}
	n := len(best)
	if n == 0 {
		return nil
	}
	cols := newURLColumns(n)
	for i, r := range list {
		if best[r.url.URL] == i {
			cols.add(&list[i])
		}
	}
	res, err := m.tx.ExecContext(ctx, `
		insert into ops.urls
			(url_hash, url, announced_url, outlet_id, channel_url, channel_kind, discovered_at, discovered_run_id,
			 outcome, reason, http_status, decided_at, decided_run_id, article_id, page_type)
		select
			i.url_hash, i.url, nullif(i.announced_url, i.url), i.outlet_id, i.channel_url, i.channel_kind,
			cast(i.discovered_at as timestamptz), $12, i.outcome, i.reason, cast(i.http_status as integer), $13, $12, i.article_id, i.page_type
		from unnest(
			cast($1 as bigint[]), cast($2 as text[]), cast($3 as text[]), cast($4 as text[]), cast($5 as text[]), cast($6 as text[]),
			cast($7 as text[]), cast($8 as text[]), cast($9 as text[]), cast($10 as bigint[]), cast($11 as bigint[]), cast($14 as text[])
		) as i (url_hash, url, announced_url, outlet_id, channel_url, channel_kind, discovered_at, outcome, reason, http_status, article_id, page_type)
		order by i.url_hash, i.url -- one order for all, or two could wait for each other
		on conflict (url_hash, url) do nothing`,
		pq.Array(cols.hash), pq.Array(cols.urls), pq.Array(cols.announced), pq.Array(cols.outlets), pq.Array(cols.channels),
		pq.Array(cols.kinds), pq.Array(cols.discovered), pq.Array(cols.outcomes), pq.Array(cols.reasons), pq.Array(cols.status),
		pq.Array(cols.articles), m.run.ID, m.now().UTC(), pq.Array(cols.pageTypes))
	if err != nil {
		return fmt.Errorf("record the URLs of %d recorded pages: %w", n, err)
	}
	if added, err := res.RowsAffected(); err == nil && added != int64(n) {
		return errTaken
	}
	return nil
}

// updateRecorded changes the rows of URLs that are known.
func (m *merger) updateRecorded(ctx context.Context, rows []urlRow) error {
	if len(rows) == 0 {
		return nil
	}
	cols := newURLColumns(len(rows))
	var isDecided []bool
	for _, row := range rows {
		cols.add(row.r)
		isDecided = append(isDecided, row.isDecided)
	}
	_, err := m.tx.ExecContext(ctx, `
		update ops.urls as u
		set outcome = case when i.is_decided then i.outcome else u.outcome end,
			reason = case when i.is_decided then i.reason else u.reason end,
			http_status = case when i.is_decided then cast(i.http_status as integer) else u.http_status end,
			page_type = case when i.is_decided then i.page_type else u.page_type end,
			decided_at = case when i.is_decided then coalesce(u.decided_at, cast($8 as timestamptz)) end,
			decided_run_id = case when i.is_decided then coalesce(u.decided_run_id, cast($9 as bigint)) end,
			article_id = coalesce(i.article_id, u.article_id)
		from (
			select distinct on (t.url_hash, t.url) t.url_hash, t.url, t.outcome, t.reason, t.http_status, t.article_id, t.page_type, t.is_decided
			from unnest(
				cast($1 as bigint[]), cast($2 as text[]), cast($3 as text[]), cast($4 as text[]),
				cast($5 as bigint[]), cast($6 as bigint[]), cast($7 as text[]), cast($10 as boolean[])
			) as t (url_hash, url, outcome, reason, http_status, article_id, page_type, is_decided)
			order by t.url_hash, t.url, t.article_id is null, t.outcome = 'unchanged'
		) as i
		where u.url_hash = i.url_hash and u.url = i.url`,
		pq.Array(cols.hash), pq.Array(cols.urls), pq.Array(cols.outcomes), pq.Array(cols.reasons), pq.Array(cols.status),
		pq.Array(cols.articles), pq.Array(cols.pageTypes), m.now().UTC(), m.run.ID, pq.Array(isDecided))
	if err != nil {
		return fmt.Errorf("record the outcomes of %d recorded pages: %w", len(rows), err)
	}
	return nil
}

// seenEarlier moves the first sight of articles back to the date of a record.
func (m *merger) seenEarlier(ctx context.Context) error {
	for _, r := range m.earlier {
		old := m.standing[r.article.ID]
		_, err := m.tx.ExecContext(ctx, `
			update staging.articles set first_seen_at = least(first_seen_at, $2) where article_id = $1`,
			r.article.ID, r.url.Discovered.UTC())
		if err != nil {
			return fmt.Errorf("note the first sight of %s: %w", r.url.URL, err)
		}
		m.changes = append(m.changes, change{night: old.Night, articleID: r.article.ID, what: articleChanged})
	}
	return nil
}

// urlColumns are rows of ops.urls as Postgres takes them.
type urlColumns struct {
	hash                                                  []int64
	urls, announced, outlets, channels, kinds, discovered []string
	outcomes                                              []string
	reasons, pageTypes                                    []*string
	status, articles                                      []sql.NullInt64
}

func newURLColumns(n int) *urlColumns {
	return &urlColumns{hash: make([]int64, 0, n), urls: make([]string, 0, n)}
}

func (u *urlColumns) add(r *result) {
	u.hash, u.urls = append(u.hash, r.url.Hash), append(u.urls, r.url.URL)
	u.announced = append(u.announced, storableText(r.url.Address))
	u.outlets, u.channels, u.kinds = append(u.outlets, r.outletID), append(u.channels, storableText(r.channel)), append(u.kinds, r.url.Kind)
	u.discovered = append(u.discovered, r.url.Discovered.UTC().Format(time.RFC3339Nano))
	u.outcomes, u.reasons, u.pageTypes = append(u.outcomes, r.outcome), append(u.reasons, text(r.reason)), append(u.pageTypes, text(r.pageType))
	u.status = append(u.status, sql.NullInt64{Int64: int64(r.status), Valid: r.status != 0})
	id := sql.NullInt64{}
	if r.article != nil {
		id = sql.NullInt64{Int64: r.article.ID, Valid: true}
	}
	u.articles = append(u.articles, id)
}
