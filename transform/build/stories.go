package build

import (
	"context"
	"database/sql"
	"fmt"
	"iter"

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
	Reads:   []string{"intermediate.int_constants_pivoted", "seeds.outlets", storiesTable, "staging.articles"},
	Rebuild: RebuildNight,
	Params:  []string{"night"},
}

// tellStories clusters the articles of the night with those of the nights just
// before, and writes the stories of the night. Earlier nights keep theirs: what
// they were built on does not change under them, and a retelling takes its story
// over from them. Later nights are not looked at.
func (b *Builder) tellStories(ctx context.Context, tx *sqlx.Tx, night any) (int64, error) {
	items, tonight, err := readStoryItems(ctx, tx, night)
	if err != nil {
		return 0, err
	}
	stories := story.Cluster(items)
	_, err = tx.ExecContext(ctx,
		"delete from staging.article_stories where night = cast($1 as date)", night)
	if err != nil {
		return 0, fmt.Errorf("clear the night: %w", err)
	}
	count, err := warehouse.CopyRows(ctx, tx, storiesTable,
		[]string{"night", "article_id", "story_id", "story_night"}, storyRows(night, tonight, stories))
	if err != nil {
		return 0, fmt.Errorf("write %d articles: %w", len(tonight), err)
	}
	if _, err := tx.ExecContext(ctx, "analyze "+storiesTable); err != nil {
		return 0, fmt.Errorf("analyze: %w", err)
	}
	return count, nil
}

// storyRows are the rows to write.
func storyRows(night any, tonight []int64, stories map[int64]story.Story) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, articleID := range tonight {
			told := stories[articleID]
			if !yield([]any{night, articleID, told.ID, dateText(told.Night)}) {
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
			a.sketch,
			case when a.character_count > 0 then a.content_hash else '' end,
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
		var sketch sketchText
		var isTonight bool
		var storyID sql.NullInt64
		var storyNight sql.NullTime
		err := rows.Scan(&item.ID, &item.Night, &sketch, &item.ContentHash, &isTonight, &storyID, &storyNight)
		if err != nil {
			return nil, nil, fmt.Errorf("read article: %w", err)
		}
		item.Sketch = sketch
		item.Told = story.Story{ID: storyID.Int64, Night: storyNight.Time}
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
