package build

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/canonical"
	"github.com/overheard-news/overheard/transform/simulate"
)

// seedPress writes outlets and companies, beside the countries, languages and constants
// of this release.
func seedPress(ctx context.Context, tx *sqlx.Tx, p *simulate.Press) error {
	set, err := seeds.BuiltIn()
	if err != nil {
		return fmt.Errorf("read the seeds: %w", err)
	}
	set.Companies, set.Aliases, set.Anchors, set.Senses = nil, nil, nil, nil
	for _, c := range p.Companies {
		set.Companies = append(set.Companies, seeds.Company{
			ID: c.ID, Name: "Company " + c.ID, Sector: c.Sector, Ownership: c.Ownership,
			HomeCountry: c.HomeCountry, IsComparator: c.IsComparator,
		})
	}
	if err := seeds.Sync(ctx, tx, set); err != nil {
		return err
	}
	rows := make([]seeds.OutletRow, 0, len(p.Outlets))
	for _, o := range p.Outlets {
		rows = append(rows, seeds.OutletRow{
			OutletID: o.ID, Name: "Title " + o.ID, PublisherID: o.Publisher, CountryCode: o.Country,
			LanguageCode: o.Language, Tier: o.Tier, HomeURL: "https://" + o.ID + ".example/",
			IsInPanel: true, IsActive: true,
		})
	}
	return seeds.SyncOutlets(ctx, tx, rows)
}

var trialArticleColumns = []string{
	"night", "article_id", "outlet_id", "canonical_url", "url", "title", "body", "authors",
	"language_code", "charset", "published_at", "published_origin", "is_published_exact",
	"access", "character_count", "content_hash", "sketch", "first_seen_at", "fetched_at", "run_id",
}

var trialMentionColumns = []string{
	"night", "company_id", "article_id", "outlet_id", "alias", "alias_class", "position", "salience",
	"match_probability", "occurrence_count", "evidence", "tone_negative", "tone_positive",
	"dimensions", "dimension_probabilities", "dimension_evidence",
}

// writePress writes some nights of news as a crawl would have stored them: articles
// without texts, mentions, reactions, and which outlets could be read. Months of the
// nights must be there.
func writePress(ctx context.Context, tx *sqlx.Tx, p *simulate.Press, nights []simulate.Night) error {
	for _, part := range []struct {
		table   string
		columns []string
		rows    iter.Seq[[]any]
	}{
		{"staging.articles", trialArticleColumns, articleRows(p, nights)},
		{"staging.mentions", trialMentionColumns, mentionRows(p, nights)},
		{"staging.platform_nights", []string{"night", "platform", "is_available", "collected_at"}, platformRows(p, nights)},
		{"staging.reactions", []string{"night", "company_id", "platform", "likes", "shares", "comments"}, reactionRows(p, nights)},
		{"ops.outlet_runs", []string{
			"run_id", "outlet_id", "discovered_count", "known_count", "decided_count", "deferred_count", "request_count",
			"not_modified_count", "byte_count", "error", "finished_at", "polled_channel_count", "readable_channel_count",
		}, ledgerRows(p, nights)},
	} {
		if _, err := warehouse.CopyRows(ctx, tx, part.table, part.columns, part.rows); err != nil {
			return fmt.Errorf("write %d simulated nights: %w", len(nights), err)
		}
	}
	return nil
}

func articleRows(p *simulate.Press, nights []simulate.Night) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range nights {
			n := &nights[i]
			row := func(outlet int, url, text string, at time.Time) []any {
				o := &p.Outlets[outlet]
				return []any{
					n.Date, canonical.ID(url), o.ID, url, url, text, "", []string{},
					o.Language, "utf-8", at, "meta", true, "full", 2000, text, []int32{}, at, at, runOf(n.Date),
				}
			}
			for _, a := range n.Articles {
				if !yield(row(a.Outlet, a.URL, a.Story, a.PublishedAt)) {
					return
				}
			}
			for o, count := range n.Others {
				for k := range count {
					url := fmt.Sprintf("https://%s.example/%s/%d", p.Outlets[o].ID, n.Date.Format(time.DateOnly), k)
					if !yield(row(o, url, url, n.Date.Add(time.Hour))) {
						return
					}
				}
			}
		}
	}
}

func mentionRows(p *simulate.Press, nights []simulate.Night) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range nights {
			n := &nights[i]
			for _, a := range n.Articles {
				for _, m := range a.Mentions {
					company := p.Companies[m.Company].ID
					var negative, positive any
					if m.HasTone {
						negative, positive = m.Negative, m.Positive
					}
					dimensions, probabilities := []string{}, []float64{}
					for _, l := range m.Labels {
						dimensions = append(dimensions, simulate.Dimensions[l.Dimension])
						probabilities = append(probabilities, l.Probability)
					}
					if !yield([]any{
						n.Date, company, canonical.ID(a.URL), p.Outlets[a.Outlet].ID, company, "A", m.Position, 0.5,
						m.Probability, 1, "evidence", negative, positive, dimensions, probabilities, dimensions,
					}) {
						return
					}
				}
			}
		}
	}
}

func platformRows(p *simulate.Press, nights []simulate.Night) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range nights {
			for k, isRead := range nights[i].Platforms {
				if !yield([]any{nights[i].Date, p.Platforms[k], isRead, nights[i].Date.Add(20 * time.Hour)}) {
					return
				}
			}
		}
	}
}

func reactionRows(p *simulate.Press, nights []simulate.Night) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range nights {
			for c, of := range nights[i].Reactions {
				for k, counts := range of {
					if !yield([]any{nights[i].Date, p.Companies[c].ID, p.Platforms[k], counts[0], counts[1], counts[2]}) {
						return
					}
				}
			}
		}
	}
}

// runOf is the run that read a night.
func runOf(night time.Time) int64 { return night.Unix() / 86400 }

func ledgerRows(p *simulate.Press, nights []simulate.Night) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := range nights {
			n := &nights[i]
			for o, isDown := range n.Down {
				readable, failure := 1, any(nil)
				if isDown {
					readable, failure = 0, "HTTP 503"
				}
				if !yield([]any{
					runOf(n.Date), p.Outlets[o].ID, 0, 0, 0, 0, 1, 0, 0, failure,
					n.Date.Add(23 * time.Hour), 1, readable,
				}) {
					return
				}
			}
		}
	}
}
