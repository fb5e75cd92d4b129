package evaluate

import (
	"context"
	"errors"
	"fmt"

	"github.com/overheard-news/overheard/transform/match"
	"github.com/overheard-news/overheard/transform/tone"
)

// toneRecord is a line of a set of labelled tones; offsets count code points. Without
// a target, start and end are -1 and the whole text is meant.
type toneRecord struct {
	ID       string `json:"id"`
	Language string `json:"lang"`
	Text     string `json:"text"`
	Target   string `json:"target"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Label    *int   `json:"label"`
	Source   string `json:"source"`
}

// toneCase turns a line into a case, with its target in bytes.
func (r toneRecord) toneCase() (tone.Case, error) {
	c := tone.Case{Language: r.Language, Source: r.Source, Text: r.Text}
	switch {
	case r.Label == nil:
		return c, errors.New("no label")
	case *r.Label < -1 || *r.Label > 1:
		return c, fmt.Errorf("label is %d, want -1, 0 or 1", *r.Label)
	case r.Text == "":
		return c, errors.New("no text")
	case r.Language == "":
		return c, errors.New("no lang")
	}
	c.Label = *r.Label
	if r.Target == "" {
		return c, nil
	}
	var err error
	if c.Start, c.End, err = byteSpan(r.Text, r.Start, r.End); err != nil {
		return c, err
	}
	if got := r.Text[c.Start:c.End]; got != r.Target {
		return c, fmt.Errorf("characters %d to %d are %q, not the target %q", r.Start, r.End, got, r.Target)
	}
	return c, nil
}

// quote is the case as the matcher would hand it on.
func toneQuote(c tone.Case) []match.Quote {
	return []match.Quote{{Text: c.Text, Start: c.Start, End: c.End}}
}

// ToneCases reads sets of labelled tones, to train from.
func ToneCases(ctx context.Context, files []string) ([]tone.Case, []Damage, error) {
	var cases []tone.Case
	damaged, err := readRecords(ctx, files, func(r toneRecord) error {
		c, err := r.toneCase()
		if err == nil {
			cases = append(cases, c)
		}
		return err
	})
	return cases, damaged, err
}
