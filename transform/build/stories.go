package build

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/story"
)

// storiesTable is made by Go, not by SQL; it takes its place among the models by
// what it reads.
const storiesTable = "staging.article_stories"

var storiesStep = Model{
	Table:   storiesTable,
	Summary: "Which story an article tells.",
	Grain:   []string{"night", "article_id"},
	Reads:   []string{"intermediate.int_constants_pivoted", "seeds.outlets", "staging.articles"},
	Rebuild: RebuildNight,
	Params:  []string{"night"},
}

// tellStories clusters the articles of the night with those of the nights just
// before, and writes the stories of the night. Earlier nights keep theirs: what
// they were built on does not change under them.
func (b *Builder) tellStories(ctx context.Context, tx *sqlx.Tx, night any) (int64, error) {
	items, tonight, err := readStoryItems(ctx, tx, night)
	if err != nil {
		return 0, err
	}
	stories := b.cluster(items)
	_, err = tx.ExecContext(ctx,
		"delete from staging.article_stories where night = cast($1 as date)", night)
	if err != nil {
		return 0, fmt.Errorf("clear the night: %w", err)
	}
	count, err := warehouse.CopyRows(ctx, tx, storiesTable,
		[]string{"night", "article_id", "story_id"}, storyRows(night, tonight, stories))
	if err != nil {
		return 0, fmt.Errorf("write %d articles: %w", len(tonight), err)
	}
	if _, err := tx.ExecContext(ctx, "analyze "+storiesTable); err != nil {
		return 0, fmt.Errorf("analyze: %w", err)
	}
	return count, nil
}

// storyRows are the rows to write; an article that no cluster holds tells a
// story of its own.
func storyRows(night any, tonight []int64, stories map[int64]int64) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, articleID := range tonight {
			storyID, isClustered := stories[articleID]
			if !isClustered {
				storyID = articleID
			}
			if !yield([]any{night, articleID, storyID}) {
				return
			}
		}
	}
}

// sketchText scans an integer[] in its text form. A large night brings 50
// million numbers; the driver's own scanner takes ten times as long.
type sketchText []int32

// Scan reads "{1,-2,3}".
func (s *sketchText) Scan(source any) error {
	text, isBytes := source.([]byte)
	if !isBytes || len(text) < 2 || text[0] != '{' {
		return fmt.Errorf("scan sketch: want an integer array, got %T", source)
	}
	*s = make(sketchText, 0, 64)
	var value int32
	sign, hasDigits := int32(1), false
	for _, c := range text[1:] {
		switch {
		case c >= '0' && c <= '9':
			value, hasDigits = value*10+sign*int32(c-'0'), true
		case c == '-':
			sign = -1
		case c == ',' || c == '}':
			if hasDigits {
				*s = append(*s, value)
			}
			value, sign, hasDigits = 0, 1, false
		default:
			return fmt.Errorf("scan sketch: unexpected %q in an integer array", c)
		}
	}
	return nil
}

// readStoryItems reads what clustering compares, and which articles are the
// night's own.
func readStoryItems(ctx context.Context, tx *sqlx.Tx, night any) ([]story.Item, []int64, error) {
	rows, err := tx.QueryContext(ctx, `
		select
			a.article_id,
			a.night,
			o.publisher_id,
			a.sketch,
			case when a.character_count > 0 then a.content_hash else '' end,
			a.night = cast($1 as date) as is_tonight
		from staging.articles as a
		inner join seeds.outlets as o on o.outlet_id = a.outlet_id
		where
			a.night <= cast($1 as date)
			and a.night >= cast($1 as date) - (
				select k.story_window_nights
				from intermediate.int_constants_pivoted as k
				where k.night = cast($1 as date)
			)`, night)
	if err != nil {
		return nil, nil, fmt.Errorf("read articles: %w", err)
	}
	defer rows.Close()
	var items []story.Item
	var tonight []int64
	for rows.Next() {
		var item story.Item
		var date time.Time
		var sketch sketchText
		var isTonight bool
		err := rows.Scan(&item.ID, &date, &item.Publisher, &sketch, &item.ContentHash, &isTonight)
		if err != nil {
			return nil, nil, fmt.Errorf("read article: %w", err)
		}
		item.Night = time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, time.UTC)
		if len(sketch) > 0 {
			item.Sketch = []int32(sketch)
		}
		items = append(items, item)
		if isTonight {
			tonight = append(tonight, item.ID)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, nil, fmt.Errorf("read articles: %w", err)
	}
	return items, tonight, nil
}
