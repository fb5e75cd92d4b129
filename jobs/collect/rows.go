package collect

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/article"
)

var articleColumns = []string{
	"night", "article_id", "outlet_id", "canonical_url", "url", "title", "body", "authors", "language_code",
	"charset", "published_at", "published_origin", "is_published_exact", "access", "character_count",
	"content_hash", "sketch", "first_seen_at", "fetched_at", "run_id",
	"page_type", "section", "extraction_quality", "extraction_reason", "published_candidates", "edited_at", "deleted_at",
	"wire_credit", "facts",
}

func insertArticles(ctx context.Context, tx *sqlx.Tx, runID int64, keep []result) error {
	return copyIn(ctx, tx, "staging.articles", articleColumns, func(yield func([]any) bool) {
		for _, d := range keep {
			a := d.article
			if !yield([]any{
				d.night.Format(time.DateOnly), a.ID, d.outletID, a.CanonicalURL, a.URL, a.Title, a.Body,
				nonNil(a.Authors), a.Language, a.Charset, a.PublishedAt.UTC(), a.PublishedOrigin,
				a.IsPublishedExact, a.Access, a.CharacterCount, a.ContentHash, nonNil(d.sketch),
				d.url.Discovered.UTC(), d.fetchedAt.UTC(), runID,
				pageType(a), text(a.Section), quality(a), text(a.QualityReason), candidates(a),
				d.editedAt, d.deletedAt,
				text(d.credit), nonNil(d.facts),
			}) {
				return
			}
		}
	})
}

func pageType(a *article.Article) string { return cmp.Or(a.PageType, article.TypeArticle) }

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
	"tone_negative", "tone_positive", "dimensions", "dimension_probabilities", "dimension_evidence",
}

func insertMentions(ctx context.Context, tx *sqlx.Tx, keep []result) error {
	return copyIn(ctx, tx, "staging.mentions", mentionColumns, func(yield func([]any) bool) {
		for _, d := range keep {
			for _, m := range d.mentions {
				row := mentionOf(m)
				if !yield([]any{
					d.night.Format(time.DateOnly), m.CompanyID, d.article.ID, d.outletID, row.Alias, row.Class, row.Position,
					row.Salience, row.Probability, row.Occurrences, row.Evidence, []int64(row.Hashes), []string(row.Positions),
					row.Negative, row.Positive, []string(row.Dimensions), []float64(row.DimensionProbabilities), []string(row.DimensionEvidence),
				}) {
					return
				}
			}
		}
	})
}

// copyIn loads rows that are not there: who else could store them is locked out.
func copyIn(ctx context.Context, tx *sqlx.Tx, table string, columns []string, rows iter.Seq[[]any]) error {
	for range rows { // a COPY of nothing is a round trip, too
		if _, err := warehouse.CopyRows(ctx, tx, table, columns, storable(rows)); err != nil {
			return fmt.Errorf("load %s: %w", table, err)
		}
		break
	}
	return nil
}

func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// text is a string Postgres takes, or nil for none: valid UTF-8 without NUL, of a
// length no index or reader minds. What outlets send is not always text.
func text(s string) *string {
	if s == "" {
		return nil
	}
	if s = storableText(s); len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	return &s
}

// maxText bounds titles, reasons and validators, in bytes.
const maxText = 2000

func storableText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// storable makes the strings of rows storable.
func storable(rows iter.Seq[[]any]) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for row := range rows {
			for i, v := range row {
				switch v := v.(type) {
				case string:
					row[i] = storableText(v)
				case []string:
					for k := range v {
						v[k] = storableText(v[k])
					}
				}
			}
			if !yield(row) {
				return
			}
		}
	}
}
