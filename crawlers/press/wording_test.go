package press

import (
	"strings"
	"testing"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/match"
	cluster "github.com/overheard-news/overheard/transform/story"
)

func TestWordingIsReadStrictly(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"text before the first section": "hello",
		"unknown setting":               "[settings]\ncolour = red",
		"is not closed":                 "[body]\nThe {co is open",
		"is not CODE":                   "[countries]\nGB Leeds",
		"is missing":                    "[countries]\nGB +0000 Leeds",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := parseWording("xx", data); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("error %v, want one that says %q", err, name)
			}
		})
	}
}

func TestNumbersFitTheLanguage(t *testing.T) {
	t.Parallel()
	words, err := readWordings()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		language string
		n        int
		want     string
	}{{"en", 4102, "4,102"}, {"de", 4102, "4.102"}, {"ru", 4102, "4 107"}, {"fr", 12, "12"}} {
		w := words[c.language]
		if got := w.number(w.plural(c.n)); got != c.want {
			t.Errorf("%d in %s is %q, want %q", c.n, c.language, got, c.want)
		}
	}
}

// The press must not be the reason why a reader errs: our own reader, given the
// true texts, has to find what the truth says.
func TestOurReaderAgreesOnTrueTexts(t *testing.T) {
	t.Parallel()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	p := newPress(t, func(c *Config) {
		c.Outlets, c.ArticlesPerOutletNight, c.Companies = 150, 8, CompaniesFrom(set)
	})
	matcher, err := match.New(set.Aliases)
	if err != nil {
		t.Fatal(err)
	}
	found, items := Found{}, []cluster.Item{}
	truth := p.Truth(0)
	for i, a := range truth.Articles {
		if !a.IsToBeHad {
			continue
		}
		text := p.compose(&p.articles[i], true)
		var body strings.Builder
		for _, par := range text.paragraphs {
			body.WriteString(p.wordings[a.Language].join(par) + "\n")
		}
		for _, m := range matcher.Match(match.Document{Title: text.headline, Body: body.String(), Language: a.Language, Night: a.Night}) {
			found.Mentions = append(found.Mentions, FoundMention{a.CanonicalURL, m.CompanyID})
		}
		items = append(items, cluster.Item{ID: int64(i) + 1, Night: a.Night, Publisher: a.PublisherID, Sketch: cluster.Sketch(body.String()), ContentHash: a.CanonicalURL})
	}
	stories := cluster.Cluster(items)
	for _, item := range items {
		a := truth.Articles[item.ID-1]
		found.Articles = append(found.Articles, FoundArticle{a.CanonicalURL, a.OutletID, a.Night, stories[item.ID]})
	}
	card := p.Score(found)
	if card.MentionPrecision < 0.99 || card.MentionRecall < 0.99 {
		t.Errorf("mentions: precision %.4f, recall %.4f; wrong %v, missed %v", card.MentionPrecision, card.MentionRecall, card.WrongMentions, card.MissedMentions)
	}
	if card.DuplicatePrecision < 0.99 || card.DuplicateRecall < 0.97 {
		t.Errorf("stories: precision %.4f, recall %.4f: different texts look alike, or copies do not", card.DuplicatePrecision, card.DuplicateRecall)
	}
}
