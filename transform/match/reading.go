package match

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// reading is the work on one document. It is reused: a document without names
// costs no allocation.
type reading struct {
	m          *Matcher
	language   string
	country    string
	night      int // as yyyymmdd, 0 for not known
	parts      [2]part
	live       []int32  // entries of all candidates
	anchors    []anchor // by key, once the context is read
	hasContext bool
	vetoed     []veto
	sure       []int32 // owners of the sure names that stand in the document
	likely     []int32 // owners of the others that pass the span rule
	candidates int
}

// mostJudged is how many occurrences of a document are held against the span
// rule; a page that has more is no article, and must not hold the night.
const mostJudged = 5000

// part is the title or the body.
type part struct {
	text       string
	folded     folded
	hits       []hit
	candidates []candidate
	sentences  []span
}

const (
	title = 0
	body  = 1
)

// candidate is a place where the letters of at least one entry stand, as a word
// of their own; start and end count bytes of folded text.
type candidate struct {
	start, end int32
	name       span // in the original text, without ending
	from, to   int32
	inner      []int32 // surer entries of the same companies inside it
}

// anchor is the key of a clue at a place.
type anchor struct {
	key        int32
	part       int8
	isWhole    bool // a word of its own, not only the beginning of one
	start, end int32
}

// veto says that the document spells out an abbreviation as something else.
type veto struct{ company, initials string }

func (r *reading) begin(m *Matcher, doc Document) {
	r.m = m
	r.language = primary(doc.Language)
	r.country = strings.ToUpper(doc.Country)
	r.night = 0
	if !doc.Night.IsZero() {
		r.night = dayNumber(doc.Night)
	}
	r.live = r.live[:0]
	r.anchors = r.anchors[:0]
	r.hasContext = false
	r.vetoed = r.vetoed[:0]
	r.sure, r.likely = r.sure[:0], r.likely[:0]
	r.candidates = 0
	for i, text := range []string{doc.Title, doc.Body} {
		p := &r.parts[i]
		p.text = text
		if !utf8.ValidString(text) {
			p.text = strings.ToValidUTF8(text, "\uFFFD")
		}
		p.candidates = p.candidates[:0]
		p.sentences = nil
	}
}

// scan finds candidates in one part.
func (r *reading) scan(index int) {
	p := &r.parts[index]
	p.folded.fold(p.text)
	p.hits = r.m.machine.scan(p.folded.text, p.hits[:0])
	endings := endingsByLanguage[r.language]
	for _, h := range p.hits {
		k := &r.m.keys[h.key]
		start := h.end - int32(len(k.text))
		if !isOpenLeft(p.folded.text, int(start), k.edge) {
			continue
		}
		if len(k.plain) > 0 && isOpenRight(p.folded.text, int(h.end), k.edge, endings) {
			r.addCandidate(p, candidate{start: start, end: h.end}, k.plain, 0)
		}
		if len(k.stems) > 0 {
			r.addStems(p, start, h.end, k)
		}
	}
	r.candidates += len(p.candidates)
}

// readContext finds all clues, once it is known that they matter.
func (r *reading) readContext() {
	if r.hasContext {
		return
	}
	r.hasContext = true
	endings := endingsByLanguage[r.language]
	for index := range r.parts {
		p := &r.parts[index]
		p.hits = r.m.context.scan(p.folded.text, p.hits[:0])
		for _, h := range p.hits {
			k := &r.m.clueKeys[h.key]
			start := h.end - int32(len(k.text))
			if isOpenLeft(p.folded.text, int(start), k.edge) {
				r.anchors = append(r.anchors, anchor{
					key: h.key, part: int8(index), isWhole: r.isWhole(p, h.end, k.edge, endings), start: start, end: h.end,
				})
			}
		}
	}
	slices.SortStableFunc(r.anchors, func(a, b anchor) int { return cmp.Compare(a.key, b.key) })
}

// isWhole is more generous than the rule for names: smartphone is also found in
// smartphones and Smartphonemarkt, bank is not found in Banker.
func (r *reading) isWhole(p *part, end int32, e edge, endings map[string]bool) bool {
	return isOpenRight(p.folded.text, int(end), e, endings) || e.runes >= 6 && e.last != kindDigit
}

func (r *reading) addStems(p *part, start, end int32, k *key) {
	byLetter := stemEndings[r.language]
	if byLetter == nil {
		return
	}
	rest := wordAfter(p.folded.text, int(end), kindLetter)
	if rest == "" {
		return
	}
	for _, s := range k.stems {
		if byLetter[s.letter][rest] {
			r.addCandidate(p, candidate{start: start, end: end + int32(len(rest))}, []int32{s.entry}, utf8.RuneLen(s.letter))
		}
	}
}

// addCandidate keeps those of the entries that hold in this document and this
// spelling, if there are any. A stem is spelled without its last lost bytes.
func (r *reading) addCandidate(p *part, c candidate, entries []int32, lost int) {
	c.name.start, c.name.end = p.folded.original(c.start, c.end)
	c.from = int32(len(r.live))
	written := ""
	for _, id := range entries {
		e := &r.m.entries[id]
		if e.language != "" && e.language != r.language || !holds(e.from, e.to, r.night) {
			continue
		}
		if e.spelling != "" {
			if written == "" {
				written = spelled(p.text[c.name.start:c.name.end])
			}
			if !strings.HasPrefix(written, e.spelling[:len(e.spelling)-lost]) {
				continue
			}
		}
		r.live = append(r.live, id)
	}
	c.to = int32(len(r.live))
	if c.to > c.from {
		p.candidates = append(p.candidates, c)
	}
}

// holds says whether a night lies between two dates; zero dates are no bounds.
func holds(from, to time.Time, night int) bool {
	switch {
	case night == 0:
		return true
	case !from.IsZero() && night < dayNumber(from):
		return false
	}
	return to.IsZero() || night <= dayNumber(to)
}

// resolve leaves one candidate at a place: the longest, and the leftmost of
// equals. A surer entry of the same company inside a longer one is handed to
// it: "Ant Group" decides for "Ant Group Shares" too.
func (r *reading) resolve(p *part) {
	slices.SortStableFunc(p.candidates, func(a, b candidate) int {
		if a.start != b.start {
			return int(a.start - b.start)
		}
		return int(b.end - a.end)
	})
	kept := p.candidates[:0]
	for _, c := range p.candidates {
		if len(kept) == 0 || c.start >= kept[len(kept)-1].end {
			kept = append(kept, c)
			continue
		}
		last := &kept[len(kept)-1]
		switch {
		case c.start == last.start && c.end == last.end: // a stem and a whole name
			r.inherit(last, c, false)
		case c.end-c.start > last.end-last.start:
			r.inherit(&c, *last, true)
			*last = c
		default:
			r.inherit(last, c, true)
		}
	}
	p.candidates = kept
}

func (r *reading) entriesOf(c candidate) []int32 { return r.live[c.from:c.to] }

// inherit hands entries of the loser to the winner; if surerOnly just those of
// companies the winner names by a less sure entry that is no blocker.
func (r *reading) inherit(winner *candidate, loser candidate, surerOnly bool) {
	for _, id := range slices.Concat(r.entriesOf(loser), loser.inner) {
		e := &r.m.entries[id]
		keep := !surerOnly
		for _, other := range r.entriesOf(*winner) {
			o := &r.m.entries[other]
			if surerOnly && o.company == e.company && e.class < o.class && o.class != 'D' {
				keep = true
			}
		}
		if keep {
			winner.inner = append(winner.inner, id)
		}
	}
}

// sentence returns the sentence around a place; a title is one sentence.
func (p *part) sentence(isTitle bool, name span) span {
	if isTitle {
		return trimSpan(p.text, span{0, len(p.text)})
	}
	if p.sentences == nil {
		p.sentences = splitSentences(p.text)
	}
	return sentenceAt(p.sentences, name.start)
}
