package collect_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/canonical"
)

// revision is what an article has become when it is read again.
type revision struct {
	*ladder
	refusal *fetch.Error
	final   string
	article *article.Article // nil: none, with verdict
	verdict article.Verdict
}

func (r *revision) Fetch(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if r.refusal != nil {
		return nil, r.refusal
	}
	final := r.final
	if final == "" {
		final = req.URL
	}
	return &fetch.Response{URL: req.URL, FinalURL: final, Status: 200, Header: http.Header{}, WireBytes: 7, Elapsed: time.Second}, nil
}

func (r *revision) Normalise(context.Context, article.Page) (*article.Article, article.Verdict, error) {
	return r.article, r.verdict, nil
}

// storedNews is an article that a collect stored, and what is known of it.
const storedNews = ladderHome + "2026/03/10/a-story-that-was-told-1"

func newReread(t *testing.T) (*sqlx.DB, *ladder, collect.Reread) {
	t.Helper()
	db, l := warehousetest.NewDB(t), newLadder()
	l.announce("feed", "feed", 1)
	l.announce("map", "sitemap", 1)
	l.declared = append(l.declared, outlets.Channel{Kind: "sitemap", URL: ladderHome + "map"})
	l.mustCollect(t, db, 0, false)
	id := canonical.ID(storedNews)
	return db, l, collect.Reread{
		OutletID: "ladder", URL: storedNews, URLHash: id, ArticleID: id, Night: testNow.Truncate(24 * time.Hour),
		ContentHash: rows(t, db, `select content_hash from staging.articles`)[0],
	}
}

// readAgain does it a day later, in a run of its own.
func (r *revision) readAgain(t *testing.T, db *sqlx.DB, ask collect.Reread) collect.RereadResult {
	t.Helper()
	lg := slog.New(slog.NewTextHandler(t.Output(), nil))
	now := func() time.Time { return testNow.Add(24 * time.Hour) }
	c := collect.New(lg, db, collect.Config{ReportZone: time.UTC, Extractors: 1, Outlets: []outlets.Outlet{
		{ID: "ladder", HomeURL: ladderHome}, {ID: "courier", HomeURL: "http://courier.example/"},
	}}, r, r, r, r, r, now)
	var res collect.RereadResult
	_, err := ledger.New(lg, db, now).Execute(t.Context(), ledger.Spec{Job: "recheck", Cause: ledger.CauseOperator},
		func(ctx context.Context, run *ledger.Run) error {
			res = c.Reread(ctx, run, outlets.Outlet{ID: "ladder", HomeURL: ladderHome}, ask)
			return res.Err
		})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// news is the article with another text.
func news(change func(*article.Article)) *article.Article {
	a := &article.Article{
		ID: canonical.ID(storedNews), CanonicalURL: storedNews, URL: storedNews, Title: "Another title", Body: "beta|Another body", Language: "en",
		Charset: "utf-8", PublishedAt: testNow.Add(20 * time.Hour), PublishedOrigin: "meta", IsPublishedExact: true, Access: "full",
		ContentHash: "another", PageType: article.TypeArticle,
	}
	if change != nil {
		change(a)
	}
	return a
}

const (
	articleRow = `select concat_ws(' ', night, title, access, published_at at time zone 'UTC', published_origin, first_seen_at at time zone 'UTC',
		fetched_at at time zone 'UTC', edited_at at time zone 'UTC') from staging.articles`
	asItWas   = "2026-03-10 A title full 2026-03-10 11:00:00 feed 2026-03-10 12:00:00 2026-03-10 12:00:00"
	asItIsNow = "2026-03-10 Another title full 2026-03-10 11:00:00 feed 2026-03-10 12:00:00 2026-03-11 12:00:00 2026-03-11 12:00:00"
)

func TestAnArticleReadAgain(t *testing.T) {
	t.Parallel()
	stored := article.Verdict{Outcome: article.Stored, PageType: article.TypeArticle}
	no := func(page, reason string) article.Verdict {
		return article.Verdict{Outcome: article.NotArticle, Reason: reason, PageType: page}
	}
	for _, test := range []struct {
		name     string
		now      revision
		outcome  string
		row      string // of staging.articles
		mentions string
		versions int
	}{
		{"as it was", revision{article: news(func(a *article.Article) { a.ContentHash = "" }), verdict: stored}, "unchanged", asItWas, "acme", 0},
		{"edited, with the time of the last change for that of publication", revision{article: news(nil), verdict: stored}, "edited", asItIsNow, "beta", 1},
		{"edited, with an earlier time that is exact", revision{verdict: stored, article: news(func(a *article.Article) { a.PublishedAt = testNow.Add(-13 * time.Hour) })},
			"edited", "2026-03-09 Another title full 2026-03-09 23:00:00 meta 2026-03-10 12:00:00 2026-03-11 12:00:00 2026-03-11 12:00:00", "beta", 1},
		{"edited, with the hour where only the date was known", revision{verdict: stored, article: news(func(a *article.Article) { a.PublishedAt = testNow.Add(time.Hour) })},
			"edited", "2026-03-10 Another title full 2026-03-10 13:00:00 meta 2026-03-10 12:00:00 2026-03-11 12:00:00 2026-03-11 12:00:00", "beta", 1},
		{"a teaser now", revision{verdict: article.Verdict{Outcome: article.Stub}, article: news(func(a *article.Article) { a.Access = "stub" })}, "unchanged", asItWas, "acme", 0},
		{"probably another text", revision{verdict: stored, article: news(func(a *article.Article) { a.QualityReason = "all links" })}, "failed", asItWas, "acme", 0},
		{"another article", revision{verdict: stored, article: news(func(a *article.Article) { a.ID = 1 })}, "redirected", asItWas, "acme", 0},
		{"gone", revision{refusal: &fetch.Error{Outcome: fetch.OutcomeGone, Status: 410}}, "deleted", asItWas, "acme", 0},
		{"gone, says the page", revision{verdict: no(article.TypeSoft404, "page not found")}, "deleted", asItWas, "acme", 0},
		{"the front page", revision{final: ladderHome, verdict: no(article.TypeOther, "redirected to the home page")}, "redirected", asItWas, "acme", 0},
		{"another outlet's page", revision{final: "http://courier.example/x"}, "redirected", asItWas, "acme", 0},
		{"forbidden now", revision{refusal: &fetch.Error{Outcome: fetch.OutcomeRobots, IsUnsent: true}}, "robots", asItWas, "acme", 0},
		{"blocked", revision{refusal: &fetch.Error{Outcome: fetch.OutcomeBlocked, Status: 403}}, "blocked", asItWas, "acme", 0},
		{"a wall of consent", revision{verdict: no(article.TypeConsentWall, "asks for consent")}, "failed", asItWas, "acme", 0},
		{"later, please", revision{refusal: &fetch.Error{Outcome: fetch.OutcomeDeferred, Status: 503}}, "", asItWas, "acme", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db, l, ask := newReread(t)
			now := test.now
			now.ladder = l
			if now.article != nil && now.article.ContentHash == "" {
				now.article.ContentHash = ask.ContentHash
			}
			res := now.readAgain(t, db, ask)
			if res.Outcome != test.outcome {
				t.Errorf("outcome %q (%s), want %q", res.Outcome, res.Reason, test.outcome)
			}
			wantRows(t, db, "the article", articleRow, test.row)
			wantRows(t, db, "its mentions", `select concat_ws(' ', company_id, night = (select night from staging.articles)) from staging.mentions`, test.mentions+" t")
			wantRows(t, db, "earlier texts", `select concat_ws(' ', content_hash, title) from staging.article_versions`,
				[]string{fmt.Sprint(ask.ContentHash, " A title")}[:test.versions]...)
			deleted := []string{}
			if test.outcome == "deleted" {
				deleted = []string{"2026-03-11 12:00:00"}
			}
			wantRows(t, db, "when it was deleted", `select cast(deleted_at at time zone 'UTC' as text) from staging.articles where deleted_at is not null`, deleted...)
			attempts := []string{"recheck " + test.outcome}
			switch test.outcome {
			case "robots": // nobody was asked
				attempts = nil
			case "":
				attempts = []string{"recheck"}
			}
			wantRows(t, db, "fetches", `select concat_ws(' ', purpose, outcome) from ops.url_attempts where purpose = 'recheck'`, attempts...)
			wantRows(t, db, "the URL", `select concat_ws(' ', outcome, attempt_count) from ops.urls`, "stored 1")
		})
	}
}

// TestAnEditIsStoredOnce reads again what an earlier try stored, whose outcome was
// never written down: the process was killed.
func TestAnEditIsStoredOnce(t *testing.T) {
	t.Parallel()
	db, l, ask := newReread(t)
	now := revision{ladder: l, article: news(nil), verdict: article.Verdict{Outcome: article.Stored}}
	for try := range 2 {
		now.article = news(nil)
		if res := now.readAgain(t, db, ask); res.Outcome != "edited" || res.ContentHash != "another" {
			t.Errorf("try %d: %+v, want edited", try+1, res)
		}
	}
	wantRows(t, db, "earlier texts", `select cast(count(*) as text) from staging.article_versions`, "1")
	// An article that was gone and is back is not deleted.
	gone := revision{ladder: l, refusal: &fetch.Error{Outcome: fetch.OutcomeGone, Status: 404}}
	gone.readAgain(t, db, ask)
	now.article = news(nil)
	now.readAgain(t, db, ask)
	wantRows(t, db, "when it was deleted", `select cast(deleted_at as text) from staging.articles where deleted_at is not null`)
}

// TestARereadThatIsCutOffCountsForNothing ends the context before the fetch.
func TestARereadThatIsCutOffCountsForNothing(t *testing.T) {
	t.Parallel()
	db, l, ask := newReread(t)
	now := revision{ladder: l, article: news(nil), verdict: article.Verdict{Outcome: article.Stored}}
	c := collect.New(slog.New(slog.DiscardHandler), db, collect.Config{ReportZone: time.UTC}, &now, &now, &now, &now, &now, func() time.Time { return testNow })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	res := c.Reread(ctx, &ledger.Run{ID: 9}, outlets.Outlet{ID: "ladder", HomeURL: ladderHome}, ask)
	if res.Outcome != "" || !res.IsUnsent || res.Err != nil {
		t.Errorf("%+v, want as if nobody had asked", res)
	}
	wantRows(t, db, "the article", articleRow, asItWas)
}
