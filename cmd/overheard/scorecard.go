package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/build"
)

// readFound reads what the crawl stored, in the press's words.
func readFound(ctx context.Context, db *sqlx.DB, ranking []rankingRow) (press.Found, error) {
	var found press.Found
	var articles []struct {
		URL      string      `db:"canonical_url"`
		OutletID string      `db:"outlet_id"`
		Night    ledger.Date `db:"night"`
		StoryID  int64       `db:"story_id"`
		Length   int         `db:"character_count"`
		Quality  string      `db:"extraction_quality"`
	}
	err := db.SelectContext(ctx, &articles, `
		select a.canonical_url, a.outlet_id, a.night, coalesce(s.story_id, a.article_id) as story_id,
			a.character_count, a.extraction_quality
		from staging.articles as a
		left join staging.article_stories as s on s.night = a.night and s.article_id = a.article_id
		order by a.canonical_url`)
	if err != nil {
		return found, fmt.Errorf("read the articles for the score card: %w", err)
	}
	for _, a := range articles {
		found.Articles = append(found.Articles, press.FoundArticle{
			CanonicalURL: a.URL, OutletID: a.OutletID, Night: a.Night.Time, StoryID: a.StoryID,
			CharacterCount: a.Length, IsSuspect: a.Quality == "suspect",
		})
	}
	var mentions []struct {
		URL       string `db:"canonical_url"`
		CompanyID string `db:"company_id"`
		Alias     string `db:"alias"`
		Class     string `db:"alias_class"`
	}
	err = db.SelectContext(ctx, &mentions, `
		select a.canonical_url, m.company_id, m.alias, m.alias_class
		from staging.mentions as m
		inner join staging.articles as a on a.night = m.night and a.article_id = m.article_id
		where
			cardinality(m.sentence_hashes) = 0
			or exists (
				select h.hash from unnest(m.sentence_hashes) as h (hash)
				where not exists (
					select f.night from intermediate.int_furniture_found as f
					where f.night = m.night and f.outlet_id = m.outlet_id and f.sentence_hash = h.hash
				)
			)
		order by a.canonical_url, m.company_id`)
	if err != nil {
		return found, fmt.Errorf("read the mentions for the score card: %w", err)
	}
	for _, m := range mentions {
		found.Mentions = append(found.Mentions, press.FoundMention{CanonicalURL: m.URL, CompanyID: m.CompanyID, Alias: m.Alias, Class: m.Class})
	}
	err = db.SelectContext(ctx, &found.Pages, `
		select url, page_type as pagetype from ops.urls where page_type is not null order by url_hash`)
	if err != nil {
		return found, fmt.Errorf("read the page types for the score card: %w", err)
	}
	var estimates []struct {
		OutletID string      `db:"outlet_id"`
		Night    ledger.Date `db:"night"`
		Articles float64     `db:"estimated_count"`
	}
	err = db.SelectContext(ctx, &estimates, `
		select outlet_id, night, estimated_count
		from intermediate.int_outlet_captures_counted
		where estimated_count is not null
		order by night, outlet_id`)
	if err != nil {
		return found, fmt.Errorf("read the estimates for the score card: %w", err)
	}
	for _, e := range estimates {
		found.Estimates = append(found.Estimates, press.FoundEstimate{OutletID: e.OutletID, Night: e.Night.Time, Articles: e.Articles})
	}
	// The press knows whom it wrote about, not what became of it: its order is
	// that of attention.
	attention := func(r rankingRow) float64 {
		if r.Attention == nil {
			return 0
		}
		return *r.Attention
	}
	byAttention := slices.SortedFunc(slices.Values(ranking), func(a, b rankingRow) int {
		return cmp.Or(cmp.Compare(attention(b), attention(a)), cmp.Compare(a.CompanyID, b.CompanyID))
	})
	for _, r := range byAttention {
		found.Ranking = append(found.Ranking, r.CompanyID)
	}
	if len(ranking) > 0 {
		if found.Index, err = readFoundIndex(ctx, db, ranking[0].Night.Time); err != nil {
			return found, err
		}
	}
	return found, nil
}

// readFoundIndex reads the published ranks and what they were computed from.
func readFoundIndex(ctx context.Context, db *sqlx.DB, night time.Time) (*press.FoundIndex, error) {
	in, err := build.IndexOf(ctx, db, night)
	if err != nil {
		return nil, err
	}
	found := press.FoundIndex{Night: in.Flattened()}
	err = db.SelectContext(ctx, &found.Ranked, `
		select r.company_id as companyid, r.rank_position as rank, r.rank_low as low, r.rank_high as high
		from marts.company_rankings as r
		where r.night = $1 and r.rank_low is not null
		order by r.rank_position`, night)
	if err != nil {
		return nil, fmt.Errorf("read the intervals for the score card: %w", err)
	}
	return &found, nil
}
