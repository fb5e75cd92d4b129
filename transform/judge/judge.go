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
	"github.com/overheard-news/overheard/transform/tone"
)

// Judge holds the models. It is safe for concurrent use.
type Judge struct {
	tone       *tone.Model
	dimensions *dimension.Labeller
}

// Load makes a judge of the models that are compiled in.
func Load() (*Judge, error) {
	t, err := tone.Load()
	if err != nil {
		return nil, fmt.Errorf("load the model of tone: %w", err)
	}
	d, err := dimension.Load()
	if err != nil {
		return nil, fmt.Errorf("load the rules of dimensions: %w", err)
	}
	return &Judge{tone: t, dimensions: d}, nil
}

// Judge reads the sentences that name a company in an article of the language.
func (j *Judge) Judge(language string, quotes []match.Quote) Judgement {
	var out Judgement
	if t, ok := j.tone.Judge(language, quotes); ok {
		out.Tone = &Tone{Negative: t.Negative, Positive: t.Positive}
	}
	if labels, ok := j.dimensions.Label(language, quotes); ok {
		out.Dimensions = make([]Dimension, len(labels))
		for i, l := range labels {
			out.Dimensions[i] = Dimension{Name: l.Dimension, Probability: l.Probability, Evidence: l.Evidence}
		}
	}
	return out
}
