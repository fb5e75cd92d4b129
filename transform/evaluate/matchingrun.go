package evaluate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/match"
)

// matchingRun adds up the cases of a set.
type matchingRun struct {
	matcher    *match.Matcher
	names      *nameTable
	naive      *naiveMatcher
	byWikidata map[string]string // to company
	wikidata   map[string]string // of company
	opt        MatchingOptions

	documents, unjudged, damaged int
	ours, plain                  matchingTally
	trust                        map[string]*trust // by ground
	typed                        typedTally
	pending                      []pendingText
	coverage                     map[string]*coverage // by source
}

// pendingText waits until it is known whether its source labels every name.
type pendingText struct {
	record      matchingRecord
	language    string
	ours, plain []found
	expected    []wanted
}

// trust adds up what the matcher believes on one ground.
type trust struct {
	sum          float64
	right, count int
}

func newMatchingRun(m *match.Matcher, set seeds.Set, opt MatchingOptions) *matchingRun {
	r := &matchingRun{
		matcher: m, names: newNameTable(set), naive: newNaiveMatcher(set), opt: opt,
		byWikidata: map[string]string{}, wikidata: map[string]string{},
		ours: newMatchingTally(), plain: newMatchingTally(), trust: map[string]*trust{}, typed: newTypedTally(), coverage: map[string]*coverage{},
	}
	for _, c := range set.Companies {
		r.wikidata[c.ID] = c.WikidataID
		if c.WikidataID != "" {
			r.byWikidata[c.WikidataID] = c.ID
		}
	}
	return r
}

// found is a company found in a document, by the matcher or the naive one.
type found struct {
	company, alias, class, ground, evidence string
	probability                             float64
	places                                  []place // in the text; none if the title alone names it
}

type place struct{ from, to int }

// wanted is a company that the labels name.
type wanted struct {
	company string
	name    surface
}

func (r *matchingRun) take(record matchingRecord) error {
	if err := record.locate(); err != nil {
		return err
	}
	expected, err := r.expected(record)
	if err != nil {
		return err
	}
	title := ""
	if record.Title != nil && !strings.Contains(*record.Title, "://") {
		title = *record.Title
	}
	language := record.Lang
	if language == "" {
		language = article.Language(title, record.Text)
	}
	r.documents++
	ours := r.read(match.Document{Title: title, Body: record.Text, Language: language, Country: record.Country, Night: r.opt.Night})
	plain := r.naive.read(title, record.Text)
	switch record.schema() {
	case schemaTyped:
		r.typed.add(language, record, ours, plain)
	case schemaLinked:
		r.cover(record)
		r.pending = append(r.pending, pendingText{record, language, ours, plain, expected})
	case schemaOwn:
		r.judgeText(pendingText{record, language, ours, plain, expected})
	}
	return nil
}

func (r *matchingRun) judgeText(t pendingText) {
	r.judge(t.record, t.language, t.ours, t.expected, &r.ours, true)
	r.judge(t.record, t.language, t.plain, t.expected, &r.plain, false)
}

// read gives the text to the matcher.
func (r *matchingRun) read(doc match.Document) []found {
	var list []found
	for _, m := range r.matcher.Match(doc) {
		f := found{company: m.CompanyID, alias: m.Alias, class: m.Class, ground: m.Ground, evidence: m.Evidence, probability: m.Probability}
		for _, n := range m.Namings {
			if n.Position != "headline" {
				f.places = append(f.places, place{n.Start, n.End})
			}
		}
		list = append(list, f)
	}
	return list
}

// expected lists the companies that the labels name, each once with the surest
// of its names.
func (r *matchingRun) expected(record matchingRecord) ([]wanted, error) {
	var list []wanted
	for _, n := range record.Mentions {
		company := ""
		if n.CompanyID != nil {
			company = *n.CompanyID
		}
		if _, isKnown := r.wikidata[company]; !isKnown {
			linked := ""
			if n.WikidataID != nil {
				linked = r.byWikidata[*n.WikidataID]
			}
			if linked == "" && company != "" {
				return nil, fmt.Errorf("mention %q is of company %q, which the seeds do not have", n.Text, company)
			}
			company = linked
		}
		if company == "" {
			continue
		}
		name := r.names.surface(company, n.Text, record)
		i := slices.IndexFunc(list, func(w wanted) bool { return w.company == company })
		switch {
		case i < 0:
			list = append(list, wanted{company, name})
		case name.class < list[i].name.class:
			list[i].name = name
		}
	}
	return list, nil
}

// judge adds the cases of one document to a tally.
func (r *matchingRun) judge(record matchingRecord, language string, list []found, expected []wanted, tally *matchingTally, isOurs bool) {
	isFound := map[string]bool{}
	for _, f := range list {
		isRight := slices.ContainsFunc(expected, func(w wanted) bool { return w.company == f.company })
		isFound[f.company] = true
		if !isRight && !r.isJudged(record, f) {
			if isOurs {
				r.unjudged++
			}
			continue
		}
		alias := f.alias
		if r.names.has(f.company, record.Alias) {
			alias = record.Alias
		}
		tally.found(parts{class: f.class, language: language, script: scriptOf(f.alias), alias: alias}, isRight)
		if isOurs {
			r.note(f, isRight)
			r.observe(MatchingCase{
				ID: record.ID, Company: f.company, IsFound: true, IsExpected: isRight, Class: f.class, Alias: f.alias, Ground: f.ground,
				Language: language, Probability: fmt.Sprintf("%.2f", f.probability), Evidence: f.evidence,
			})
		}
	}
	for _, w := range expected {
		tally.expected(parts{class: w.name.class, language: language, script: scriptOf(w.name.text), alias: w.name.alias}, isFound[w.company])
		if isOurs && !isFound[w.company] {
			r.observe(MatchingCase{
				ID: record.ID, Company: w.company, IsExpected: true, Class: w.name.class, Alias: w.name.alias, Language: language,
				Evidence: w.name.text,
			})
		}
	}
}

func (r *matchingRun) observe(c MatchingCase) {
	if r.opt.Observe != nil {
		r.opt.Observe(c)
	}
}

func (r *matchingRun) note(f found, isRight bool) {
	t := r.trust[f.ground]
	if t == nil {
		t = &trust{}
		r.trust[f.ground] = t
	}
	t.sum += f.probability
	t.count++
	if isRight {
		t.right++
	}
}

// isJudged says whether the labels tell that a company they do not name was
// found wrongly.
func (r *matchingRun) isJudged(record matchingRecord, f found) bool {
	if record.schema() == schemaOwn {
		return true
	}
	if r.wikidata[f.company] == "" || r.names.isBrand(f.company, f.alias) {
		return false
	}
	from, to := record.judgedSpan()
	isPartial := r.isPartial(record.Source)
	return slices.ContainsFunc(f.places, func(p place) bool {
		return from <= p.from && p.to <= to && (!isPartial || record.isLabelled(p))
	})
}
