package index

import (
	"runtime"
	"testing"
)

// BenchmarkExplain explains the largest night: one outlet in twenty was not up,
// every company has its stories left out, and both nights are drawn anew.
func BenchmarkExplain(b *testing.B) {
	after := large.draw(large.natures(), 1)
	after.label()
	before := yesterday(after)
	for o := range after.Outlets {
		after.Outlets[o].IsUp = o%20 != 0
	}
	report(b, after, func() error {
		_, err := Explain(b.Context(), before, after, 1, nil, runtime.GOMAXPROCS(0))
		return err
	})
}
