package match

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/sql/seeds"
)

func TestFinderFindsNamesInAnyForm(t *testing.T) {
	t.Parallel()
	f, err := NewFinder([]string{"Алибаба", "Huawei", " B.C. ", "", "refinanc*", "小米"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"акции Алибабы": true, "HUAWEI": true, "ＨＵＡＷＥＩ": true, "Hua\u00ADwei": true, "in b.c. now": true, "refinancing": true, "卖小米手机": true,
		"préhuaweien": true, "Хуавэй": false, "": false, "Hua wei": false, "bc": false,
	} {
		if got := f.Has(text, ""); got != want {
			t.Errorf("title %q: %t", text, got)
		}
		if got := f.Has("", text); got != want {
			t.Errorf("body %q: %t", text, got)
		}
	}
	if none, err := NewFinder(nil); err != nil || none.Has("a", "b") {
		t.Errorf("nothing is found everywhere, or %v", err)
	}
}

func TestChangedNamesTheWordsWithoutWhichNothingChanges(t *testing.T) {
	t.Parallel()
	base := func() seeds.Set {
		return seeds.Set{
			Companies: []seeds.Company{{ID: "a", Sector: "banking"}, {ID: "b", ParentID: "a"}},
			Aliases:   []seeds.Alias{alias("a", "Aaa", "B", "one"), alias("b", "Bbb", "A"), alias("b", "Bee", "C")},
			Anchors:   []seeds.Anchor{{CompanyID: "a", Anchor: "Anna"}},
			Senses:    []seeds.Sense{{CompanyID: "a", Alias: "Aaa", Sense: "x", Cues: []string{"cue"}, Countries: []string{"CA"}}},
		}
	}
	for _, test := range []struct {
		name   string
		change func(*seeds.Set)
		want   []string
	}{
		{"nothing", func(*seeds.Set) {}, nil},
		{"kind", func(s *seeds.Set) { s.Aliases[1].Kind = "brand" }, nil},
		{"class", func(s *seeds.Set) { s.Aliases[1].Class = "B" }, []string{"Bbb"}},
		{"new alias", func(s *seeds.Set) { s.Aliases = append(s.Aliases, alias("c", "Ccc", "D")) }, []string{"Ccc"}},
		{"alias gone", func(s *seeds.Set) { s.Aliases = s.Aliases[1:] }, []string{"Aaa", "one"}},
		{"anchor of an alias", func(s *seeds.Set) { s.Aliases[0].Anchors = []string{"two"} }, []string{"one", "two"}},
		{"anchor's date", func(s *seeds.Set) { s.Anchors[0].ValidFrom = day("2020-01-01") }, []string{"Anna"}},
		{"cue", func(s *seeds.Set) { s.Senses[0].Cues = []string{"cue", "more"} }, []string{"more"}},
		{"country of a sense", func(s *seeds.Set) { s.Senses[0].Countries = nil }, []string{"Aaa"}},
		{"sector", func(s *seeds.Set) { s.Companies[0].Sector = "games" }, []string{"Aaa"}},
		{"parent", func(s *seeds.Set) { s.Companies[1].ParentID = "" }, []string{"Bbb", "Bee"}},
		{"company's date", func(s *seeds.Set) { s.Companies[1].ValidTo = day("2020-01-01") }, []string{"Bbb", "Bee"}},
		{"ticker", func(s *seeds.Set) { s.Companies[0].Ticker = "HKEX:0001" }, []string{"Aaa"}},
	} {
		set := base()
		test.change(&set)
		if diff := cmp.Diff(test.want, Changed(base(), set)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// Random tables, random changes, random texts: where two matchers differ, the
// finder of what changed has to say so.
func TestFinderNeverMissesADifference(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(5, 6))
	words := strings.Fields("Nio Honor Алибаба 小米 Huawei Ant Group bank lender car cars Seal Chinese maker of the 手机 phone drivers Vancouver Chen smartphone Алибабы . . said")
	pick := func() string { return words[dice.IntN(len(words))] }
	companies := []string{"a", "b", "c", "d"}
	table := func() seeds.Set {
		var set seeds.Set
		for i, id := range companies {
			set.Companies = append(set.Companies, seeds.Company{
				ID: id, Sector: []string{"banking", "games", "cars and batteries"}[dice.IntN(3)], ParentID: append(companies[:i:i], "")[dice.IntN(i+1)],
			})
			for range 3 {
				set.Aliases = append(set.Aliases, alias(id, pick(), string("ABCD"[dice.IntN(4)]), pick()))
			}
			set.Anchors = append(set.Anchors, seeds.Anchor{CompanyID: id, Anchor: pick()})
			set.Senses = append(set.Senses, seeds.Sense{CompanyID: id, Alias: set.Aliases[len(set.Aliases)-1].Alias, Sense: "s", Cues: []string{pick()}, Countries: []string{"CA", "GB"}[:dice.IntN(3)]})
		}
		set.Aliases = slices.DeleteFunc(set.Aliases, func(a seeds.Alias) bool { return a.Alias == "." })
		return set
	}
	differ, untouched := 0, 0
	for range 15 {
		old := table()
		changed := table()
		next := seeds.Set{Companies: slices.Clone(old.Companies), Aliases: slices.Clone(old.Aliases), Anchors: slices.Clone(old.Anchors), Senses: slices.Clone(old.Senses)}
		switch dice.IntN(4) {
		case 0:
			next.Companies[2] = changed.Companies[2]
		case 1:
			next.Aliases[2] = changed.Aliases[2]
		case 2:
			next.Anchors[2] = changed.Anchors[2]
		case 3:
			next.Senses[2] = changed.Senses[2]
		}
		one, err := New(old)
		if err != nil {
			t.Fatal(err)
		}
		other, err := New(next)
		if err != nil {
			t.Fatal(err)
		}
		finder, err := NewFinder(Changed(old, next))
		if err != nil {
			t.Fatal(err)
		}
		for range 400 {
			var text []string
			for range 3 + dice.IntN(12) {
				text = append(text, pick())
			}
			doc := Document{Title: pick(), Body: strings.Join(text, " "), Language: []string{"en", "ru"}[dice.IntN(2)], Country: []string{"", "CA"}[dice.IntN(2)]}
			has := finder.Has(doc.Title, doc.Body)
			if !has {
				untouched++
			}
			if diff := cmp.Diff(one.Match(doc), other.Match(doc)); diff != "" {
				differ++
				if !has {
					t.Fatalf("%+v: changed %q, yet (-old +new):\n%s", doc, Changed(old, next), diff)
				}
			}
		}
	}
	if differ < 100 || untouched < 100 {
		t.Errorf("%d texts differ and %d are told not to: too few to prove anything", differ, untouched)
	}
	t.Logf("%d texts differ, %d need not be read", differ, untouched)
}
