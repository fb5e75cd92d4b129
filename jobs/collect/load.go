package collect

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/article"
)

// Loading. Results come from all outlets into one loader, which writes them in
// batches: articles, mentions and outcomes of a batch in one transaction, COPY
// into temporary tables and a merge from there.
//
// Two addresses can lead to one article (same article_id). Which of them is kept
// must not depend on which was fetched first, or a run that was cut off would end
// differently from one that was not. So there is an order (see precedes): the
// address that is the canonical one, then the alphabetically first. The loser's
// outcome is "duplicate", also when it was stored before.

const (
	batchRows = 500
	batchWait = 300 * time.Millisecond
	lastWrite = 8 * time.Second // after the end of the run's context; less than its grace
)

type delivery struct {
	result
	tally *tally
}

type loader struct {
	lg    *slog.Logger
	db    *sqlx.DB
	run   *ledger.Run
	now   func() time.Time
	queue chan delivery
	done  chan struct{}
	stop  context.CancelCauseFunc // stops the whole collect when nothing can be written
	err   error                   // read after done
}

func startLoader(ctx context.Context, lg *slog.Logger, db *sqlx.DB, run *ledger.Run, now func() time.Time, stop context.CancelCauseFunc) *loader {
	l := &loader{
		lg: lg, db: db, run: run, now: now, stop: stop,
		queue: make(chan delivery, 2*batchRows), done: make(chan struct{}),
	}
	go l.loop(ctx)
	return l
}

// put hands a result over. It returns at once unless the database is far behind;
// only then, and only when the run is over, a page is let go.
func (l *loader) put(ctx context.Context, t *tally, r result) {
	t.unloaded.Add(1)
	select {
	case l.queue <- delivery{r, t}:
		return
	default:
	}
	select {
	case l.queue <- delivery{r, t}:
	case <-ctx.Done():
		// Cut off: the page is fetched again by the next run.
		t.unloaded.Done()
	}
}

// close writes what is left and tells whether all could be written.
func (l *loader) close() error {
	close(l.queue)
	<-l.done
	return l.err
}

func (l *loader) loop(ctx context.Context) {
	defer close(l.done)
	// What was fetched before a Ctrl-C is still written: it takes a moment and
	// saves the outlets a second visit. But not for ever: a run gives its work up
	// after a grace, and another may then begin.
	write, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastWrite, giveUp) })()
	tick := time.NewTicker(batchWait)
	defer tick.Stop()
	var batch []delivery
	flush := func() {
		if len(batch) > 0 && l.err == nil {
			if l.err = l.safely(write, batch); l.err != nil {
				l.stop(l.err)
			}
		}
		for _, d := range batch {
			d.tally.unloaded.Done()
		}
		batch = batch[:0]
	}
	for {
		select {
		case d, open := <-l.queue:
			if !open {
				flush()
				return
			}
			if batch = append(batch, d); len(batch) >= batchRows {
				flush()
			}
		case <-tick.C:
			flush()
		}
	}
}

// safely stores a batch. A panic is an error of the load, and a page whose data
// the database does not take fails alone: the batch is halved until it is found.
func (l *loader) safely(ctx context.Context, batch []delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			l.lg.Error("the loader panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("store %d pages: panic: %v", len(batch), p)
		}
	}()
	err = l.write(ctx, batch)
	switch {
	case !warehouse.IsBadData(err):
		return err
	case len(batch) > 1:
		half := len(batch) / 2
		if err := l.safely(ctx, batch[:half]); err != nil {
			return err
		}
		return l.safely(ctx, batch[half:])
	case batch[0].article == nil:
		return err
	}
	l.lg.Error("a page cannot be stored", "url", batch[0].url.URL, "error", err)
	batch[0].outcome, batch[0].reason, batch[0].article, batch[0].mentions = "failed", "cannot be stored: "+err.Error(), nil, nil
	return l.write(ctx, batch)
}

// write stores a batch in one transaction.
func (l *loader) write(ctx context.Context, batch []delivery) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	nights := map[time.Time]bool{}
	for _, d := range batch {
		if d.article != nil {
			nights[d.night] = true
		}
	}
	if len(nights) > 0 {
		list := make([]time.Time, 0, len(nights))
		for n := range nights {
			list = append(list, n)
		}
		if err := warehouse.EnsureMonths(ctx, l.db, list...); err != nil {
			return err
		}
	}
	tx, err := l.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store %d pages: %w", len(batch), err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	outcomes, err := l.merge(ctx, tx, batch)
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return fmt.Errorf("store %d pages: %w", len(batch), err)
	}
	for outcome, n := range outcomes {
		l.run.Count(outcome, n)
	}
	return nil
}

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
	var keep []delivery
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
			if err := yield(ctx, tx, old); err != nil {
				return nil, err
			}
		}
		keep = append(keep, *d)
	}
	if err := l.remove(ctx, tx, leave); err != nil {
		return nil, err
	}
	if err := l.insertArticles(ctx, tx, keep); err != nil {
		return nil, err
	}
	if err := l.insertMentions(ctx, tx, keep); err != nil {
		return nil, err
	}
	if err := l.writeOutcomes(ctx, tx, batch); err != nil {
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

// yield gives the URL of a stored article the outcome of a duplicate. Of which
// other address it is one, its article_id tells.
func yield(ctx context.Context, tx *sqlx.Tx, old stored) error {
	_, err := tx.ExecContext(ctx, `
		update ops.urls set outcome = 'duplicate', reason = null
		where article_id = $1 and url = $2`, old.ArticleID, old.requested)
	if err != nil {
		return fmt.Errorf("mark %s as a duplicate: %w", old.requested, err)
	}
	return nil
}

// remove takes articles and their mentions out, to be replaced.
func (l *loader) remove(ctx context.Context, tx *sqlx.Tx, list []stored) error {
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

var articleColumns = []string{
	"night", "article_id", "outlet_id", "canonical_url", "url", "title", "body", "authors", "language_code",
	"charset", "published_at", "published_origin", "is_published_exact", "access", "character_count",
	"content_hash", "sketch", "first_seen_at", "fetched_at", "run_id",
	"page_type", "section", "extraction_quality", "extraction_reason", "published_candidates",
}

func (l *loader) insertArticles(ctx context.Context, tx *sqlx.Tx, keep []delivery) error {
	return merge(ctx, tx, "staging.articles", "night, article_id", articleColumns, func(yield func([]any) bool) {
		for _, d := range keep {
			a := d.article
			if !yield([]any{
				d.night.Format(time.DateOnly), a.ID, d.outletID, a.CanonicalURL, a.URL, a.Title, a.Body,
				nonNil(a.Authors), a.Language, a.Charset, a.PublishedAt.UTC(), a.PublishedOrigin,
				a.IsPublishedExact, a.Access, a.CharacterCount, a.ContentHash, nonNil(d.sketch),
				d.url.Discovered.UTC(), d.fetchedAt.UTC(), l.run.ID,
				cmp.Or(a.PageType, article.TypeArticle), text(a.Section), quality(a), text(a.QualityReason), candidates(a),
			}) {
				return
			}
		}
	})
}

func quality(a *article.Article) string {
	if a.QualityReason != "" {
		return "suspect"
	}
	return "good"
}

func candidates(a *article.Article) string {
	if len(a.DateCandidates) == 0 {
		return "[]"
	}
	list, err := json.Marshal(a.DateCandidates)
	if err != nil {
		return "[]" // a year past 9999 has no JSON
	}
	return string(list)
}

var mentionColumns = []string{
	"night", "company_id", "article_id", "outlet_id", "alias", "alias_class", "position", "salience",
	"match_probability", "occurrence_count", "evidence", "sentence_hashes", "sentence_positions",
}

func (l *loader) insertMentions(ctx context.Context, tx *sqlx.Tx, keep []delivery) error {
	return merge(ctx, tx, "staging.mentions", "night, company_id, article_id", mentionColumns, func(yield func([]any) bool) {
		for _, d := range keep {
			for _, m := range d.mentions {
				hashes, positions := make([]int64, len(m.Namings)), make([]string, len(m.Namings))
				for i, n := range m.Namings {
					hashes[i], positions[i] = n.Sentence, n.Position
				}
				if !yield([]any{
					d.night.Format(time.DateOnly), m.CompanyID, d.article.ID, d.outletID, m.Alias, m.Class, m.Position,
					m.Salience, m.Probability, m.Occurrences, m.Evidence, hashes, positions,
				}) {
					return
				}
			}
		}
	})
}

// merge copies rows into a temporary twin of the table and inserts them from
// there: COPY cannot skip what exists, and Citus wants it keyless.
func merge(ctx context.Context, tx *sqlx.Tx, table, key string, columns []string, rows iter.Seq[[]any]) error {
	twin := "incoming"
	_, err := tx.ExecContext(ctx, `create temp table `+twin+` (like `+table+` including compression) on commit drop`)
	if err != nil {
		return fmt.Errorf("prepare to load %s: %w", table, err)
	}
	n, err := warehouse.CopyRows(ctx, tx, twin, columns, storable(rows))
	if err != nil {
		return fmt.Errorf("load %s: %w", table, err)
	}
	if n > 0 {
		names := joined(columns)
		_, err = tx.ExecContext(ctx, `insert into `+table+` (`+names+`) select `+names+` from `+twin+
			` on conflict (`+key+`) do nothing`)
		if err != nil {
			return fmt.Errorf("load %s: %w", table, err)
		}
	}
	if _, err := tx.ExecContext(ctx, `drop table `+twin); err != nil {
		return fmt.Errorf("clear up after loading %s: %w", table, err)
	}
	return nil
}

func joined(columns []string) string {
	s := ""
	for i, c := range columns {
		if i > 0 {
			s += ", "
		}
		s += c
	}
	return s
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// writeOutcomes gives every URL of the batch its outcome or counts the attempt.
func (l *loader) writeOutcomes(ctx context.Context, tx *sqlx.Tx, batch []delivery) error {
	n := len(batch)
	hash, urls, attempts := make([]int64, n), make([]string, n), make([]int64, n)
	outcome, reason, next := make([]*string, n), make([]*string, n), make([]*string, n)
	status, articles := make([]sql.NullInt64, n), make([]sql.NullInt64, n)
	for i, d := range batch {
		hash[i], urls[i], attempts[i] = d.url.Hash, d.url.URL, int64(d.attempts)
		if d.outcome != "" && !d.isAttempt {
			outcome[i] = &batch[i].outcome
		}
		if d.reason != "" {
			reason[i] = text(d.reason)
		}
		if !d.nextAttemptAt.IsZero() {
			s := d.nextAttemptAt.UTC().Format(time.RFC3339Nano)
			next[i] = &s
		}
		status[i] = sql.NullInt64{Int64: int64(d.status), Valid: d.status != 0}
		if d.article != nil {
			articles[i] = sql.NullInt64{Int64: d.article.ID, Valid: true}
		}
	}
	_, err := tx.ExecContext(ctx, `
		update ops.urls as u
		set outcome = i.outcome, reason = i.reason, http_status = cast(i.http_status as integer),
			attempt_count = greatest(u.attempt_count, cast(i.attempt_count as integer)),
			next_attempt_at = cast(i.next_attempt_at as timestamptz),
			decided_at = case when i.outcome is not null then cast($9 as timestamptz) end,
			decided_run_id = case when i.outcome is not null then cast($10 as bigint) end,
			article_id = i.article_id
		from (
			-- a page tried twice within one batch: the later try counts
			select distinct on (t.url_hash, t.url)
				t.url_hash, t.url, t.outcome, t.reason, t.http_status, t.attempt_count, t.next_attempt_at, t.article_id
			from unnest(
				cast($1 as bigint[]), cast($2 as text[]), cast($3 as text[]), cast($4 as text[]),
				cast($5 as bigint[]), cast($6 as bigint[]), cast($7 as text[]), cast($8 as bigint[])
			) with ordinality as t
				(url_hash, url, outcome, reason, http_status, attempt_count, next_attempt_at, article_id, position)
			order by t.url_hash, t.url, t.position desc
		) as i
		where u.url_hash = i.url_hash and u.url = i.url`,
		pq.Array(hash), pq.Array(urls), pq.Array(outcome), pq.Array(reason),
		pq.Array(status), pq.Array(attempts), pq.Array(next), pq.Array(articles),
		l.now().UTC(), l.run.ID)
	if err != nil {
		return fmt.Errorf("record the outcomes of %d URLs: %w", n, err)
	}
	return nil
}
