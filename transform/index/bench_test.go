package index

import (
	"runtime"
	"testing"
	"time"
)

// BenchmarkResample is the largest night we plan for: 1,000 outlets, 500
// companies, 10,000 mentions a night for 28 nights, 500 replicates.
func BenchmarkResample(b *testing.B) {
	p := press{outlets: 1000, countries: 60, companies: 500, nights: 40, stories: 4000, slope: 4}
	in := p.draw(p.natures(), 1)
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		started := time.Now()
		if _, err := Resample(b.Context(), in, 500, runtime.GOMAXPROCS(0)); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(started).Seconds()*float64(runtime.GOMAXPROCS(0)), "cpu-s")
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(len(in.Mentions)), "mentions")
	b.ReportMetric(float64(len(in.Cells)), "cells")
	b.ReportMetric(float64(after.Sys)/1e6, "MB")
}
