package evaluate

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"unicode/utf8"
)

// Figure is a measured figure with its 95 % interval and the cases it rests on.
type Figure struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Count int     `json:"count"`
}

// proportion is the share right of count, with Wilson's interval (1927); nil where
// there is no case.
func proportion(right, count int) *Figure {
	if count == 0 {
		return nil
	}
	const z = 1.959964
	n, p := float64(count), float64(right)/float64(count)
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return &Figure{Value: p, Low: max(0, middle-half), High: min(1, middle+half), Count: count}
}

// bootstrap is a figure of cases with the percentile interval of resamples that are
// drawn alike in every run.
func bootstrap(count int, figure func(cases []int) float64) *Figure {
	if count == 0 {
		return nil
	}
	const resamples = 400
	all := make([]int, count)
	for i := range all {
		all[i] = i
	}
	out := Figure{Value: figure(all), Count: count}
	dice := rand.New(rand.NewPCG(1, uint64(count)))
	values := make([]float64, resamples)
	drawn := make([]int, count)
	for r := range values {
		for i := range drawn {
			drawn[i] = dice.IntN(count)
		}
		values[r] = figure(drawn)
	}
	slices.SortFunc(values, cmp.Compare)
	out.Low, out.High = values[resamples/40], values[resamples-1-resamples/40]
	return &out
}

// byteSpan turns a span in code points into one in bytes.
func byteSpan(text string, start, end int) (from, to int, err error) {
	at, runes := 0, 0
	from, to = -1, -1
	for ; ; runes++ {
		if runes == start {
			from = at
		}
		if runes == end {
			to = at
			break
		}
		if at >= len(text) {
			break
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	if from < 0 || to < from {
		return 0, 0, fmt.Errorf("span %d to %d is not inside the text of %d characters", start, end, utf8.RuneCountInString(text))
	}
	return from, to, nil
}
