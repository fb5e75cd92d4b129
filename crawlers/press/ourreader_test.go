package press

import (
	"strings"
	"testing"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/match"
	cluster "github.com/overheard-news/overheard/transform/story"
)

// The press must not be the reason why a reader errs: our own reader, given the
// true texts, has to find what the truth says by sure names. How well it does
// with hard names and traps is its own affair; the log tells.
func TestOurReaderAgreesOnTrueTexts(t *testing.T) {
	t.Parallel()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	p := newPress(t, func(c *Config) {
		c.Outlets, c.ArticlesPerOutletNight, c.Companies = 150, 8, CompaniesFrom(set)
	})
	matcher, err := match.New(set)
	if err != nil {
		t.Fatal(err)
	}
	found, items := Found{}, []cluster.Item{}
	truth := p.Truth(0)
	for i, a := range truth.Articles {
		if !a.IsToBeHad {
			continue
		}
		text := p.composed(&p.articles[i])
		var body strings.Builder
		for _, par := range text.paragraphs {
			body.WriteString(join(p.wordings[a.Language], par) + "\n")
		}
		for _, m := range matcher.Match(match.Document{Title: text.headline.text, Body: body.String(), Language: a.Language, Night: a.Night}) {
			found.Mentions = append(found.Mentions, FoundMention{a.CanonicalURL, m.CompanyID, m.Class, m.Alias})
		}
		items = append(items, cluster.Item{ID: int64(i) + 1, Night: a.Night, Sketch: cluster.Sketch(body.String()), ContentHash: a.CanonicalURL})
	}
	stories := cluster.Cluster(items)
	for _, item := range items {
		a := truth.Articles[item.ID-1]
		found.Articles = append(found.Articles, FoundArticle{CanonicalURL: a.CanonicalURL, OutletID: a.OutletID, Night: a.Night, StoryID: stories[item.ID].ID})
	}
	card := p.Score(found)
	for _, c := range card.Classes {
		t.Logf("class %s: precision %.4f of %d, recall %.4f of %d", c.Class, c.Precision, c.Found, c.Recall, c.Mentions)
	}
	t.Logf("endings: recall %.4f of %d; traps: %d walked into of %d", card.InflectedRecall, card.Inflected, card.Fooled, card.Traps)
	if sure := card.Classes[0]; sure.Precision < 0.97 || sure.Recall < 0.99 {
		t.Errorf("sure names: precision %.4f, recall %.4f; wrong %v, missed %v", sure.Precision, sure.Recall, card.WrongMentions, card.MissedMentions)
	}
	if card.DuplicatePrecision < 0.99 || card.DuplicateRecall < 0.97 {
		t.Errorf("stories: precision %.4f, recall %.4f: different texts look alike, or copies do not", card.DuplicatePrecision, card.DuplicateRecall)
	}
}
