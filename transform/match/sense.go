package match

// One sense in a document. For a name that may be something else, what speaks
// for the company is added up and held against what speaks for the other thing;
// both are looked for in the whole text. In a country whose press means the other thing,
// or where one of its cues stands, the company has to be spoken for by a word of
// its own: "Chinese bank" beside ICBC is not enough in Vancouver.

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
	peers      int  // other companies of its sector that are surely named
	trade      int  // different words of its sector
	hasTrade   bool // "Chinese phone maker" in the sentence
	likely     int  // other companies of its sector that may be named
	isChinese  bool // the document speaks of China
	isBusiness bool // the document speaks of business
	against    int  // different words that speak for another sense
	isElseHere bool // the press of the country means another sense
}

// The weights of what is found, declared: a word of the company's own is worth
// two of its sector. They were chosen on the development half of our gold.
const (
	weightSure     = 6
	weightOwn      = 2
	weightKin      = 2
	weightPeer     = 2
	weightTrade    = 1
	weightPhrase   = 2
	weightLikely   = 1
	weightChina    = 1
	weightBusiness = 1
	weightAgainst  = 2
	weightCountry  = 2

	mostCounted = 3 // of words of one sort
)

// speaksFor adds up what speaks for the company. That the report is of China or
// of business at large counts only where nothing speaks for another sense.
func (b backing) speaksFor() int {
	sum := weightOwn*min(b.own, mostCounted) + weightPeer*min(b.peers, 2) + weightLikely*min(b.likely, 2) + weightTrade*min(b.trade, mostCounted)
	for _, one := range []struct {
		is     bool
		weight int
	}{{b.isSure, weightSure}, {b.hasKin, weightKin}, {b.hasTrade, weightPhrase}, {b.isChinese && !b.isContested(), weightChina}, {b.isBusiness && !b.isContested(), weightBusiness}} {
		if one.is {
			sum += one.weight
		}
	}
	return sum
}

// speaksAgainst adds up what speaks for another sense.
func (b backing) speaksAgainst() int {
	sum := weightAgainst * min(b.against, mostCounted)
	if b.isElseHere {
		sum += weightCountry
	}
	return sum
}

func (b backing) isContested() bool { return b.against > 0 || b.isElseHere }

// hasOwn says whether something speaks for this company and not just for any of
// its kind.
func (b backing) hasOwn() bool {
	return b.isSure || b.own > 0 || b.hasKin || b.peers > 0 || b.trade > 1
}

// back looks for all that speaks for and against the name of these occurrences.
func (r *reading) back(e *entry, list []occurrence, isSure bool) backing {
	r.readContext()
	own := r.speaking(e)
	b := backing{isSure: isSure, own: len(own), hasKin: r.hasKin(e), peers: r.peers(e, r.sure), hasTrade: r.hasChineseTrade(list)}
	o := &r.m.owners[e.owner]
	for _, c := range r.standing(o.trade, e, inNoName) {
		if !slices.ContainsFunc(own, func(other clue) bool { return other.key == c.key }) {
			b.trade++
		}
	}
	b.likely = r.peers(e, r.likely)
	b.isChinese = len(r.standing(r.m.china, e, inNoName)) > 0
	b.isBusiness = len(r.standing(r.m.business, e, inNoName)) > 0
	for _, s := range e.senses {
		b.against += len(r.standing(s.cues, e, inBlockers))
		b.isElseHere = b.isElseHere || r.country != "" && slices.Contains(s.countries, r.country)
	}
	return b
}

// isNearer says whether the sentences that name the company hold more for it
// than against it.
func (r *reading) isNearer(e *entry, list []occurrence) bool {
	balance := r.countBeside(r.speaking(e), list)
	for _, s := range e.senses {
		balance -= r.countBeside(r.standing(s.cues, e, inBlockers), list)
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
	found := r.standing(e.anchors, e, outsideOwnNames)
	for _, c := range r.standing(r.m.owners[e.owner].anchors, e, outsideOwnNames) {
		if !slices.ContainsFunc(found, func(other clue) bool { return other.key == c.key }) {
			found = append(found, c)
		}
	}
	return found
}

// where says in which names a clue may not stand. What is part of a name of the
// same company is no clue ("China" in "China Mobile"); a cue may be part of a
// blocker, which is somebody else's; words of a sector are no clue in any name.
type where uint8

const (
	outsideOwnNames where = iota
	inBlockers
	inNoName
)

// standing returns those of the clues that stand in the document and hold on its
// night, each word once.
func (r *reading) standing(clues []clue, e *entry, rule where) []clue {
	var found []clue
	for _, c := range clues {
		if !holds(c.from, c.to, r.night) || slices.ContainsFunc(found, func(other clue) bool { return other.key == c.key }) {
			continue
		}
		if slices.ContainsFunc(r.anchorsOf(c.key), func(a anchor) bool {
			return (a.isWhole || c.isStem) && r.isWrittenAs(a, c) && !r.isInsideName(a, e.company, rule)
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

func (r *reading) isInsideName(a anchor, company string, rule where) bool {
	list := r.parts[a.part].candidates
	i, found := slices.BinarySearchFunc(list, a.start, func(c candidate, at int32) int { return int(c.start - at) })
	if !found {
		i--
	}
	if i < 0 || list[i].end < a.end {
		return false
	}
	return rule == inNoName || slices.ContainsFunc(r.entriesOf(list[i]), func(id int32) bool {
		e := &r.m.entries[id]
		return e.company == company && (rule != inBlockers || e.class != 'D')
	})
}

// hasKin says whether the document names a relative of the company surely.
func (r *reading) hasKin(e *entry) bool {
	family := r.m.owners[e.owner].family
	return slices.ContainsFunc(r.sure, func(owner int32) bool {
		return owner != e.owner && r.m.owners[owner].family == family
	})
}

// peers counts those of the companies that are of the same sector and no relatives.
func (r *reading) peers(e *entry, named []int32) int {
	o, n := &r.m.owners[e.owner], 0
	for _, owner := range named {
		other := &r.m.owners[owner]
		if o.sector != "" && other.sector == o.sector && other.family != o.family {
			n++
		}
	}
	return n
}
