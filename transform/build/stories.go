package build

import (
	"context"
	"fmt"
	"iter"
	"log/slog"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/story"
)

const storiesTable = "staging.article_stories"

var storiesStep = Model{
	Table:   storiesTable,
	Also:    []string{translationsTable},
	Summary: "Which story an article tells.",
	Grain:   []string{"night", "article_id"},
	Reads:   []string{"intermediate.int_constants_pivoted", "seeds.outlets", storiesTable, "staging.articles", "staging.mentions"},
	Rebuild: RebuildNight,
	make:    tellStories,
	back:    14, // as its queries have it
}

// tellStories clusters the articles of the night with those of the nights just
// before, and writes the stories of the night and which of them are translations.
// Earlier nights keep theirs: what they were built on does not change under them,
// and a retelling takes its story over from them. Later nights are not looked at.
func tellStories(ctx context.Context, lg *slog.Logger, tx *sqlx.Tx, night string) (int64, error) {
	read, err := readStoryItems(ctx, tx, night)
	if err != nil {
		return 0, err
	}
	tellings := story.Cluster(read.items)
	count, err := warehouse.CopyRows(ctx, tx, storiesTable, storyColumns, storyRows(night, read.tonight, tellings))
	if err != nil {
		return 0, fmt.Errorf("write %d articles: %w", len(read.tonight), err)
	}
	tellFamilies(lg, read, tellings)
	return count, tellTranslations(ctx, tx, night, read, tellings)
}

var storyColumns = []string{
	"night", "article_id", "story_id", "story_night", "parent_article_id", "similarity", "joined_by",
}

// storyRows are the rows to write.
func storyRows(night string, tonight []int64, tellings map[int64]story.Telling) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, articleID := range tonight {
			told := tellings[articleID]
			row := []any{night, articleID, told.ID, dateText(told.Night), nil, nil, nil}
			if told.JoinedBy != "" {
				row[4], row[5], row[6] = told.Parent, told.Similarity, told.JoinedBy
			}
			if !yield(row) {
				return
			}
		}
	}
}

// sketchText scans an integer[] in its text form. A large night brings 50
// million numbers; the driver's own scanner takes ten times as long.
type sketchText []int32

// Scan reads "{1,-2,3}"; null is none.
func (s *sketchText) Scan(source any) error {
	if source == nil {
		*s = nil
		return nil
	}
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
