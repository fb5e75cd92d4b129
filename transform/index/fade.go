package index

// fades are what is left of what was said, by outlet and age: of sums of the outlet,
// and of sums of its country.
type fades struct {
	halfLife float64
	own      [][]float64
	country  [][]float64
}

// prepare fills them in for a half-life, unless they are there.
func (f *fades) prepare(in *Input, halfLife float64) {
	if f.halfLife == halfLife && f.own != nil {
		return
	}
	f.halfLife = halfLife
	f.own, f.country = make([][]float64, len(in.Outlets)), make([][]float64, len(in.Outlets))
	plain := make([]float64, in.Constants.WindowNights)
	for age := range plain {
		plain[age] = fading(halfLife, float64(age))
	}
	known := map[*float64][]float64{} // outlets of a country share one list
	of := func(nights []float64) []float64 {
		if len(nights) == 0 {
			return plain
		}
		list, isKnown := known[&nights[0]]
		if !isKnown {
			list = make([]float64, len(nights))
			for age, n := range nights {
				list[age] = plain[age]
				if n != float64(age) {
					list[age] = fading(halfLife, n)
				}
			}
			known[&nights[0]] = list
		}
		return list
	}
	for o := range in.Outlets {
		f.own[o], f.country[o] = of(in.Outlets[o].Fading), of(in.Outlets[o].CountryFading)
	}
}

// fading is what is left of a sum after some nights.
func fading(halfLife, nights float64) float64 {
	return exp(-float64(nights*ln(2)) / halfLife)
}
