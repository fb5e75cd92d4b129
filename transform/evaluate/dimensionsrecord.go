package evaluate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/overheard-news/overheard/transform/dimension"
	"github.com/overheard-news/overheard/transform/match"
)

// dimensionRecord is one labelled text; offsets count code points, ends excluded.
type dimensionRecord struct {
	ID         string           `json:"id"`
	Language   string           `json:"lang"`
	Text       string           `json:"text"`
	Target     string           `json:"target"`
	Start      int              `json:"start"`
	End        int              `json:"end"`
	Dimensions []dimensionLabel `json:"dimensions"`
}

type dimensionLabel struct {
	Dimension string `json:"dimension"`
	Start     int    `json:"start"`
	End       int    `json:"end"`
	Text      string `json:"text"`
}

// byteRange is a range of bytes of a text.
type byteRange struct{ start, end int }

func (s byteRange) overlaps(o byteRange) bool { return s.start < o.end && o.start < s.end }

// spans checks a record and gives the place of its target, and of the evidence of
// each dimension, in bytes.
func (r dimensionRecord) spans() (target byteRange, evidence map[string]byteRange, err error) {
	switch {
	case r.Language == "" || r.Text == "":
		return target, nil, errors.New("has no lang or no text")
	case r.Dimensions == nil:
		return target, nil, errors.New("has no dimensions; write [] for none")
	}
	if target, err = spanOf(r.Text, r.Target, r.Start, r.End); err != nil {
		return target, nil, fmt.Errorf("target: %w", err)
	}
	evidence = map[string]byteRange{}
	for _, d := range r.Dimensions {
		if !slices.Contains(dimension.Names(), d.Dimension) {
			return target, nil, fmt.Errorf("unknown dimension %q", d.Dimension)
		}
		if _, isTwice := evidence[d.Dimension]; isTwice {
			return target, nil, fmt.Errorf("dimension %s stands twice", d.Dimension)
		}
		if evidence[d.Dimension], err = spanOf(r.Text, d.Text, d.Start, d.End); err != nil {
			return target, nil, fmt.Errorf("dimension %s: %w", d.Dimension, err)
		}
	}
	return target, evidence, nil
}

// spanOf finds a span in bytes and holds it against the words it should be.
func spanOf(text, words string, start, end int) (byteRange, error) {
	from, to, err := byteSpan(text, start, end)
	if err != nil {
		return byteRange{}, err
	}
	if words != "" && text[from:to] != words {
		return byteRange{}, fmt.Errorf("characters %d to %d are %q, not %q", start, end, text[from:to], words)
	}
	return byteRange{from, to}, nil
}

// CompareDimensions cross-validates the rules against what a linear model learns
// from the same texts, see dimension.Labeller.Compare.
func CompareDimensions(ctx context.Context, files []string, l *dimension.Labeller, folds int) (dimension.Comparison, []Damage, error) {
	var texts []dimension.Text
	damaged, err := readRecords(ctx, files, func(record dimensionRecord) error {
		target, evidence, err := record.spans()
		if err != nil {
			return err
		}
		texts = append(texts, dimension.Text{
			Language: record.Language, Dimensions: slices.Sorted(maps.Keys(evidence)),
			Quote: match.Quote{Text: record.Text, Start: target.start, End: target.end},
		})
		return nil
	})
	if err != nil {
		return dimension.Comparison{}, nil, err
	}
	c, err := l.Compare(texts, folds)
	return c, damaged, err
}
