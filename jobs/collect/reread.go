package collect

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/article"
)

// Rereading. What an article said is replaced by what it says now, in one
// transaction with its mentions; of the text before, staging.article_versions
// keeps the hash. What stays as it was first read:
//
//   - first_seen_at;
//   - the time of publication, and with it the night, because many sites print
//     the time of the last change in its place. Only an exact time takes its
//     place: an earlier one, or one of the same night where only a date was known;
//   - the whole text, if what is found now is a teaser or probably not the
//     article's: a paywall that closed and a layout that changed are no edits.

// Reread asks for a known article to be fetched again.
type Reread struct {
	OutletID    string
	URL         string // address that is fetched
	URLHash     int64  // of the URL it is known by, see ops.urls
	ArticleID   int64
	Night       time.Time // it belongs to
	ContentHash string    // of the text as it was known when the reading was planned
}

// Outcomes of a Reread, as ops.rechecks has them.
const (
	RereadUnchanged  = "unchanged"
	RereadEdited     = "edited"
	RereadDeleted    = "deleted"
	RereadRedirected = "redirected"
	RereadRobots     = "robots"
	RereadBlocked    = "blocked"
	RereadFailed     = "failed"
)

// RereadResult says what became of a Reread.
type RereadResult struct {
	Outcome       string // one of the Reread constants; empty: try again
	Reason        string
	Status        int           // zero: no answer came
	ContentHash   string        // of the text found; empty if none was
	Night         time.Time     // the article belongs to now; differs from Reread.Night only after an edit
	RetryAfter    time.Duration // zero: the host asked for nothing
	IsUnsent      bool          // nobody was asked: it counts as no attempt
	IsNetworkDown bool          // our own network is out: so will be the next
	Err           error         // the database could not read or take it; Outcome is empty
}

// Reread fetches a known article and stores what changed: an edit with the new
// text and its mentions, a deletion with its time. What came before ctx ended is
// still stored. It is safe for concurrent use; pages are extracted as many at a
// time as Config.Extractors says.
func (c *Collector) Reread(ctx context.Context, run *ledger.Run, o outlets.Outlet, r Reread) RereadResult {
	w, err := c.knownURL(ctx, r)
	if err == nil {
		err = c.lookForSuspects(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return cutOff(ctx)
	case err != nil:
		return RereadResult{Reason: err.Error(), Err: err}
	}
	res, resp := c.fetch(ctx, o, w, purposeRecheck)
	if resp != nil {
		err := c.extractors.Acquire(ctx, 1)
		if err == nil {
			c.normalise(ctx, o, resp, &res)
			c.extractors.Release(1)
		}
		release(resp)
	}
	if ctx.Err() != nil && res.outcome == "" {
		return cutOff(ctx)
	}
	out := settle(r, res)
	if out.IsUnsent && out.Outcome == "" {
		return out
	}
	write, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
	defer cancel()
	if err := c.storeReread(write, run, r, res, &out); err != nil {
		return RereadResult{Reason: err.Error(), Status: out.Status, Err: err}
	}
	return out
}

// cutOff is a reading that ended with its context: as if nobody had asked.
func cutOff(ctx context.Context) RereadResult {
	return RereadResult{Reason: context.Cause(ctx).Error(), IsUnsent: true}
}

// knownURL reads what the channels said of the URL, or makes do without.
func (c *Collector) knownURL(ctx context.Context, r Reread) (waiting, error) {
	var w waiting
	err := c.db.GetContext(ctx, &w, `
		select url, url_hash, coalesce(announced_url, url) as address, channel_kind, channel_published_at,
			is_channel_time_modified, channel_title, discovered_at, attempt_count
		from ops.urls
		where url_hash = $1 and article_id = $2
		order by url
		limit 1`, r.URLHash, r.ArticleID)
	switch {
	case errors.Is(err, sql.ErrNoRows): // not w: sqlx has put zero values into it
		w = waiting{URL: r.URL, Discovered: c.now()}
	case err != nil:
		return waiting{}, fmt.Errorf("look up %s: %w", r.URL, err)
	}
	w.Hash, w.Address = r.URLHash, r.URL
	return w, nil
}

// settle says what a page that was read again is to the article.
func settle(r Reread, res result) RereadResult {
	out := RereadResult{
		Reason: res.reason, Status: res.status, RetryAfter: res.retryAfter, Night: r.Night,
		IsUnsent: res.isUnsent, IsNetworkDown: res.isNetworkDown,
	}
	switch {
	case res.article != nil && res.article.ID != r.ArticleID:
		out.Outcome, out.Reason = RereadRedirected, "leads to "+res.article.CanonicalURL
	case res.article != nil:
		out.ContentHash = res.article.ContentHash
		out.Outcome = RereadUnchanged
		if out.ContentHash != r.ContentHash {
			out.Outcome = RereadEdited
		}
	case res.outcome == "":
	case res.outcome == fetch.OutcomeRobots, res.outcome == fetch.OutcomeBlocked:
		out.Outcome = res.outcome
	case res.status == http.StatusNotFound, res.status == http.StatusGone, res.pageType == article.TypeSoft404:
		out.Outcome = RereadDeleted
	case res.outcome == "offsite", res.pageType == article.TypeListing, isFrontPage(res.finalURL):
		out.Outcome = RereadRedirected
	default:
		out.Outcome, out.Reason = RereadFailed, res.outcome+": "+res.reason
	}
	return out
}

// isFrontPage says whether an address is the root of its site.
func isFrontPage(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && u.Path == "/" && u.RawQuery == ""
}

// standingArticle is what staging has of an article that was read again.
type standingArticle struct {
	Night            ledger.Date `db:"night"`
	OutletID         string      `db:"outlet_id"`
	Title            string      `db:"title"`
	Access           string      `db:"access"`
	Quality          string      `db:"extraction_quality"`
	ContentHash      string      `db:"content_hash"`
	CharacterCount   int         `db:"character_count"`
	PublishedAt      time.Time   `db:"published_at"`
	PublishedOrigin  string      `db:"published_origin"`
	IsPublishedExact bool        `db:"is_published_exact"`
	FirstSeenAt      time.Time   `db:"first_seen_at"`
	FetchedAt        time.Time   `db:"fetched_at"`
}

// storeReread writes the fetch, and what it changed, in one transaction. It may
// change the outcome, for the article may stand otherwise than r says.
func (c *Collector) storeReread(ctx context.Context, run *ledger.Run, r Reread, res result, out *RereadResult) error {
	days := []time.Time{res.fetchedAt.UTC()}
	if res.article != nil {
		days = append(days, res.night)
	}
	if err := c.ensureMonths(ctx, days...); err != nil {
		return err
	}
	found := []result{res}
	if err := c.number(ctx, found); err != nil {
		return err
	}
	tx, err := c.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store what became of %s: %w", r.URL, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	if err := lockOutlets(ctx, tx, r.OutletID); err != nil {
		return err
	}
	if err := c.applyReread(ctx, tx, run, r, &res, out); err != nil {
		return fmt.Errorf("store what became of %s: %w", r.URL, err)
	}
	if a, ok := res.attempt(); ok {
		a.outcome, a.reason = out.Outcome, out.Reason
		if err := writeAttempts(ctx, tx, run.ID, []attempt{a}); err != nil {
			return err
		}
	}
	if res.article != nil {
		found[0].night = out.Night
	}
	if err := indexKept(ctx, tx, found); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store what became of %s: %w", r.URL, err)
	}
	if res.isUnkept {
		run.Count("archive_failed", 1)
	}
	return nil
}

// applyReread changes the article where there is something to change.
func (c *Collector) applyReread(ctx context.Context, tx *sqlx.Tx, run *ledger.Run, r Reread, res *result, out *RereadResult) error {
	if out.Outcome != RereadDeleted && res.article == nil || out.Outcome == RereadRedirected {
		return nil
	}
	var old standingArticle
	err := tx.GetContext(ctx, &old, `
		select night, outlet_id, title, access, extraction_quality, content_hash, character_count,
			published_at, published_origin, is_published_exact, first_seen_at, fetched_at
		from staging.articles
		where article_id = $1
		for update`, r.ArticleID)
	if errors.Is(err, sql.ErrNoRows) {
		out.Outcome, out.Reason = RereadFailed, "the article is no longer stored"
		return nil
	}
	if err != nil {
		return err
	}
	out.Night = old.Night.Time
	switch {
	case out.Outcome == RereadDeleted:
		_, err := tx.ExecContext(ctx, `
			update staging.articles set deleted_at = $3
			where night = $1 and article_id = $2 and deleted_at is null`, old.Night.String(), r.ArticleID, c.now().UTC())
		return err
	case out.ContentHash == old.ContentHash:
		// As it stands; edited if an earlier try of this reading stored it.
		return unmarkDeleted(ctx, tx, old, r.ArticleID)
	case old.Access == "full" && res.article.Access != "full":
		out.Outcome, out.Reason = RereadUnchanged, "only a teaser is shown now: the whole text stays"
		return unmarkDeleted(ctx, tx, old, r.ArticleID)
	case old.Quality == "good" && res.article.QualityReason != "":
		out.Outcome, out.Reason = RereadFailed, "the text found is probably not the article's: "+res.article.QualityReason
		return nil
	}
	out.Outcome = RereadEdited
	return c.replace(ctx, tx, run, r, old, res, out)
}

// unmarkDeleted notes that an article is there again.
func unmarkDeleted(ctx context.Context, tx *sqlx.Tx, old standingArticle, id int64) error {
	_, err := tx.ExecContext(ctx, `
		update staging.articles set deleted_at = null
		where night = $1 and article_id = $2 and deleted_at is not null`, old.Night.String(), id)
	return err
}

// replace puts the new text in the place of the old one.
func (c *Collector) replace(ctx context.Context, tx *sqlx.Tx, run *ledger.Run, r Reread, old standingArticle, res *result, out *RereadResult) error {
	now := c.now().UTC()
	err := writeVersions(ctx, tx, run.ID, now, []stored{{
		ArticleID: r.ArticleID, Night: old.Night.Time, ContentHash: old.ContentHash, Title: old.Title,
		CharacterCount: old.CharacterCount, PublishedAt: old.PublishedAt, FetchedAt: old.FetchedAt,
	}})
	if err != nil {
		return err
	}
	night := settleDate(res.article, res.night, dated{old.Night.Time, old.PublishedAt, old.PublishedOrigin, old.IsPublishedExact})
	if !night.Equal(res.night) {
		res.night = night
		res.mentions = c.mentions(old.OutletID, res.article, night) // names have times of their own
	}
	out.Night = res.night
	res.url.Discovered, res.outletID, res.editedAt = old.FirstSeenAt, old.OutletID, &now
	if err := remove(ctx, tx, []stored{{ArticleID: r.ArticleID, Night: old.Night.Time}}); err != nil {
		return err
	}
	if err := insertArticles(ctx, tx, run.ID, []result{*res}); err != nil {
		return err
	}
	if err := insertMentions(ctx, tx, []result{*res}); err != nil {
		return err
	}
	return writeChanges(ctx, tx, run, []change{
		{night: old.Night.Time, articleID: r.ArticleID, what: articleRemoved},
		{night: res.night, articleID: r.ArticleID, what: articleChanged},
	})
}
