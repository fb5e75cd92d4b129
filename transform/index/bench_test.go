package index

import (
	"runtime"
	"syscall"
	"testing"
)

// large is the largest night we plan for: 1,000 outlets, 500 companies, 10,000
// mentions a night, of which the window holds 28.
var large = press{outlets: 1000, countries: 60, companies: 500, nights: 40, stories: 4600, slope: 4}

// BenchmarkResample draws 500 replicates of it, E included. Its time says little
// on a busy machine; processor seconds do.
func BenchmarkResample(b *testing.B) {
	in := large.draw(large.natures(), 1)
	in.label()
	report(b, in, func() error {
		_, err := Resample(b.Context(), in, 500, runtime.GOMAXPROCS(0))
		return err
	})
}

// BenchmarkVary tries every variant and leaves out each indicator and outlet.
func BenchmarkVary(b *testing.B) {
	in := large.draw(large.natures(), 1)
	report(b, in, func() error {
		_, _, err := Vary(b.Context(), in, runtime.GOMAXPROCS(0))
		return err
	})
}

func report(b *testing.B, in *Input, do func() error) {
	b.Helper()
	runtime.GC()
	b.ReportAllocs()
	before, n := processorSeconds(b), 0
	for b.Loop() {
		if err := do(); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric((processorSeconds(b)-before)/float64(n), "cpu-s/op")
	b.ReportMetric(float64(len(in.Mentions)), "mentions")
	b.ReportMetric(float64(len(in.Cells)), "cells")
	b.ReportMetric(float64(len(in.Labels)), "labels")
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(memory.Sys)/1e6, "MB")
}

func processorSeconds(b *testing.B) float64 {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

// label lets every third mention speak of a dimension.
func (in *Input) label() {
	for c := range in.Companies {
		company := &in.Companies[c]
		company.Dimensions.From = int32(len(in.Dimensions))
		for i := company.Cells.From; i < company.Cells.To; i++ {
			cell := &in.Cells[i]
			from := int32(len(in.Labels))
			for m := cell.Mentions.From; m < cell.Mentions.To; m++ {
				mention := &in.Mentions[m]
				if m%3 == 0 {
					in.Labels = append(in.Labels, Label{
						Story: mention.Story, Age: mention.Age, Weight: mention.Weight * 0.8,
						IsToned: mention.Tone >= 0, Net: mention.Positive - mention.Negative,
					})
				}
			}
			in.Dimensions = append(in.Dimensions, DimensionCell{
				Outlet: cell.Outlet, Dimension: uint8(i % DimensionCount),
				Labels: Span{from, int32(len(in.Labels))},
				Older:  DimensionState{Attention: 0.1},
			})
		}
		company.Dimensions.To = int32(len(in.Dimensions))
	}
	for o := range in.Outlets {
		in.Outlets[o].LongArticleSum = 3 * in.Outlets[o].ArticleSum
	}
}
