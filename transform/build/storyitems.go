package build

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/transform/story"
)

// storyItems are the articles of a night and of the nights just before.
type storyItems struct {
	items      []story.Item
	publishers []string // of each item
	tonight    []int64  // articles of the night itself
}

// readStoryItems reads what clustering compares. An article of which only the day
// of publication is known comes after those of its night that tell the time: who
// was first must be known to have been.
func readStoryItems(ctx context.Context, tx *sqlx.Tx, night any) (storyItems, error) {
	var read storyItems
	rows, err := tx.QueryContext(ctx, `
		select
			a.article_id,
			a.night,
			case
				when a.is_published_exact then a.published_at
				else cast(a.night + 2 as timestamp) at time zone 'UTC'
			end,
			a.sketch,
			a.facts,
			a.character_count,
			case when a.character_count > 0 then a.content_hash else '' end,
			coalesce(a.wire_credit, ''),
			a.language_code,
			o.publisher_id,
			a.night = cast($1 as date) as is_tonight,
			s.story_id,
			s.story_night
		from staging.articles as a
		inner join seeds.outlets as o on o.outlet_id = a.outlet_id
		left join staging.article_stories as s
			on
				s.night = a.night
				and s.article_id = a.article_id
				and s.night < cast($1 as date)
		where
			a.night <= cast($1 as date)
			and a.night >= cast($1 as date) - 14
			and a.night >= `+firstStoryNight, night)
	if err != nil {
		return read, fmt.Errorf("read articles: %w", err)
	}
	defer rows.Close()
	shared := map[string]string{} // one copy of each short text
	for rows.Next() {
		var item story.Item
		var sketch, facts sketchText
		var publisher string
		var isTonight bool
		var storyID sql.NullInt64
		var storyNight sql.NullTime
		err := rows.Scan(&item.ID, &item.Night, &item.PublishedAt, &sketch, &facts, &item.Characters, &item.ContentHash,
			&item.Credit, &item.Language, &publisher, &isTonight, &storyID, &storyNight)
		if err != nil {
			return read, fmt.Errorf("read article: %w", err)
		}
		item.Sketch, item.Facts = sketch, facts
		item.Told = story.Story{ID: storyID.Int64, Night: storyNight.Time}
		for _, text := range []*string{&item.Credit, &item.Language, &publisher} {
			if _, ok := shared[*text]; !ok {
				shared[*text] = *text
			}
			*text = shared[*text]
		}
		read.items = append(read.items, item)
		read.publishers = append(read.publishers, publisher)
		if isTonight {
			read.tonight = append(read.tonight, item.ID)
		}
	}
	if err := rows.Err(); err != nil {
		return read, fmt.Errorf("read articles: %w", err)
	}
	return read, nil
}

// firstStoryNight is the earliest night a story of the night $1 is looked for in.
const firstStoryNight = `cast($1 as date) - (
				select k.story_window_nights
				from intermediate.int_constants_pivoted as k
				where k.night = cast($1 as date)
			)`

// readCompanies reads which companies the articles of the window name, by article,
// each list sorted.
func readCompanies(ctx context.Context, tx *sqlx.Tx, night any) (map[int64][]string, error) {
	rows, err := tx.QueryContext(ctx, `
		select m.article_id, m.company_id
		from staging.mentions as m
		where
			m.match_probability >= 0.5
			and m.night <= cast($1 as date)
			and m.night >= cast($1 as date) - 14
			and m.night >= `+firstStoryNight, night)
	if err != nil {
		return nil, fmt.Errorf("read mentions: %w", err)
	}
	defer rows.Close()
	companies := map[int64][]string{}
	shared := map[string]string{}
	for rows.Next() {
		var articleID int64
		var companyID string
		if err := rows.Scan(&articleID, &companyID); err != nil {
			return nil, fmt.Errorf("read mention: %w", err)
		}
		if _, ok := shared[companyID]; !ok {
			shared[companyID] = companyID
		}
		companies[articleID] = append(companies[articleID], shared[companyID])
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read mentions: %w", err)
	}
	for _, list := range companies {
		slices.Sort(list)
	}
	return companies, nil
}
