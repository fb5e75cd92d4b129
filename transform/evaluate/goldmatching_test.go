package evaluate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/overheard-news/overheard/sql/seeds"
)

// goldName is one of the thirty names of the gold of matching, under the word
// that begins its ids, with the company that it is about.
type goldName struct{ key, alias, companyID string }

var goldNames = []goldName{
	{"icbc", "ICBC", "icbc"}, {"saic", "SAIC", "saic"}, {"boe", "BOE", "boe"}, {"abc", "ABC", "abc"}, {"boc", "BOC", "boc"}, {"ccb", "CCB", "ccb"},
	{"tcl", "TCL", "tcl"}, {"vivo", "vivo", "vivo"}, {"mg", "MG", "saic"}, {"gree", "Gree", "gree"}, {"great-wall", "Great Wall", "gwm"},
	{"nio", "Nio", "nio"}, {"didi", "DiDi", "didi"}, {"temu", "Temu", "pdd"}, {"anker", "Anker", "anker"}, {"ant", "Ant", "ant-group"},
	{"honor", "Honor", "honor"}, {"wanda", "Wanda", "wanda"}, {"cgn", "CGN", "cgn"}, {"amazon", "Amazon", "amazon"},
	{"huawei", "Huawei", "huawei"}, {"geely", "Geely", "geely"}, {"xiaomi", "Xiaomi", "xiaomi"}, {"china-harbour", "China Harbour", "cccc"},
	{"sinopharm", "Sinopharm", "sinopharm"}, {"china-mobile", "China Mobile", "china-mobile"}, {"bank-of-china", "Bank of China", "boc"},
	{"baic", "BAIC", "baic"}, {"ping-an", "Ping An", "ping-an"}, {"midea", "Midea", "midea"},
}

// goldCount counts the texts of a name or a language.
type goldCount struct{ dev, test, company, other, noMention int }

func (c goldCount) String() string {
	return fmt.Sprintf("%d | %d | %d | %d | %d |", c.dev, c.test, c.company, c.other, c.noMention)
}

// TestGoldMatchingForm holds the two files against their rule book and the
// companies that the program is shipped with.
func TestGoldMatchingForm(t *testing.T) {
	t.Parallel()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	companies := map[string]seeds.Company{}
	for _, c := range set.Companies {
		companies[c.ID] = c
	}
	folder := filepath.Join("..", "testdata", "matching")
	ids, texts := map[string]bool{}, map[string]string{}
	byKey, byLanguage, all := map[string]goldCount{}, map[string]goldCount{}, goldCount{}
	byClass := map[string]goldCount{}
	for split, parity := range map[string]int{"dev": 0, "test": 1} {
		damaged, err := readRecords(context.Background(), []string{filepath.Join(folder, split+".jsonl")}, func(r matchingRecord) error {
			key, number := r.ID, 0
			if i := strings.LastIndexByte(r.ID, '-'); i > 0 {
				key = r.ID[:i]
				if _, err := fmt.Sscanf(r.ID[i+1:], "%d", &number); err != nil || number%2 != parity || number < 1 || number > 40 {
					return fmt.Errorf("id %q: its number does not belong in %s", r.ID, split)
				}
			}
			n := slices.IndexFunc(goldNames, func(g goldName) bool { return g.key == key && g.alias == r.Alias })
			if n < 0 {
				return fmt.Errorf("id %q: no such name as %q", r.ID, r.Alias)
			}
			folded := strings.Join(strings.FieldsFunc(strings.ToLower(r.Text), func(c rune) bool { return strings.ContainsRune(" .,;:!?“”\"'", c) }), " ")
			if ids[r.ID] || texts[folded] != "" {
				return fmt.Errorf("id %q: id or text a second time (%s)", r.ID, texts[folded])
			}
			ids[r.ID], texts[folded] = true, r.ID
			if !slices.Contains([]string{"A", "B", "C"}, r.Class) || len(r.Country) != 2 || r.Title == nil {
				return fmt.Errorf("id %q: class %q, country %q or no title", r.ID, r.Class, r.Country)
			}
			if err := checkGoldMentions(r, companies); err != nil {
				return fmt.Errorf("id %q: %w", r.ID, err)
			}
			isAbout := slices.ContainsFunc(r.Mentions, func(m labelledName) bool { return *m.CompanyID == goldNames[n].companyID })
			one := goldCount{}
			one.dev, one.test = 1-parity, parity
			if isAbout {
				one.company = 1
			} else {
				one.other = 1
			}
			if len(r.Mentions) == 0 {
				one.noMention = 1
			}
			all = all.plus(one)
			byKey[key], byLanguage[r.Lang], byClass[r.Class] = byKey[key].plus(one), byLanguage[r.Lang].plus(one), byClass[r.Class].plus(one)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range damaged {
			t.Errorf("%s:%d: %s", d.File, d.Line, d.Reason)
		}
	}
	if all.dev != 600 || all.test != 600 || len(byKey) != 30 || len(byLanguage) < 12 {
		t.Errorf("%d texts in dev, %d in test, %d names, %d languages: should be 600, 600, 30 and at least 12", all.dev, all.test, len(byKey), len(byLanguage))
	}
	for _, g := range goldNames {
		c := byKey[g.key]
		if c.dev != 20 || c.test != 20 || c.company < 10 || c.other < 10 {
			t.Errorf("%s: %+v: should be 20 in each file, and at least 10 of either label", g.key, c)
		}
	}
	book, err := os.ReadFile(filepath.Join(folder, "RULES.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, counts := range []map[string]goldCount{byKey, byLanguage, byClass, {"all": all}} {
		for name, c := range counts {
			if line := fmt.Sprintf("| %s | %s\n", name, c); !strings.Contains(string(book), line) {
				t.Errorf("RULES.md does not have the line\n%s", line)
			}
		}
	}
}

// checkGoldMentions: each mention is where it says, is of a company of ours and
// follows the one before; one of the title alone stands at -1 to -1.
func checkGoldMentions(r matchingRecord, companies map[string]seeds.Company) error {
	end := 0
	inText := map[string]bool{}
	for _, m := range r.Mentions {
		if m.CompanyID == nil || m.WikidataID == nil {
			return fmt.Errorf("mention %q: without company_id or wikidata_id", m.Text)
		}
		c, isKnown := companies[*m.CompanyID]
		if !isKnown {
			return fmt.Errorf("mention %q: no company %q in the seeds", m.Text, *m.CompanyID)
		}
		if *m.WikidataID != "" && *m.WikidataID != c.WikidataID {
			return fmt.Errorf("mention %q: %s, the seeds say %q", m.Text, *m.WikidataID, c.WikidataID)
		}
		if m.Start == -1 && m.End == -1 {
			if inText[*m.CompanyID] || !strings.Contains(*r.Title, m.Text) {
				return fmt.Errorf("mention %q of the title: also in the text, or not in the title", m.Text)
			}
			continue
		}
		if m.Start < end {
			return fmt.Errorf("mention %q: begins at %d, before the end of the last, %d", m.Text, m.Start, end)
		}
		end, inText[*m.CompanyID] = m.End, true
		if err := goldSpan(r.Text, m.Start, m.End, m.Text); err != nil {
			return err
		}
	}
	return nil
}

func (c goldCount) plus(o goldCount) goldCount {
	return goldCount{c.dev + o.dev, c.test + o.test, c.company + o.company, c.other + o.other, c.noMention + o.noMention}
}
