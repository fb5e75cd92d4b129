package linear

import "math"

// exp and logarithm give the same bits on every processor: sums and products, each
// rounded by itself, and exact scaling by powers of two.

// exp is e to the x: x is brought below ln2/2 by powers of two, the rest is the
// Taylor series, exact to about one unit in the last place.
func exp(x float64) float64 {
	if x < -700 {
		return 0
	}
	if x > 700 {
		x = 700
	}
	n := math.Floor(float64(x/math.Ln2) + 0.5)
	// ln 2 in two parts, so that n times the first is exact.
	const high, low = 6.93147180369123816490e-01, 1.90821492927058770002e-10
	r := (x - float64(n*high)) - float64(n*low)
	sum := 1.0
	for i := 14; i > 0; i-- {
		sum = 1 + float64(r*sum)/float64(i)
	}
	return math.Ldexp(sum, int(n))
}

// logarithm is the natural one, of numbers above zero: the series of the inverse
// hyperbolic tangent for what is left after powers of two.
func logarithm(x float64) float64 {
	m, n := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, n = m*2, n-1
	}
	s := (m - 1) / (m + 1)
	square, sum := float64(s*s), 0.0
	for i := 25; i > 0; i -= 2 {
		sum = float64(square*sum) + 1/float64(i)
	}
	return float64(float64(n)*math.Ln2) + float64(2*float64(s*sum))
}
