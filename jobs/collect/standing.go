package collect

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/transform/article"
)

// stored is an article that stands in staging already.
type stored struct {
	ArticleID        int64          `db:"article_id"`
	Night            time.Time      `db:"night"`
	OutletID         string         `db:"outlet_id"`
	CanonicalURL     string         `db:"canonical_url"`
	URL              string         `db:"url"`
	Title            string         `db:"title"`
	Authors          pq.StringArray `db:"authors"`
	Language         string         `db:"language_code"`
	Charset          string         `db:"charset"`
	PublishedAt      time.Time      `db:"published_at"`
	PublishedOrigin  string         `db:"published_origin"`
	IsPublishedExact bool           `db:"is_published_exact"`
	Access           string         `db:"access"`
	CharacterCount   int            `db:"character_count"`
	ContentHash      string         `db:"content_hash"`
	PageType         string         `db:"page_type"`
	Section          *string        `db:"section"`
	Quality          string         `db:"extraction_quality"`
	QualityReason    *string        `db:"extraction_reason"`
	FirstSeenAt      time.Time      `db:"first_seen_at"`
	FetchedAt        time.Time      `db:"fetched_at"`
	EditedAt         *time.Time     `db:"edited_at"`
	DeletedAt        *time.Time     `db:"deleted_at"`
	requested        string         // address it is stored for; empty: none is known
}

// readStanding reads the articles of the batch that staging has already, and those
// its recorded pages led to before.
func (m *merger) readStanding(ctx context.Context) error {
	var ids []int64
	for _, r := range m.list {
		if r.article != nil {
			ids = append(ids, r.article.ID)
		}
	}
	for _, k := range m.known {
		if k.isOwner() {
			ids = append(ids, *k.ArticleID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var rows []stored
	err := m.tx.SelectContext(ctx, &rows, `
		select article_id, night, outlet_id, canonical_url, url, title, authors, language_code, charset, published_at,
			published_origin, is_published_exact, access, character_count, content_hash, page_type, section,
			extraction_quality, extraction_reason, first_seen_at, fetched_at, edited_at, deleted_at
		from staging.articles where article_id = any($1)`, pq.Array(ids))
	if err != nil {
		return fmt.Errorf("look up stored articles: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	var owners []struct {
		ArticleID int64  `db:"article_id"`
		URL       string `db:"url"`
	}
	err = m.tx.SelectContext(ctx, &owners, `
		select article_id, url from ops.urls
		where article_id = any($1) and (outcome is null or outcome in ('stored', 'stub', 'unchanged'))`, pq.Array(ids))
	if err != nil {
		return fmt.Errorf("look up the URLs of stored articles: %w", err)
	}
	requested := make(map[int64]string, len(owners))
	for _, o := range owners {
		requested[o.ArticleID] = o.URL
	}
	m.standing = make(map[int64]stored, len(rows))
	for _, r := range rows {
		r.Night = time.Date(r.Night.Year(), r.Night.Month(), r.Night.Day(), 0, 0, 0, 0, time.UTC)
		r.requested = requested[r.ArticleID]
		m.standing[r.ArticleID] = r
	}
	return nil
}

// isSame says whether storing r in the place of s would change nothing.
func (s stored) isSame(r *result) bool {
	a := r.article
	return s.Night.Equal(r.night) && s.ContentHash == a.ContentHash && s.CanonicalURL == storableText(a.CanonicalURL) && s.URL == storableText(a.URL) &&
		slices.EqualFunc(s.Authors, a.Authors, func(x, y string) bool { return x == storableText(y) }) &&
		s.Language == a.Language && s.Charset == a.Charset &&
		s.PublishedAt.Equal(a.PublishedAt.Round(time.Microsecond)) && s.PublishedOrigin == a.PublishedOrigin && s.IsPublishedExact == a.IsPublishedExact &&
		s.Access == a.Access && s.PageType == pageType(a) && isSameText(s.Section, text(a.Section)) &&
		s.Quality == quality(a) && isSameText(s.QualityReason, text(a.QualityReason))
}

func isSameText(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// dated is what is known of when an article was published.
type dated struct {
	night   time.Time
	at      time.Time
	origin  string
	isExact bool
}

// settleDate gives an article whose text was read again the time of publication it
// keeps, and returns the night of that.
func settleDate(a *article.Article, night time.Time, old dated) time.Time {
	isEarlier := a.PublishedAt.Before(old.at)
	isFiner := !old.isExact && night.Equal(old.night)
	if a.IsPublishedExact && (isEarlier || isFiner) {
		return night
	}
	a.PublishedAt, a.PublishedOrigin, a.IsPublishedExact = old.at, old.origin, old.isExact
	return old.night
}

// writeVersions notes the hashes of texts that others take the place of.
func writeVersions(ctx context.Context, tx *sqlx.Tx, runID int64, at time.Time, list []stored) error {
	for _, a := range list {
		_, err := tx.ExecContext(ctx, `
			insert into staging.article_versions
				(article_id, replaced_at, night, content_hash, title, character_count, published_at, fetched_at, run_id)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			on conflict do nothing`,
			a.ArticleID, at, a.Night.Format(time.DateOnly), a.ContentHash, a.Title, a.CharacterCount, a.PublishedAt, a.FetchedAt, runID)
		if err != nil {
			return fmt.Errorf("note the earlier text of article %d: %w", a.ArticleID, err)
		}
	}
	return nil
}
