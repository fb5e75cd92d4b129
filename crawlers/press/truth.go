package press

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Truth is what there is to find in the finished nights.
type Truth struct {
	Articles []TruthArticle // by outlet, then by time
	Ranking  []Standing     // Chinese companies with attention on the last night, first first
}

// TruthArticle is one article and what a perfect reader would know about it.
type TruthArticle struct {
	CanonicalURL string
	OutletID     string
	PublisherID  string
	Night        time.Time
	PublishedAt  time.Time
	Language     string
	Headline     string
	StoryID      int64  // shared by all copies of one text
	Wire         string // agency that is credited, empty for none
	Access       string // full or stub
	IsToBeHad    bool   // false: no polite reader can have it
	Why          string // deleted, robots, broken host, broken page; empty if it is to be had
	HasTrap      bool   // holds words that only look like a company
	Mentions     []TruthMention
}

// TruthMention is a company that the text of an article names.
type TruthMention struct {
	CompanyID   string
	Position    string // headline, lead, body or passing
	Salience    float64
	Occurrences int
	Class       string // of the name that is used: A is sure, B and C need context
	IsInflected bool   // wherever it stands it has an ending
}

// truthIndex is the truth in the form that Score needs: addresses without port.
type truthIndex struct {
	articles []TruthArticle
	byURL    map[string]int
	ranking  []Standing
}

// Truth returns the truth for a server at the port.
func (p *Press) Truth(port int) Truth {
	index := p.truth()
	out := Truth{Articles: slices.Clone(index.articles), Ranking: slices.Clone(index.ranking)}
	if port != 0 {
		for i := range out.Articles {
			a := &out.Articles[i]
			a.CanonicalURL = strings.Replace(a.CanonicalURL, ".localhost/", fmt.Sprintf(".localhost:%d/", port), 1)
		}
	}
	return out
}

func (p *Press) findTruth() *truthIndex {
	index := &truthIndex{articles: make([]TruthArticle, 0, len(p.articles)), byURL: make(map[string]int, len(p.articles))}
	for i := range p.articles {
		a := p.truthOf(&p.articles[i])
		index.byURL[a.CanonicalURL] = len(index.articles)
		index.articles = append(index.articles, a)
	}
	index.ranking = p.rank(index.articles)
	return index
}

func (p *Press) truthOf(a *article) TruthArticle {
	o, s := &p.outlets[a.outlet], &p.stories[a.story]
	t := p.compose(a, true)
	out := TruthArticle{
		CanonicalURL: "http://" + o.hostOf(0) + p.pathOf(a), OutletID: o.slug, PublisherID: o.publisher,
		Night: nightOf(int(a.day)), PublishedAt: time.Unix(a.published, 0).UTC(), Language: s.language, Headline: t.headline.text,
		StoryID: int64(a.story) + 1, Wire: s.wire, Access: "full", HasTrap: t.hasTrap(), Mentions: p.mentions(s, t),
	}
	if a.flags&flagStub != 0 {
		out.Access = "stub"
	}
	switch {
	case o.tricks.isBroken():
		out.Why = "broken host"
	case o.tricks&trickRobotsAll != 0 || a.flags&flagForbidden != 0:
		out.Why = "robots"
	case a.flags&flagBroken != 0:
		out.Why = "broken page"
	case a.flags&flagDeleted != 0:
		out.Why = "deleted"
	}
	out.IsToBeHad = out.Why == ""
	return out
}

// mentions looks up where the sentences that name a company ended up.
func (p *Press) mentions(s *story, t text) []TruthMention {
	var out []TruthMention
	for role, company := range []int16{s.company, s.rival} {
		if company < 0 {
			continue
		}
		m := TruthMention{CompanyID: p.cfg.Companies[company].ID, IsInflected: !t.isPlain(1 << role)}
		_, m.Class = p.nameOf(s, role)
		m.Position, m.Occurrences = position(t, 1<<role)
		if m.Position == "" {
			continue
		}
		m.Salience = salience(m.Position)
		out = append(out, m)
	}
	return out
}

// hasTrap says whether a trap is among the sentences that are left.
func (t text) hasTrap() bool {
	return slices.ContainsFunc(t.paragraphs, func(par paragraph) bool {
		return slices.ContainsFunc(par, func(s sentence) bool { return s.trap })
	})
}

// isPlain says whether a company stands anywhere without an ending.
func (t text) isPlain(bit uint8) bool {
	plain := t.headline.plain
	for _, par := range t.paragraphs {
		for _, s := range par {
			plain |= s.plain
		}
	}
	return plain&bit != 0
}

// position is where a company stands first: the headline, the lead (the first
// three sentences or 15 % of the text), or the rest, twice or in passing.
func position(t text, bit uint8) (string, int) {
	total := 0
	for _, par := range t.paragraphs {
		for _, s := range par {
			total += utf8.RuneCountInString(s.text)
		}
	}
	isLead, count, sentences, before := false, 0, 0, 0
	for _, par := range t.paragraphs {
		for _, s := range par {
			if s.named&bit != 0 {
				count++
				isLead = isLead || sentences < 3 || before*100 < total*15
			}
			sentences++
			before += utf8.RuneCountInString(s.text)
		}
	}
	switch {
	case t.headline.named&bit != 0:
		return "headline", count + 1
	case isLead:
		return "lead", count
	case count >= 2:
		return "body", count
	case count == 1:
		return "passing", count
	}
	return "", 0
}

func salience(position string) float64 {
	switch position {
	case "headline":
		return 1
	case "lead":
		return 0.6
	case "body":
		return 0.35
	}
	return 0.15
}
