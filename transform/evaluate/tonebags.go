package evaluate

// Nobody asks for the tone of one sentence: the ranking counts. So rows are drawn into
// bags, and what the model makes of a bag is compared with what its labels say.

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/overheard-news/overheard/transform/tone"
)

// ToneBag is the mean error of net tone (share of positive minus share of negative)
// over bags of rows, by how the shares are counted. A bag holds one language, as the
// correction is of one.
type ToneBag struct {
	Size       int     `json:"size"`       // rows a bag
	Prevalence string  `json:"prevalence"` // natural: rows as they come; varied: shares drawn evenly from all that are possible
	Bags       int     `json:"bags"`
	Chosen     float64 `json:"chosen"`   // labels chosen one by one and counted
	Count      float64 `json:"count"`    // mean of the probabilities
	Adjusted   float64 `json:"pacc"`     // corrected by the confusion matrix
	Expected   float64 `json:"em"`       // corrected by expectation maximisation
	Shrunk     float64 `json:"shrunk"`   // PACC, trusted by the size of the bag
	Constant   float64 `json:"constant"` // the net tone of the training rows, whatever the bag
}

const (
	naturalBags = "natural"
	variedBags  = "varied"
	bagsDrawn   = 400 // of a language, size and prevalence

	// smallestPool is how many rows a language needs: bags drawn again and again from
	// fewer say little about others.
	smallestPool = 150
)

// bagTones draws bags of 50 and 200 of each language that has enough rows, alike in
// every run, and averages over all of them.
func bagTones(cases []ToneCase, m *tone.Model) []ToneBag {
	byLanguage := map[string][]ToneCase{}
	for _, c := range cases {
		if c.IsJudged {
			byLanguage[c.Language] = append(byLanguage[c.Language], c)
		}
	}
	bags := []ToneBag{}
	for _, size := range []int{50, 200} {
		for _, prevalence := range []string{naturalBags, variedBags} {
			sum := ToneBag{Size: size, Prevalence: prevalence}
			for _, language := range slices.Sorted(maps.Keys(byLanguage)) {
				if list := byLanguage[language]; len(list) >= smallestPool {
					sum.draw(list, language, m)
				}
			}
			if sum.Bags > 0 {
				bags = append(bags, sum.mean())
			}
		}
	}
	return bags
}

// draw adds the errors of bags of one language.
func (b *ToneBag) draw(list []ToneCase, language string, m *tone.Model) {
	confusion, isKnown := m.Confusion(language)
	if !isKnown {
		return
	}
	var byLabel [3][]ToneCase
	for _, c := range list {
		byLabel[c.Label+1] = append(byLabel[c.Label+1], c)
	}
	dice := rand.New(rand.NewPCG(uint64(b.Size), uint64(len(list))))
	judged := make([]tone.Tone, b.Size)
	for range bagsDrawn {
		shares := randomShares(dice)
		var truth, chosen tone.Shares
		for i := range judged {
			from := list
			if b.Prevalence == variedBags {
				if from = byLabel[classAt(shares, dice.Float64())]; len(from) == 0 {
					from = list
				}
			}
			c := from[dice.IntN(len(from))]
			judged[i] = c.Tone
			truth[c.Label+1] += 1 / float64(b.Size)
			chosen[c.Judged+1] += 1 / float64(b.Size)
		}
		off := func(s tone.Shares) float64 { return math.Abs(s.Net() - truth.Net()) }
		count := tone.Count(judged)
		adjusted := confusion.Adjust(count)
		b.Chosen += off(chosen)
		b.Count += off(count)
		b.Adjusted += off(adjusted)
		b.Expected += off(confusion.Expect(judged))
		b.Shrunk += off(tone.Blend(count, adjusted, tone.Trust(float64(b.Size))))
		b.Constant += off(confusion.Prior)
		b.Bags++
	}
}

func (b *ToneBag) mean() ToneBag {
	n := float64(b.Bags)
	for _, v := range []*float64{&b.Chosen, &b.Count, &b.Adjusted, &b.Expected, &b.Shrunk, &b.Constant} {
		*v /= n
	}
	return *b
}

// randomShares is a point drawn evenly from all shares that sum to 1.
func randomShares(dice *rand.Rand) tone.Shares {
	a, b := dice.Float64(), dice.Float64()
	low, high := min(a, b), max(a, b)
	return tone.Shares{low, high - low, 1 - high}
}

// classAt is the class that a number from 0 to 1 falls on.
func classAt(shares tone.Shares, at float64) int {
	for c := range 2 {
		if at -= shares[c]; at < 0 {
			return c
		}
	}
	return 2
}
