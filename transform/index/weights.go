package index

// Weights are what an evaluation changes. Nil, or the zero value, changes
// nothing: the numbers are those that are published.
type Weights struct {
	// Outlets and Stories multiply what each counts, by their index in Input:
	// 0 leaves it out, 2 counts it twice. An outlet's weight in the panel, its
	// articles and what it says are multiplied; the weights of the panel are
	// scaled to sum to 1 again. Nil leaves all as they are. What is older than the
	// window is not known by story; what is older and known for the whole panel
	// alone is not known by outlet either: it stays as it is.
	Outlets []float64
	Stories []float64

	// Indicators multiply the weights of indicators, by Indicator; those of a
	// pillar are scaled to sum to 1 again. Pillars do the same. Nil changes nothing.
	Indicators []float64
	Pillars    []float64

	HalfLifeNights      float64 // of all sums; 0: as declared
	CopyCreditLogFactor float64 // 0: as declared
	Scale               Scale
	Mean                Mean
}

// Scale is how transformed values are made comparable.
type Scale int

// The scales. Z-scores and percentiles are over the ranked companies of the
// night, so with them a score moves when another company does; that is why the
// index has goalposts, and these are only variants of the method.
const (
	Goalposts   Scale = iota // 0 at the lower, 100 at the upper
	ZScores                  // 50 at the mean, 20 a standard deviation, 0 to 120
	Percentiles              // share of the others that are below, in percent
)

// Mean is how pillars become a score.
type Mean int

// The means.
const (
	Geometric  Mean = iota // the published one
	Arithmetic             // what is lacking in one pillar, another can buy back
	Copeland               // pairs won less pairs lost, each by the weight of pillars that are better
)
