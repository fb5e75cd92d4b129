package press

import (
	"math"
	"slices"
)

// kendall is τ-b of two rankings over the companies in either; those a ranking
// does not have share its last place.
func kendall(truth, found []string) float64 {
	all := slices.Concat(truth, found)
	slices.Sort(all)
	all = slices.Compact(all)
	place := func(list []string) []int {
		at := map[string]int{}
		for i, c := range list {
			if _, has := at[c]; !has {
				at[c] = i
			}
		}
		out := make([]int, len(all))
		for i, c := range all {
			out[i] = len(all)
			if rank, has := at[c]; has {
				out[i] = rank
			}
		}
		return out
	}
	a, b := place(truth), place(found)
	agree, untiedA, untiedB := 0.0, 0.0, 0.0
	for i := range all {
		for j := range i {
			x, y := sign(a[i]-a[j]), sign(b[i]-b[j])
			agree += x * y
			untiedA += x * x
			untiedB += y * y
		}
	}
	if untiedA == 0 && untiedB == 0 {
		return 1
	}
	if untiedA == 0 || untiedB == 0 {
		return 0
	}
	return agree / math.Sqrt(untiedA*untiedB)
}

func sign(n int) float64 {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}
