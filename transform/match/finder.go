package match

// Where a changed table of names can matter. Names, anchors and cues make a
// difference only in a text that holds their letters; a Finder says which texts
// do, much faster than matching them again would tell.

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/overheard-news/overheard/sql/seeds"
)

// Finder looks for any of a list of strings. It is safe for concurrent use.
type Finder struct {
	machine *automaton // nil if there is nothing to look for
	pool    sync.Pool
}

// NewFinder compiles names, anchors and cues, written as the seed files do. It
// folds as the matcher does and knows no boundaries: it finds a string inside
// longer words and before any ending, so it never misses a text that the
// matcher would read differently. Empty strings are left out.
func NewFinder(list []string) (*Finder, error) {
	texts := map[string]bool{}
	for _, s := range list {
		if text := stemOf(fold(strings.TrimSuffix(strings.TrimSpace(s), "*"))); text != "" {
			texts[text] = true
		}
	}
	f := &Finder{}
	f.pool.New = func() any { return &folded{} }
	if len(texts) == 0 {
		return f, nil
	}
	machine, err := newAutomaton(slices.Sorted(maps.Keys(texts)))
	if err != nil {
		return nil, fmt.Errorf("compile %d changed names: %w", len(texts), err)
	}
	f.machine = machine
	return f, nil
}

// stemOf takes off the last letter where an ending may take its place.
func stemOf(text string) string {
	last, size := utf8.DecodeLastRuneInString(text)
	if utf8.RuneCountInString(text) > shortestStem && strings.ContainsRune(stemLetters, last) {
		return text[:len(text)-size]
	}
	return text
}

// Has says whether any of the strings may stand in the title or the body.
func (f *Finder) Has(title, body string) bool {
	if f.machine == nil {
		return false
	}
	buffer := f.pool.Get().(*folded)
	defer f.pool.Put(buffer)
	for _, text := range []string{title, body} {
		if !utf8.ValidString(text) {
			text = strings.ToValidUTF8(text, "\uFFFD")
		}
		buffer.fold(text)
		if f.machine.hasHit(buffer.text) {
			return true
		}
	}
	return false
}

// Changed lists the strings by which two tables of names differ: a text that
// holds none of them is matched alike by both. A change of an alias, an anchor
// or a cue lists that word; a change of what all names of a company share (its
// sector, its family, its dates, its ticker, the countries of another sense)
// lists all its aliases.
func Changed(old, new seeds.Set) []string {
	before, after := wordsOf(old), wordsOf(new)
	changed := map[string]bool{}
	for _, pair := range []struct{ one, other map[string]string }{{before, after}, {after, before}} {
		for row, word := range pair.one {
			if _, ok := pair.other[row]; !ok {
				changed[word] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(changed))
}

// wordsOf maps every fact the matcher uses to the word without which it does
// not matter.
func wordsOf(set seeds.Set) map[string]string {
	parents, companies := map[string]string{}, map[string]seeds.Company{}
	for _, c := range set.Companies {
		parents[c.ID], companies[c.ID] = c.ParentID, c
	}
	facts := map[string]string{}
	for _, a := range set.Aliases {
		c := companies[a.CompanyID]
		shared := fmt.Sprint(c.Sector, topmost(c.ID, parents), c.ValidFrom, c.ValidTo, companyAnchors(c))
		facts[fmt.Sprintf("alias %q %q %s %s %t %s %s %s", a.CompanyID, a.Alias, a.Language, a.Class, a.IsCaseSensitive, a.ValidFrom, a.ValidTo, shared)] = a.Alias
		for _, anchor := range a.Anchors {
			facts[fmt.Sprintf("alias anchor %q %q %q", a.CompanyID, a.Alias, anchor)] = anchor
		}
	}
	for _, a := range set.Anchors {
		facts[fmt.Sprintf("anchor %q %q %s %s", a.CompanyID, a.Anchor, a.ValidFrom, a.ValidTo)] = a.Anchor
	}
	for _, s := range set.Senses {
		facts[fmt.Sprintf("sense %q %q %q %q", s.CompanyID, s.Alias, s.Sense, s.Countries)] = s.Alias
		for _, cue := range s.Cues {
			facts[fmt.Sprintf("cue %q %q %q", s.CompanyID, s.Alias, cue)] = cue
		}
	}
	return facts
}
