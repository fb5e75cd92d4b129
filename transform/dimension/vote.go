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

// belief is how sure the rules are of a dimension, and the surest of them; nil if
// none fired.
func (v *vote) belief(d int) (probability float64, surest *ballot) {
	open := 1.0
	for i := range v.cast {
		b := &v.cast[i]
		if b.rule.dimension != d {
			continue
		}
		open *= 1 - b.rule.weight
		if surest == nil || b.rule.weight > surest.rule.weight {
			surest = b
		}
	}
	return 1 - open, surest
}

// labels tells the dimensions that reach the threshold.
func (v *vote) labels(quotes []match.Quote) []Label {
	var out []Label
	for d, name := range dimensions {
		p, b := v.belief(d)
		if b == nil || p < threshold {
			continue
		}
		out = append(out, Label{
			Dimension: name, Probability: p, Evidence: quotes[b.quote].Text[b.start:b.end],
			Quote: b.quote, Start: b.start, End: b.end,
		})
	}
	return out
}
