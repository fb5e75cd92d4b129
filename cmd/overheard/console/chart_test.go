package console

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLines(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	tests := []struct {
		name         string
		values       []float64
		isPosition   bool
		path         string
		top, bottom  string
		numberOfDots int
	}{
		{"a line from zero to the highest", []float64{0, 5, 10}, false, "M8.0 132.0L320.0 70.0L632.0 8.0", "10", "0", 3},
		{"a gap breaks the line", []float64{10, nan, 10}, false, "M8.0 8.0M632.0 8.0", "10", "0", 2},
		{"position 1 is at the top", []float64{1, 3}, true, "M8.0 8.0L632.0 132.0", "1", "3", 2},
		{"one night stands in the middle", []float64{4}, false, "M320.0 8.0", "4", "0", 1},
		{"zeros lie on the ground", []float64{0, 0}, false, "M8.0 132.0L632.0 132.0", "1", "0", 2},
		{"below zero", []float64{-1, 1}, false, "M8.0 132.0L632.0 8.0", "1", "-1", 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var points []point
			for i, value := range test.values {
				points = append(points, point{time.Date(2026, 11, 1+i, 0, 0, 0, 0, time.UTC), value})
			}
			got := appendChart(nil, "Test", points, test.isPosition, func(v float64) string { return fmt.Sprint(v) })
			if len(got) != 1 {
				t.Fatalf("%d charts", len(got))
			}
			want := []any{test.path, test.top, test.bottom, test.numberOfDots}
			if diff := cmp.Diff(want, []any{got[0].Path, got[0].Top, got[0].Bottom, len(got[0].Dots)}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if got := appendChart(nil, "Test", []point{{time.Now(), nan}}, false, nil); got != nil {
		t.Errorf("a line without values: %+v", got)
	}
}
