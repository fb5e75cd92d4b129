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
// those of its sector taken before, and then exchanges as few as it can until
// there are enough sectors, state-owned and private companies, and the best of
// each dimension. It also says which of these could not be had: sectors,
// ownership, best_<dimension>, or count if there are fewer than asked for. The
// order of candidates does not matter; ties go to the first company id.
func chooseCases(candidates []caseCandidate, rules caseRules) (chosen []caseChoice, caveats []string) {
	c := caseChooser{rules: rules, candidates: slices.Clone(candidates)}
	slices.SortFunc(c.candidates, func(a, b caseCandidate) int { return cmp.Compare(a.CompanyID, b.CompanyID) })
	for _, dimension := range index.DimensionNames() {
		c.bests = append(c.bests, c.bestOf(dimension))
	}
	chosen = c.takeByScore()
	for {
		better, isBetter := c.exchange(chosen)
		if !isBetter {
			break
		}
		chosen = better
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

// compare orders by how much is lacking; of as much, the best companies matter
// before ownership and that before sectors.
func (l caseLack) compare(other caseLack) int {
	return cmp.Or(
		cmp.Compare(len(l.bests)+len(l.kinds)+l.sectors, len(other.bests)+len(other.kinds)+other.sectors),
		cmp.Compare(len(l.bests), len(other.bests)),
		cmp.Compare(len(l.kinds), len(other.kinds)),
	)
}

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

// exchange makes the exchange of one for one after which least is lacking, and
// of these the one that costs the least E; false if none lessens what is lacking.
func (c *caseChooser) exchange(chosen []caseChoice) ([]caseChoice, bool) {
	var best []caseChoice
	before := c.missing(chosen)
	bestLack, bestCost := before, 0.0
	for out, leaver := range chosen {
		rest := slices.Delete(slices.Clone(chosen), out, out+1)
		for _, candidate := range c.candidates {
			if isAmong(chosen, candidate.CompanyID) || inSector(rest, candidate.Sector) >= c.rules.SectorMax {
				continue
			}
			next := append(slices.Clone(rest), caseChoice{candidate, c.discounted(rest, candidate), ""})
			lack, cost := c.missing(next), leaver.Score-candidate.Score
			better := lack.compare(bestLack)
			if better < 0 || better == 0 && best != nil && cost < bestCost {
				best, bestLack, bestCost = next, lack, cost
			}
		}
	}
	if best == nil {
		return nil, false
	}
	last := &best[len(best)-1]
	last.Reason = c.reasonFor(last.caseCandidate, before)
	return best, true
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
