package match

// One sense in a document. For a name that may be something else, what speaks
// for the company is held against what speaks for the other thing, and both are
// looked for in the whole text. In a country whose press means the other thing,
// or where one of its cues stands, the company has to be spoken for by a word of
// its own: "Chinese bank" near ICBC is not enough in Vancouver.

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// backing is what a document says for and against a name of class B or C.
type backing struct {
	isSure     bool // a sure name of the company stands there, too, or the long form
	own        int  // different words that speak for the company
	hasKin     bool // a sure name of its parent, of a sister or of a subsidiary
	hasTrade   bool // "Chinese phone maker" in the sentence
	against    int  // different words that speak for another sense
	isElseHere bool // the press of the country means another sense
}

// isAnchored says whether anything speaks for the company.
func (b backing) isAnchored() bool { return b.isSure || b.own > 0 || b.hasKin || b.hasTrade }

func (b backing) isContested() bool { return b.against > 0 || b.isElseHere }

// sureWeight is how many words of another sense a sure name outweighs.
const sureWeight = 3

// balance is positive where more speaks for the company than against it.
func (b backing) balance() int {
	balance := b.own - b.against
	if b.isSure {
		balance += sureWeight
	}
	if b.hasKin {
		balance++
	}
	return balance
}

// back looks for all that speaks for and against the name of these occurrences.
func (r *reading) back(e *entry, list []occurrence, isSure bool) backing {
	b := backing{isSure: isSure, own: len(r.speaking(e)), hasKin: r.hasKin(e)}
	b.hasTrade = !b.isAnchored() && r.hasChineseTrade(list)
	for _, s := range e.senses {
		b.against += len(r.standing(s.cues, e, true))
		b.isElseHere = b.isElseHere || r.country != "" && slices.Contains(s.countries, r.country)
	}
	return b
}

// isNearer says whether the sentences that name the company hold more for it
// than against it.
func (r *reading) isNearer(e *entry, list []occurrence) bool {
	balance := r.countBeside(r.speaking(e), list)
	for _, s := range e.senses {
		balance -= r.countBeside(r.standing(s.cues, e, true), list)
	}
	return balance > 0
}

func (r *reading) countBeside(clues []clue, list []occurrence) int {
	n := 0
	for _, c := range clues {
		if slices.ContainsFunc(r.anchorsOf(c.key), func(a anchor) bool {
			start, end := r.parts[a.part].folded.original(a.start, a.end)
			return slices.ContainsFunc(list, func(o occurrence) bool {
				return isUsable(o) && o.part == a.part && o.sentence.start <= start && end <= o.sentence.end
			})
		}) {
			n++
		}
	}
	return n
}

// speaking returns the words that speak for the company, each once.
func (r *reading) speaking(e *entry) []clue {
	found := r.standing(e.anchors, e, false)
	for _, c := range r.standing(r.m.owners[e.owner].anchors, e, false) {
		if !slices.ContainsFunc(found, func(other clue) bool { return other.key == c.key }) {
			found = append(found, c)
		}
	}
	return found
}

// standing returns those of the clues that stand in the document and hold on its
// night. What is part of a name of the same company is no clue ("China" in
// "China Mobile"); a blocker is not its name, so a cue may stand in one.
func (r *reading) standing(clues []clue, e *entry, isCue bool) []clue {
	var found []clue
	for _, c := range clues {
		if !holds(c.from, c.to, r.night) {
			continue
		}
		if slices.ContainsFunc(r.anchorsOf(c.key), func(a anchor) bool {
			return r.isWrittenAs(a, c) && !r.isInsideName(a, e.company, isCue)
		}) {
			found = append(found, c)
		}
	}
	return found
}

// anchorsOf returns the places of a key.
func (r *reading) anchorsOf(key int32) []anchor {
	from, ok := slices.BinarySearchFunc(r.anchors, key, func(a anchor, k int32) int { return int(a.key - k) })
	if !ok {
		return nil
	}
	to := from
	for to < len(r.anchors) && r.anchors[to].key == key {
		to++
	}
	return r.anchors[from:to]
}

func (r *reading) isWrittenAs(a anchor, c clue) bool {
	if !c.isCapital {
		return true
	}
	p := &r.parts[a.part]
	start, _ := p.folded.original(a.start, a.end)
	first, _ := utf8.DecodeRuneInString(p.text[start:])
	return !unicode.IsLower(first)
}

func (r *reading) isInsideName(a anchor, company string, isCue bool) bool {
	list := r.parts[a.part].candidates
	i, found := slices.BinarySearchFunc(list, a.start, func(c candidate, at int32) int { return int(c.start - at) })
	if !found {
		i--
	}
	if i < 0 || list[i].end < a.end {
		return false
	}
	return slices.ContainsFunc(r.entriesOf(list[i]), func(id int32) bool {
		e := &r.m.entries[id]
		return e.company == company && (!isCue || e.class != 'D')
	})
}

// hasKin says whether the document names a relative of the company surely.
func (r *reading) hasKin(e *entry) bool {
	family := r.m.owners[e.owner].family
	return slices.ContainsFunc(r.sure, func(owner int32) bool {
		return owner != e.owner && r.m.owners[owner].family == family
	})
}
