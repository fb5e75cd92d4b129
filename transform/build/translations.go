package build

import (
	"context"
	"fmt"
	"log/slog"
	"math"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/story"
)

const translationsTable = "staging.story_translations"

// tellTranslations writes which stories of the night tell what an earlier one told
// in another language. Only stories that name a company are compared: no other is
// counted anywhere.
func tellTranslations(ctx context.Context, tx *sqlx.Tx, night string, read storyItems, tellings map[int64]story.Telling) error {
	companies, err := readCompanies(ctx, tx, night)
	if err != nil {
		return err
	}
	var items []story.Item
	for _, item := range read.items {
		if item.Companies = companies[item.ID]; len(item.Companies) > 0 {
			items = append(items, item)
		}
	}
	isTonight := map[int64]bool{}
	for _, articleID := range read.tonight {
		isTonight[tellings[articleID].ID] = true
	}
	translations := story.Translations(items, tellings)
	_, err = warehouse.CopyRows(ctx, tx, translationsTable,
		[]string{"night", "story_id", "original_story_id", "agreement"},
		func(yield func([]any) bool) {
			for _, t := range translations {
				if isTonight[t.Story.ID] && !yield([]any{night, t.Story.ID, t.Original.ID, math.Round(t.Agreement*1000) / 1000}) {
					return
				}
			}
		})
	if err != nil {
		return fmt.Errorf("write translations: %w", err)
	}
	return nil
}

// tellFamilies says which publishers print each other: they are one voice only if
// the registry gives them one publisher.
func tellFamilies(lg *slog.Logger, read storyItems, tellings map[int64]story.Telling) {
	carriers := make([]story.Carrier, len(read.items))
	for i, item := range read.items {
		carriers[i] = story.Carrier{PublisherID: read.publishers[i], StoryID: tellings[item.ID].ID}
	}
	for _, f := range story.Families(carriers) {
		lg.Warn("two publishers share most of their stories: give their outlets one publisher if they are one house",
			"publisher_id", f.PublisherID, "other_publisher_id", f.OtherID, "shared_count", f.Shared, "story_count", f.StoryCount)
	}
}
