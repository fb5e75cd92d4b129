package build

import (
	"cmp"
	"slices"

	"github.com/overheard-news/overheard/transform/index"
)

// caseCandidate is a company that may be a case.
type caseCandidate struct {
	CompanyID  string `db:"company_id"`
	Sector     string
	Ownership  string
	Score      float64            // E
	Dimensions map[string]float64 // D of the dimensions it is written about in
	IsSure     bool               `db:"is_sure"` // its probability of a place in front is known
}

// caseRules are the bounds of the choice (sql/METHOD.md, section 4).
type caseRules struct {
	Count          int
	SectorDiscount float64
	SectorMax      int
	SectorsMin     int
}

// caseChoice is a company that was chosen.
type caseChoice struct {
	caseCandidate
	Discounted float64 // E less the discount for others of its sector
	Reason     string  // score, sector, ownership or best_<dimension>
}

// Kinds of ownership of which the cases need one each.
func ownershipKinds() []string { return []string{"state", "private"} }

// caseChooser holds the candidates while it chooses.
type caseChooser struct {
	rules      caseRules
	candidates []caseCandidate // by company id
	bests      []caseBest
}

// caseBest is the best candidate of a dimension; empty if there is none.
type caseBest struct{ dimension, companyID string }

// chooseCases takes the best candidates one by one, each less the discount for
// those of its sector taken before, and then exchanges the fewest that bring
// enough sectors, state-owned and private companies, and the best of each
// dimension; of as few, those that cost the least E. It also says which of these
// could not be had: sectors, ownership, best_<dimension>, or count if there are
// fewer cases than asked for. The order of candidates does not matter; ties go to
// the first company id.
func chooseCases(candidates []caseCandidate, rules caseRules) (chosen []caseChoice, caveats []string) {
	c := newCaseChooser(candidates, rules)
	chosen = c.takeByScore()
	if c.missing(chosen).count() > 0 {
		chosen = c.exchange(chosen)
	}
	if len(chosen) < rules.Count {
		caveats = append(caveats, "count")
	}
	missing := c.missing(chosen)
	if missing.sectors > 0 {
		caveats = append(caveats, "sectors")
	}
	if len(missing.kinds) > 0 {
		caveats = append(caveats, "ownership")
	}
	return chosen, append(caveats, missing.bests...)
}

func newCaseChooser(candidates []caseCandidate, rules caseRules) *caseChooser {
	c := &caseChooser{rules: rules, candidates: slices.Clone(candidates)}
	slices.SortFunc(c.candidates, func(a, b caseCandidate) int { return cmp.Compare(a.CompanyID, b.CompanyID) })
	for _, dimension := range index.DimensionNames() {
		c.bests = append(c.bests, c.bestOf(dimension))
	}
	return c
}

// bestOf finds who scores most in a dimension.
func (c *caseChooser) bestOf(dimension string) caseBest {
	best, score := caseBest{dimension: dimension}, 0.0
	for _, candidate := range c.candidates {
		if d, isThere := candidate.Dimensions[dimension]; isThere && (best.companyID == "" || d > score) {
			best.companyID, score = candidate.CompanyID, d
		}
	}
	return best
}

// takeByScore is the choice before any exchange.
func (c *caseChooser) takeByScore() []caseChoice {
	var chosen []caseChoice
	for len(chosen) < c.rules.Count {
		var next *caseChoice
		for _, candidate := range c.candidates {
			if isAmong(chosen, candidate.CompanyID) || inSector(chosen, candidate.Sector) >= c.rules.SectorMax {
				continue
			}
			discounted := c.discounted(chosen, candidate)
			if next == nil || discounted > next.Discounted {
				next = &caseChoice{candidate, discounted, "score"}
			}
		}
		if next == nil {
			break
		}
		chosen = append(chosen, *next)
	}
	return chosen
}

// discounted is E less the discount for those of its sector already chosen.
func (c *caseChooser) discounted(chosen []caseChoice, candidate caseCandidate) float64 {
	// The conversion keeps compilers from fusing: the same on every machine.
	return candidate.Score * (1 - float64(c.rules.SectorDiscount*float64(inSector(chosen, candidate.Sector))))
}

// caseLack is what a choice lacks.
type caseLack struct {
	bests   []string // as caveats
	kinds   []string
	sectors int
}

func (l caseLack) count() int { return len(l.bests) + len(l.kinds) + l.sectors }

func (c *caseChooser) missing(chosen []caseChoice) caseLack {
	var lack caseLack
	for _, best := range c.bests {
		if !isAmong(chosen, best.companyID) {
			lack.bests = append(lack.bests, "best_"+best.dimension)
		}
	}
	for _, kind := range ownershipKinds() {
		if !slices.ContainsFunc(chosen, func(choice caseChoice) bool { return choice.Ownership == kind }) {
			lack.kinds = append(lack.kinds, kind)
		}
	}
	sectors := map[string]bool{}
	for _, choice := range chosen {
		sectors[choice.Sector] = true
	}
	lack.sectors = max(0, c.rules.SectorsMin-len(sectors))
	return lack
}

// exchange makes the fewest exchanges after which least is lacking. Who stays
// keeps its place, who comes in stands last, the highest E first.
func (c *caseChooser) exchange(byScore []caseChoice) []caseChoice {
	wanted := newCaseTable(c, byScore).best()
	chosen := slices.DeleteFunc(slices.Clone(byScore), func(choice caseChoice) bool {
		return !slices.Contains(wanted, choice.CompanyID)
	})
	var coming []caseCandidate
	for _, candidate := range c.candidates {
		if slices.Contains(wanted, candidate.CompanyID) && !isAmong(byScore, candidate.CompanyID) {
			coming = append(coming, candidate)
		}
	}
	slices.SortStableFunc(coming, func(a, b caseCandidate) int { return cmp.Compare(b.Score, a.Score) })
	for _, candidate := range coming {
		reason := c.reasonFor(candidate, c.missing(chosen))
		chosen = append(chosen, caseChoice{candidate, c.discounted(chosen, candidate), reason})
	}
	return chosen
}

// reasonFor says what of the lack a company mends.
func (c *caseChooser) reasonFor(candidate caseCandidate, lack caseLack) string {
	for _, best := range c.bests {
		reason := "best_" + best.dimension
		if best.companyID == candidate.CompanyID && slices.Contains(lack.bests, reason) {
			return reason
		}
	}
	if slices.Contains(lack.kinds, candidate.Ownership) {
		return "ownership"
	}
	return "sector"
}

func isAmong(chosen []caseChoice, companyID string) bool {
	return slices.ContainsFunc(chosen, func(choice caseChoice) bool { return choice.CompanyID == companyID })
}

func inSector(chosen []caseChoice, sector string) int {
	count := 0
	for _, choice := range chosen {
		if choice.Sector == sector {
			count++
		}
	}
	return count
}
