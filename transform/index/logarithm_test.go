package index

import (
	"math"
	"testing"
)

func TestLogarithms(t *testing.T) {
	t.Parallel()
	for x := 1e-300; x < 1e300; x *= 1.37 {
		if got, want := ln(x), math.Log(x); math.Abs(got-want) > 4e-16*math.Abs(want) {
			t.Errorf("ln %g is %.17g, want %.17g", x, got, want)
		}
	}
	for x := 0.9; x < 1.1; x += 0.000123 {
		if got, want := ln(x), math.Log(x); math.Abs(got-want) > 2e-16*math.Abs(want)+1e-17 {
			t.Errorf("ln %g is %.17g, want %.17g", x, got, want)
		}
	}
	for x := -50.0; x < 50; x += 0.0377 {
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 1e-15*want {
			t.Errorf("exp %g is %.17g, want %.17g", x, got, want)
		}
	}
	// A number to the last bit: every machine must have it.
	if got := math.Float64bits(exp(ln(3) / 7)); got != 0x3ff2b8095f3619a4 {
		t.Errorf("exp(ln(3) / 7) is %#x", got)
	}
}
