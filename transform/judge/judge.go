// Package judge puts together what is said of a company once it is known to be
// named: the tone towards it, and the dimensions it is spoken of in. Both are read
// from the sentences that name it (match.Quote), never from the page as a whole.
//
//	j, err := judge.Load()
//	judgement := j.Judge(article.Language, mention.Quotes)
//
// Each may abstain, and what abstains is stored as unknown, not as neutral.
package judge

import (
	"fmt"

	"github.com/overheard-news/overheard/transform/dimension"
	"github.com/overheard-news/overheard/transform/match"
)

// Judge holds the models. It is safe for concurrent use.
type Judge struct {
	dimensions *dimension.Labeller
}

// Load makes a judge of the models that are compiled in.
func Load() (*Judge, error) {
	d, err := dimension.Load()
	if err != nil {
		return nil, fmt.Errorf("load the rules of dimensions: %w", err)
	}
	return &Judge{dimensions: d}, nil
}

// Judge reads the sentences that name a company in an article of the language.
func (j *Judge) Judge(language string, quotes []match.Quote) Judgement {
	var out Judgement
	if labels, ok := j.dimensions.Label(language, quotes); ok {
		out.Dimensions = make([]Dimension, len(labels))
		for i, l := range labels {
			out.Dimensions[i] = Dimension{Name: l.Dimension, Probability: l.Probability, Evidence: l.Evidence}
		}
	}
	return out
}
