package build

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/transform/index"
)

// caseOf writes a candidate in short: id, sector, ownership, E, and the
// dimensions it is the first letters of, each with a score.
func caseOf(id, sector, ownership string, score float64, dimensions ...float64) caseCandidate {
	c := caseCandidate{CompanyID: id, Sector: sector, Ownership: ownership, Score: score, IsSure: true}
	c.Dimensions = map[string]float64{}
	for i, d := range dimensions {
		c.Dimensions[index.DimensionNames()[i]] = d
	}
	return c
}

func choicesText(chosen []caseChoice) string {
	texts := make([]string, len(chosen))
	for i, c := range chosen {
		texts[i] = fmt.Sprintf("%s %g %s", c.CompanyID, c.Discounted, c.Reason)
	}
	return strings.Join(texts, ", ")
}

func TestChooseCases(t *testing.T) {
	t.Parallel()
	rules := caseRules{Count: 3, SectorDiscount: .25, SectorMax: 2, SectorsMin: 1}
	// best is first in every dimension, of both kinds together with other.
	best := caseOf("best", "cars", "state", 80, 9, 9, 9, 9, 9)
	other := caseOf("other", "cars", "private", 60, 1, 1, 1, 1, 1)
	names := index.DimensionNames()
	for _, c := range []struct {
		name       string
		candidates []caseCandidate
		change     func(*caseRules)
		want       string
		caveats    []string
	}{
		{
			"nobody", nil, nil, "",
			[]string{
				"count", "sectors", "ownership", "best_" + names[0], "best_" + names[1],
				"best_" + names[2], "best_" + names[3], "best_" + names[4],
			},
		},
		{
			// 60 less a quarter is 45, behind the bank's 50.
			"a second of a sector is discounted",
			[]caseCandidate{best, other, caseOf("bank", "banking", "state", 50, 1)},
			nil, "best 80 score, bank 50 score, other 45 score", nil,
		},
		{
			"a third of a sector is too many",
			[]caseCandidate{best, other, caseOf("third", "cars", "private", 59, 1)},
			nil, "best 80 score, other 45 score", []string{"count"},
		},
		{
			"ties go to the first id",
			[]caseCandidate{caseOf("b", "y", "private", 50, 1), caseOf("a", "x", "private", 50, 1), best},
			nil, "best 80 score, a 50 score, b 50 score", nil,
		},
		{
			"the last leaves for a sector that is missing",
			[]caseCandidate{best, other, caseOf("m", "mining", "private", 55, 1), caseOf("n", "mining", "private", 54, 1), caseOf("w", "water", "state", 20, 1)},
			func(r *caseRules) { r.Count, r.SectorsMin = 4, 3 },
			"best 80 score, m 55 score, other 45 score, w 20 sector", nil,
		},
		{
			// The one that leaves costs least, though it stands before others.
			"a company leaves for a state-owned one",
			[]caseCandidate{
				caseOf("best", "cars", "foreign", 80, 9, 9, 9, 9, 9), caseOf("p", "a", "private", 50, 1),
				caseOf("q", "cars", "private", 60, 1), caseOf("s", "b", "state", 10, 1),
			},
			nil, "best 80 score, q 45 score, s 10 ownership", nil,
		},
		{
			"the best of a dimension comes in",
			[]caseCandidate{
				caseOf("best", "cars", "state", 80, 9, 9, 9, 9), caseOf("p", "a", "private", 50, 1, 1, 1, 1, 5),
				caseOf("q", "b", "private", 60, 1), caseOf("green", "c", "private", 10, 1, 1, 1, 1, 8),
			},
			nil, "best 80 score, q 60 score, green 10 best_" + names[4], nil,
		},
		{
			"a dimension nobody is written about in",
			[]caseCandidate{
				caseOf("best", "cars", "state", 80, 9, 9, 9, 9), caseOf("p", "a", "private", 50, 1), caseOf("q", "b", "private", 60, 1),
			},
			nil, "best 80 score, q 60 score, p 50 score", []string{"best_" + names[4]},
		},
		{
			// green can come in for the only private company alone, as its sector
			// is full; another private one then comes in for somebody else.
			"an exchange that breaks something is mended",
			[]caseCandidate{
				caseOf("best", "cars", "state", 80, 9, 9, 9, 9), caseOf("p", "cars", "private", 70, 1),
				caseOf("q", "b", "state", 60, 1), caseOf("green", "cars", "state", 10, 1, 1, 1, 1, 8),
				caseOf("r", "c", "private", 20, 1),
			},
			nil, "best 80 score, r 20 ownership, green 7.5 best_" + names[4], nil,
		},
		{
			"no private company at all",
			[]caseCandidate{best, caseOf("p", "a", "state", 50, 1), caseOf("q", "b", "state", 60, 1)},
			nil, "best 80 score, q 60 score, p 50 score", []string{"ownership"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			held := rules
			if c.change != nil {
				c.change(&held)
			}
			chosen, caveats := chooseCases(c.candidates, held)
			if diff := cmp.Diff(c.want, choicesText(chosen)); diff != "" {
				t.Errorf("cases differ (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.caveats, caveats); diff != "" {
				t.Errorf("caveats differ (-want +got):\n%s", diff)
			}
			turned := slices.Clone(c.candidates)
			slices.Reverse(turned)
			again, _ := chooseCases(turned, held)
			if diff := cmp.Diff(choicesText(chosen), choicesText(again)); diff != "" {
				t.Errorf("another order of candidates gives other cases (-want +got):\n%s", diff)
			}
		})
	}
}

// TestExchangesAreTheFewest holds the choice against every choice there is, in
// small random worlds: none lacks less, and of those that lack as little none
// keeps more of what was chosen by score, or has more E for as much.
func TestExchangesAreTheFewest(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(6, 20))
	exchanged := 0
	for range 500 {
		rules := caseRules{Count: 4 + random.IntN(2), SectorDiscount: .15, SectorMax: 2, SectorsMin: 3 + random.IntN(2)}
		var candidates []caseCandidate
		for i := range 6 + random.IntN(5) {
			dimensions := make([]float64, 2+random.IntN(2))
			for d := range dimensions {
				dimensions[d] = float64(random.IntN(1000))
			}
			candidates = append(candidates, caseOf(
				fmt.Sprintf("c%02d", i), string(rune('a'+random.IntN(5))),
				[]string{"state", "private", "foreign"}[random.IntN(3)], float64(random.IntN(10000))/100, dimensions...))
		}
		c := newCaseChooser(candidates, rules)
		byScore := c.takeByScore()
		chosen, _ := chooseCases(candidates, rules)
		least, fewest, most := c.leastOfAll(byScore)
		if got := c.missing(chosen).count(); got != least {
			t.Errorf("%s lacks %d, %d would do: %+v", choicesText(chosen), got, least, candidates)
		}
		took, sum := 0, 0.0
		for _, choice := range chosen {
			sum += choice.Score
			if !isAmong(byScore, choice.CompanyID) {
				took++
			}
			if inSector(chosen, choice.Sector) > rules.SectorMax {
				t.Errorf("%s: more than %d of a sector", choicesText(chosen), rules.SectorMax)
			}
		}
		if math.Abs(sum-most) > 1e-9 {
			t.Errorf("%s has %v of E, there are %v to be had", choicesText(chosen), sum, most)
		}
		if took > 0 {
			exchanged++
		}
		if took != fewest {
			t.Errorf("%d exchanges, %d would do: %s after %s", took, fewest, choicesText(chosen), choicesText(byScore))
		}
	}
	if exchanged < 100 {
		t.Errorf("%d worlds needed exchanges: too few to say anything", exchanged)
	}
}

// leastOfAll tries every choice of as many and says how little can be lacking,
// how few exchanges that takes, and how much E is left then.
func (c *caseChooser) leastOfAll(byScore []caseChoice) (least, fewest int, most float64) {
	least = 1000
	for set := range 1 << len(c.candidates) {
		var chosen []caseChoice
		took, sum, isAllowed := 0, 0.0, true
		for i, candidate := range c.candidates {
			if set>>i&1 == 0 {
				continue
			}
			isAllowed = isAllowed && inSector(chosen, candidate.Sector) < c.rules.SectorMax
			chosen = append(chosen, caseChoice{caseCandidate: candidate})
			sum += candidate.Score
			if !isAmong(byScore, candidate.CompanyID) {
				took++
			}
		}
		if !isAllowed || len(chosen) != len(byScore) {
			continue
		}
		lack := c.missing(chosen).count()
		if lack < least || lack == least && (took < fewest || took == fewest && sum > most) {
			least, fewest, most = lack, took, sum
		}
	}
	return least, fewest, most
}
