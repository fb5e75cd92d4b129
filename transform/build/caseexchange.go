package build

import (
	"math/bits"
	"slices"
)

// caseTable finds, among all choices of a number of candidates, the one that lacks
// least, then differs least from the choice by score, then has the most E. It goes
// through the candidates sector by sector and keeps, for each state a choice can be
// in, the best way to it: how many are chosen, which bests and kinds of ownership
// are among them, how many sectors, and how many of the sector it stands in.
type caseTable struct {
	c          *caseChooser
	candidates []caseCandidate // by sector, then company id
	isFirst    []bool          // by candidate: the first of its sector
	isByScore  []bool
	masks      []int // by candidate: bests it is, one bit each, then its kind of ownership
	maskSize   int
	count      int // how many are to be chosen
}

// caseWay is how a state is reached.
type caseWay struct {
	isThere bool
	taken   int // who was not chosen by score
	score   float64
}

func (w caseWay) isBetterThan(other caseWay) bool {
	if !other.isThere || w.taken != other.taken {
		return !other.isThere || w.taken < other.taken
	}
	return w.score > other.score
}

// caseState is where a choice stands.
type caseState struct{ chosen, mask, sectors, inSector int }

func newCaseTable(c *caseChooser, byScore []caseChoice) *caseTable {
	t := &caseTable{c: c, candidates: slices.Clone(c.candidates), count: len(byScore)}
	slices.SortStableFunc(t.candidates, func(a, b caseCandidate) int {
		switch {
		case a.Sector < b.Sector:
			return -1
		case a.Sector > b.Sector:
			return 1
		}
		return 0
	})
	for i, candidate := range t.candidates {
		t.isFirst = append(t.isFirst, i == 0 || t.candidates[i-1].Sector != candidate.Sector)
		t.isByScore = append(t.isByScore, isAmong(byScore, candidate.CompanyID))
		mask := 0
		for bit, best := range c.bests {
			if best.companyID == candidate.CompanyID {
				mask |= 1 << bit
			}
		}
		for bit, kind := range ownershipKinds() {
			if candidate.Ownership == kind {
				mask |= 1 << (len(c.bests) + bit)
			}
		}
		t.masks = append(t.masks, mask)
	}
	t.maskSize = 1 << (len(c.bests) + len(ownershipKinds()))
	return t
}

// size is the number of states, place the number of one of them.
func (t *caseTable) size() int {
	return (t.count + 1) * t.maskSize * (t.c.rules.SectorsMin + 1) * (t.c.rules.SectorMax + 1)
}

func (t *caseTable) place(s caseState) int {
	return ((s.chosen*t.maskSize+s.mask)*(t.c.rules.SectorsMin+1)+s.sectors)*(t.c.rules.SectorMax+1) + s.inSector
}

func (t *caseTable) stateAt(place int) caseState {
	var s caseState
	s.inSector, place = place%(t.c.rules.SectorMax+1), place/(t.c.rules.SectorMax+1)
	s.sectors, place = place%(t.c.rules.SectorsMin+1), place/(t.c.rules.SectorsMin+1)
	s.mask, s.chosen = place%t.maskSize, place/t.maskSize
	return s
}

// step says where a choice stands after a candidate is passed by or taken; false if
// it cannot be taken.
func (t *caseTable) step(s caseState, candidate int, isTaken bool) (caseState, bool) {
	if t.isFirst[candidate] {
		s.inSector = 0
	}
	if !isTaken {
		return s, true
	}
	if s.chosen == t.count || s.inSector == t.c.rules.SectorMax {
		return s, false
	}
	if s.inSector == 0 {
		s.sectors = min(s.sectors+1, t.c.rules.SectorsMin)
	}
	s.chosen, s.inSector, s.mask = s.chosen+1, s.inSector+1, s.mask|t.masks[candidate]
	return s, true
}

// best are the company ids of the best choice.
func (t *caseTable) best() []string {
	size := t.size()
	ways, next := make([]caseWay, size), make([]caseWay, size)
	// By candidate and state: where the best way came from, and 1 if it took it.
	froms := make([][]int32, len(t.candidates))
	ways[0].isThere = true
	for i, candidate := range t.candidates {
		clear(next)
		froms[i] = make([]int32, size)
		for place, way := range ways {
			if !way.isThere {
				continue
			}
			for took, isTaken := range []bool{false, true} {
				state, isAllowed := t.step(t.stateAt(place), i, isTaken)
				if !isAllowed {
					continue
				}
				found := way
				if isTaken {
					found.score += candidate.Score
					if !t.isByScore[i] {
						found.taken++
					}
				}
				if to := t.place(state); found.isBetterThan(next[to]) {
					next[to], froms[i][to] = found, int32(place*2+took)
				}
			}
		}
		ways, next = next, ways
	}
	end := t.bestEnd(ways)
	var wanted []string
	for i := len(t.candidates) - 1; i >= 0; i-- {
		from := froms[i][end]
		if from%2 == 1 {
			wanted = append(wanted, t.candidates[i].CompanyID)
		}
		end = int(from / 2)
	}
	return wanted
}

// bestEnd is the state of the best choice.
func (t *caseTable) bestEnd(ways []caseWay) int {
	end, least := -1, 0
	for place, way := range ways {
		state := t.stateAt(place)
		if !way.isThere || state.chosen != t.count {
			continue
		}
		// A company that is best in two dimensions lacks twice, as in missing.
		lack := bits.OnesCount(uint((t.maskSize-1)&^state.mask)) + t.c.rules.SectorsMin - state.sectors
		if end < 0 || lack < least || lack == least && way.isBetterThan(ways[end]) {
			end, least = place, lack
		}
	}
	return end
}
