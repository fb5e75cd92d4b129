package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Positions and their salience (METHOD 2).
const (
	positionHeadline = "headline"
	positionLead     = "lead"
	positionBody     = "body"
	positionPassing  = "passing"

	leadSentences = 3
	leadShare     = 0.15
)

var salience = map[string]float64{
	positionHeadline: 1, positionLead: 0.6, positionBody: 0.35, positionPassing: 0.15,
}

// occurrence is one entry at one place, judged.
type occurrence struct {
	entry    int32
	part     int8
	name     span
	sentence span
	verdict  verdict
	defined  definition
}

// decide turns candidates into mentions.
func (r *reading) decide() []Mention {
	for i := range r.parts {
		r.resolve(&r.parts[i])
	}
	occurrences := r.occurrences()
	r.listNamed(occurrences)
	var mentions []Mention
	for len(occurrences) > 0 {
		company := r.m.entries[occurrences[0].entry].company
		n := 1
		for n < len(occurrences) && r.m.entries[occurrences[n].entry].company == company {
			n++
		}
		if mention, ok := r.weigh(occurrences[:n]); ok {
			mentions = append(mentions, mention)
		}
		occurrences = occurrences[n:]
	}
	return mentions
}

// listNamed notes which companies the document names surely, and which maybe.
func (r *reading) listNamed(occurrences []occurrence) {
	for _, o := range occurrences {
		e := &r.m.entries[o.entry]
		switch {
		case e.class == 'A' && isUsable(o) && !slices.Contains(r.sure, e.owner):
			r.sure = append(r.sure, e.owner)
		case e.class != 'A' && o.verdict == passes && !slices.Contains(r.likely, e.owner):
			r.likely = append(r.likely, e.owner)
		}
	}
	r.likely = slices.DeleteFunc(r.likely, func(owner int32) bool { return slices.Contains(r.sure, owner) })
}

// occurrences lists all but blockers, by entry (so by company, then class) and
// place; blockers leave their veto.
func (r *reading) occurrences() []occurrence {
	var list []occurrence
	for i := range r.parts {
		p := &r.parts[i]
		for _, c := range p.candidates {
			for _, id := range slices.Concat(r.entriesOf(c), c.inner) {
				e := &r.m.entries[id]
				if e.class == 'D' {
					r.vetoed = append(r.vetoed, veto{e.company, e.initials})
					continue
				}
				list = append(list, r.judge(i, id, c.name, len(list) < mostJudged))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b occurrence) int { return cmp.Compare(a.entry, b.entry) })
	return list
}

func (r *reading) judge(index int, id int32, name span, withRule bool) occurrence {
	p := &r.parts[index]
	e := &r.m.entries[id]
	o := occurrence{entry: id, part: int8(index), name: name, sentence: p.sentence(index == title, name), verdict: passes}
	o.sentence.start = min(o.sentence.start, name.start)
	switch {
	case isInAddress(p.text[:name.start]), e.class != 'A' && !withRule:
		o.verdict = fails
	case e.class != 'A':
		at := place{text: p.text, sentence: o.sentence, name: name, language: r.language}
		o.verdict = at.judge(e)
		o.defined = at.define()
	}
	return o
}

// weigh decides for one company.
func (r *reading) weigh(all []occurrence) (Mention, bool) {
	best := -1 // first occurrence of the entry that decides
	var accepted []occurrence
	bestGround := refused
	hasSure := slices.ContainsFunc(all, func(o occurrence) bool { return isUsable(o) && r.m.entries[o.entry].class == 'A' })
	for start := 0; start < len(all); {
		end := start + 1
		for end < len(all) && all[end].entry == all[start].entry {
			end++
		}
		ground := r.accept(all[start:end], hasSure)
		if ground != refused {
			if best < 0 || r.isBetter(all[start], all[best]) {
				best, bestGround = start, ground
			}
			for _, o := range all[start:end] {
				if isUsable(o) {
					accepted = append(accepted, o)
				}
			}
		}
		start = end
	}
	if best < 0 {
		return Mention{}, false
	}
	e := &r.m.entries[all[best].entry]
	mention := Mention{
		CompanyID: e.company, Alias: e.alias, Class: string(e.class),
		Probability: bestGround.probability(), Ground: grounds[bestGround].name,
	}
	r.place(&mention, accepted)
	return mention, true
}

func isUsable(o occurrence) bool { return o.verdict != fails }

// isBetter prefers the surer class, then the earlier place.
func (r *reading) isBetter(a, b occurrence) bool {
	classA, classB := r.m.entries[a.entry].class, r.m.entries[b.entry].class
	if classA != classB {
		return classA < classB
	}
	if a.part != b.part {
		return a.part < b.part
	}
	return a.name.start < b.name.start
}

// accept decides one entry from all its occurrences.
func (r *reading) accept(list []occurrence, hasSure bool) ground {
	e := &r.m.entries[list[0].entry]
	if e.class == 'A' {
		switch {
		case !slices.ContainsFunc(list, isUsable):
			return refused
		case e.isTwoHan:
			return groundTwoHan
		}
		return groundSure
	}
	best, isDefined := fails, false
	for _, o := range list {
		best = max(best, o.verdict)
		isDefined = isDefined || o.defined == definedChinese
		if o.defined == definedOther && !hasSure {
			return refused
		}
	}
	if best == fails || !hasSure && !isDefined && r.isVetoed(e, list) {
		return refused
	}
	return r.settle(e, list, r.back(e, list, hasSure || isDefined), best)
}

// leastForC is what has to speak for a name of class C. One step will do where
// its other senses are listed, nothing of them stands there and the span rule is
// passed. A name of class B needs that step only if it has other senses, or where
// the span rule is never more than unsure.
const (
	leastForC         = 2
	leastWithSenses   = 1
	leastWithoutDoubt = 0
)

func leastFor(e *entry, best verdict) int {
	switch {
	case e.class == 'B' && len(e.senses) == 0 && best == passes:
		return leastWithoutDoubt
	case e.class == 'B', len(e.senses) > 0 && best == passes:
		return leastWithSenses
	}
	return leastForC
}

// settle decides by what speaks for a name and against it. Where another sense is
// possible, something of the company's own has to outweigh it or stand nearer.
func (r *reading) settle(e *entry, list []occurrence, b backing, best verdict) ground {
	balance := b.speaksFor() - b.speaksAgainst()
	switch {
	case b.isContested():
		if !b.hasOwn() || balance < 0 || balance == 0 && !r.isNearer(e, list) {
			return refused
		}
		return groundContested
	case balance < leastFor(e, best):
		return refused
	case best != passes && e.class == 'B':
		return groundSpanUnsure
	case best != passes:
		return groundAnchorUnsure
	case e.class == 'B':
		return groundOf(groundSpanAlone, groundSpanSome, groundSpanMuch, balance)
	}
	return groundOf(groundAnchorSome, groundAnchorSome, groundAnchorMuch, balance)
}

// muchIsFrom is the balance from which hardly anything is left to doubt.
const muchIsFrom = 5

func groundOf(alone, some, much ground, balance int) ground {
	switch {
	case balance >= muchIsFrom:
		return much
	case balance >= leastForC:
		return some
	}
	return alone
}

// isVetoed says whether a blocker of the company that stands in the document
// has this name for its initials.
func (r *reading) isVetoed(e *entry, list []occurrence) bool {
	first := list[0]
	name := r.parts[first.part].text[first.name.start:first.name.end]
	return slices.ContainsFunc(r.vetoed, func(v veto) bool {
		return v.company == e.company && len(v.initials) > 1 && strings.EqualFold(v.initials, name)
	})
}

func (r *reading) hasChineseTrade(list []occurrence) bool {
	at := span{-1, -1}
	for _, o := range list {
		if !isUsable(o) || o.sentence == at {
			continue
		}
		at = o.sentence
		if isChineseTrade(r.parts[o.part].text[at.start:at.end]) {
			return true
		}
	}
	return false
}

// place fills in position, count and evidence from the accepted occurrences.
func (r *reading) place(m *Mention, list []occurrence) {
	slices.SortFunc(list, func(a, b occurrence) int {
		return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(a.name.start, b.name.start))
	})
	list = slices.CompactFunc(list, func(a, b occurrence) bool { return a.part == b.part && a.name.start == b.name.start })
	m.Occurrences = len(list)
	inBody := list
	for len(inBody) > 0 && inBody[0].part == title {
		inBody = inBody[1:]
	}
	switch {
	case list[0].part == title:
		m.Position = positionHeadline
	case inBody[0].name.start < r.leadEnd():
		m.Position = positionLead
	case len(inBody) >= 2:
		m.Position = positionBody
	default:
		m.Position = positionPassing
	}
	m.Salience = salience[m.Position]
	m.Namings = r.namings(list)
	m.Quotes = r.quotes(list)
	shown := bestSentence(list, inBody, &r.parts[body])
	m.Evidence = evidence(r.parts[shown.part].text, shown.sentence, shown.name)
}

// leadEnd is where the third sentence or 15 % of the body end, the later of the two.
func (r *reading) leadEnd() int {
	p := &r.parts[body]
	end := int(leadShare * float64(len(p.text)))
	if p.sentences == nil {
		p.sentences = splitSentences(p.text)
	}
	if n := min(leadSentences, len(p.sentences)); n > 0 {
		end = max(end, p.sentences[n-1].end)
	}
	return end
}

// bestSentence takes the first sentence of the body that is long enough to say
// something and short enough to be shown whole; else the first of all.
func bestSentence(list, inBody []occurrence, p *part) occurrence {
	for _, o := range inBody {
		n := utf8.RuneCountInString(p.text[o.sentence.start:o.sentence.end])
		if n >= shortestEvidence && n <= longestEvidence && o.verdict == passes {
			return o
		}
	}
	return list[0]
}
