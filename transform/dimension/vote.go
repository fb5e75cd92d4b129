package dimension

import (
	"slices"

	"github.com/overheard-news/overheard/transform/match"
)

// The vote is a noisy-or (Pearl 1988): the rules of a dimension are separate
// causes each of which is enough, so a dimension is absent only if every rule that
// fired is wrong, and that happens with the product of what they leave open. Sums
// of log-odds would let two weak cues of the same event outvote what is written;
// here they only add up to what both would be wrong in. A rule counts once, however
// many quotes repeat it.

// threshold is the probability from which a dimension is told.
const threshold = 0.5

// vote gathers what fired in the quotes of one mention.
type vote struct {
	cast []ballot
}

// ballot is one rule that fired.
type ballot struct {
	rule       *rule
	quote      int
	start, end int
}

func (v *vote) add(r *rule, f firing, quote int) {
	if slices.ContainsFunc(v.cast, func(b ballot) bool { return b.rule == r }) {
		return
	}
	v.cast = append(v.cast, ballot{rule: r, quote: quote, start: f.start, end: f.end})
}

// labels tells the dimensions that reach the threshold.
func (v *vote) labels(quotes []match.Quote) []Label {
	var out []Label
	for d, name := range dimensions {
		open, best := 1.0, -1
		for i, b := range v.cast {
			if b.rule.dimension != d {
				continue
			}
			open *= 1 - b.rule.weight
			if best < 0 || b.rule.weight > v.cast[best].rule.weight {
				best = i
			}
		}
		if best < 0 || 1-open < threshold {
			continue
		}
		b := v.cast[best]
		out = append(out, Label{
			Dimension: name, Probability: 1 - open, Evidence: quotes[b.quote].Text[b.start:b.end],
			Quote: b.quote, Start: b.start, End: b.end,
		})
	}
	return out
}
