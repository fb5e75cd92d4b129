package press

import (
	"strings"
	"testing"

	"github.com/overheard-news/overheard/sql/seeds"
)

// fieldPress is one about the companies of the seed files.
func fieldPress(t *testing.T, change func(*Config)) *Press {
	t.Helper()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return newPress(t, func(c *Config) {
		c.Outlets, c.Nights, c.ArticlesPerOutletNight, c.Companies = 150, 4, 8, CompaniesFrom(set)
		if change != nil {
			change(c)
		}
	})
}

func TestHardNamesAreInUse(t *testing.T) {
	t.Parallel()
	p := fieldPress(t, nil)
	all, by, hardIn, inflected := 0, map[string]int{}, map[string]int{}, map[string]int{}
	for _, a := range p.Truth(0).Articles {
		for _, m := range a.Mentions {
			all++
			by[m.Class]++
			if m.Class != classSure {
				hardIn[a.Language]++
			}
			if m.IsInflected {
				inflected[a.Language]++
			}
		}
	}
	if share := float64(by[classLikely]+by[classAmbiguous]) / float64(all); share < 0.11 || share > 0.19 || by[classLikely] == 0 {
		t.Errorf("share of hard names %.3f, want about 0.15: %v", share, by)
	}
	for _, l := range languages() {
		if hardIn[l.code] == 0 {
			t.Errorf("no hard name in %s", l.code)
		}
	}
	for _, code := range []string{"de", "pl", "ru", "tr"} {
		if inflected[code] == 0 {
			t.Errorf("no name in %s stands with an ending alone", code)
		}
		delete(inflected, code)
	}
	if len(inflected) > 0 {
		t.Errorf("endings in languages that have none: %v", inflected)
	}
}

// Whoever reads a text from its start learns what a hard name means before or
// when it comes.
func TestHardNamesComeWithContext(t *testing.T) {
	t.Parallel()
	p := fieldPress(t, nil)
	for i := range p.articles {
		s := &p.stories[p.articles[i].story]
		text := p.composed(&p.articles[i])
		for role := range 2 {
			name, class := p.nameOf(s, role)
			if class == "" || class == classSure {
				continue
			}
			first := ""
			for _, par := range text.paragraphs {
				for _, sentence := range par {
					if first == "" && sentence.named&(1<<role) != 0 {
						first = sentence.text
					}
				}
			}
			if first != "" && !mentionsTrade(p, s.language, name.Trade, first) {
				t.Fatalf("%s: %q has no word for the trade %q", s.language, first, name.Trade)
			}
		}
	}
}

func mentionsTrade(p *Press, language, trade, line string) bool {
	for _, word := range p.wordings[language].List("trade." + trade) {
		if strings.Contains(strings.ToLower(line), strings.ToLower(word)) {
			return true
		}
	}
	return false
}

func TestTrapsAreSetInEveryLanguage(t *testing.T) {
	t.Parallel()
	p := fieldPress(t, func(c *Config) { c.Tricks.Ambiguity = 1 })
	seen := map[string]map[string]bool{}
	for i, a := range p.Truth(0).Articles {
		if !a.HasTrap {
			continue
		}
		if len(a.Mentions) > 0 {
			t.Errorf("%s has a trap and mentions", a.CanonicalURL)
		}
		if seen[a.Language] == nil {
			seen[a.Language] = map[string]bool{}
		}
		for _, par := range p.composed(&p.articles[i]).paragraphs {
			for _, s := range par {
				if s.trap {
					seen[a.Language][s.text] = true
				}
			}
		}
	}
	for _, l := range languages() {
		if len(seen[l.code]) < 4 {
			t.Errorf("%s: traps %v", l.code, seen[l.code])
		}
	}
}

func TestCompaniesKeepTheClassesOfTheirNames(t *testing.T) {
	t.Parallel()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, c := range CompaniesFrom(set) {
		for _, forms := range c.Forms {
			for _, f := range forms {
				has[c.ID+" "+f.Class+" "+f.Text] = true
			}
		}
	}
	for _, want := range []string{"honor C Honor", "ping-an B Ping An", "huawei A Huawei"} {
		if !has[want] {
			t.Errorf("no %q", want)
		}
	}
	if has["icbc D Insurance Corporation of British Columbia"] || has["alibaba C Qwen"] {
		t.Error("a blocker or a product is a name")
	}
}
