package index

import "math"

// The logarithm and the exponential of package math are written in assembly on
// some machines and fused into other instructions on others, and differ there in
// the last bit. A tie in a rank must not hang on that. These are sums of series
// in one fixed order, correct to about one unit in the last place.

const (
	ln2High  = 6.93147180369123816490e-01 // ln 2, the last bits zero: a small integer times it is exact
	ln2Low   = 1.90821492927058770002e-10 // the rest of ln 2
	rootHalf = math.Sqrt2 / 2
	perLn2   = 1 / math.Ln2
)

// ln is the natural logarithm of x > 0. With x = 2^e * m, m near 1, and
// s = (m - 1) / (m + 1): ln m = 2 (s + s^3/3 + s^5/5 + ...).
func ln(x float64) float64 {
	m, e := math.Frexp(x)
	if m < rootHalf {
		m, e = m*2, e-1
	}
	s := (m - 1) / (m + 1)
	z := float64(s * s)
	p := 1.0 / 21
	p = float64(p*z) + 1.0/19
	p = float64(p*z) + 1.0/17
	p = float64(p*z) + 1.0/15
	p = float64(p*z) + 1.0/13
	p = float64(p*z) + 1.0/11
	p = float64(p*z) + 1.0/9
	p = float64(p*z) + 1.0/7
	p = float64(p*z) + 1.0/5
	p = float64(p*z) + 1.0/3
	tail := float64(float64(p*z) * s)
	k := float64(e)
	return float64(k*ln2High) + (2*(s+tail) + float64(k*ln2Low))
}

// log2OnePlus is log2(1 + x) for x >= 0.
func log2OnePlus(x float64) float64 {
	return float64(ln(1+x) * perLn2)
}

// exp is e to the power of x. With x = k ln 2 + r, abs(r) at most half of ln 2:
// e^x = 2^k (1 + r + r^2/2 + ...).
func exp(x float64) float64 {
	k := math.Round(float64(x * perLn2))
	r := (x - float64(k*ln2High)) - float64(k*ln2Low)
	sum := 1.0
	for n := 15.0; n >= 1; n-- {
		sum = 1 + float64(sum*r)/n
	}
	return math.Ldexp(sum, int(k))
}

// round12 rounds to the 12 decimals that the tables keep.
func round12(x float64) float64 {
	return math.Round(float64(x*1e12)) / 1e12
}

// round6 is the same for six.
func round6(x float64) float64 {
	return math.Round(float64(x*1e6)) / 1e6
}
