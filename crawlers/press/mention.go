package press

import (
	"slices"
	"unicode/utf8"
)

// TruthMention is a company that the text of an article names.
type TruthMention struct {
	CompanyID   string
	Position    string // headline, lead, body or passing
	Salience    float64
	Occurrences int
	Class       string // of the name that is used: A is sure, B and C need context
	IsInflected bool   // wherever it stands it has an ending
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
