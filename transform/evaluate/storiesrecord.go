package evaluate

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/overheard-news/overheard/transform/story"
)

// What a pair of articles can be.
const (
	isSame        = "same"        // one text and a copy of it
	isTranslation = "translation" // one text in two languages
	isDifferent   = "different"
)

// storiesRecord is a line of a set of pairs.
type storiesRecord struct {
	ID    string        `json:"id"`
	Kind  string        `json:"kind"`
	Label string        `json:"label"`
	A     storiesMember `json:"a"`
	B     storiesMember `json:"b"`
}

type storiesMember struct {
	Language    string `json:"lang"`
	Title       string `json:"title"`
	Text        string `json:"text"`
	PublishedAt string `json:"published_at"`
	Outlet      string `json:"outlet"`
	Publisher   string `json:"publisher"`
}

// judge puts a pair through clustering and the search for translations.
func (r storiesRecord) judge(companies func(language, title, text string) []string) (StoriesCase, error) {
	c := StoriesCase{ID: r.ID, Kind: r.Kind, Language: r.A.Language, Label: r.Label, Found: isDifferent}
	switch r.Label {
	case isSame, isTranslation, isDifferent:
	default:
		return c, fmt.Errorf("label is %q, want same, translation or different", r.Label)
	}
	if r.B.Language != r.A.Language {
		c.Language = min(r.A.Language, r.B.Language) + "-" + max(r.A.Language, r.B.Language)
	}
	var items []story.Item
	for i, member := range []storiesMember{r.A, r.B} {
		item, err := member.item(int64(i+1), companies)
		if err != nil {
			return c, fmt.Errorf("article %s: %w", "ab"[i:i+1], err)
		}
		items = append(items, item)
	}
	tellings := story.Cluster(items)
	if tellings[1].ID == tellings[2].ID {
		told := tellings[2]
		if told.Parent == 0 {
			told = tellings[1]
		}
		c.Found, c.JoinedBy, c.Likeness = isSame, told.JoinedBy, told.Similarity
		return c, nil
	}
	if found := story.Translations(items, tellings); len(found) > 0 {
		c.Found, c.Likeness = isTranslation, found[0].Agreement
	}
	return c, nil
}

func (m storiesMember) item(id int64, companies func(language, title, text string) []string) (story.Item, error) {
	if strings.TrimSpace(m.Text) == "" {
		return story.Item{}, fmt.Errorf("text is empty")
	}
	at, err := time.Parse(time.RFC3339, m.PublishedAt)
	if err != nil {
		if at, err = time.Parse(time.DateOnly, m.PublishedAt); err != nil {
			return story.Item{}, fmt.Errorf("published_at is %q, want a time such as 2026-11-23T06:00:00Z or a date", m.PublishedAt)
		}
	}
	at = at.UTC()
	item := story.Item{
		ID: id, Night: at.Truncate(24 * time.Hour), PublishedAt: at,
		Sketch: story.Sketch(m.Text), Characters: utf8.RuneCountInString(m.Text), ContentHash: m.Title + "\n" + m.Text,
		Credit: story.Credit(m.Language, m.Title, m.Text), Facts: story.Facts(m.Language, m.Title, m.Text), Language: m.Language,
	}
	if companies != nil {
		item.Companies = companies(m.Language, m.Title, m.Text)
	}
	return item, nil
}
