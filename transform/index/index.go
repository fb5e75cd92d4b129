// Package index computes the nightly index in memory, so that it can be computed
// a thousand times a night: with other outlets and stories, with other methods,
// with one story left out. The index itself is made by SQL (sql/METHOD.md has
// every formula); here the same formulas stand once more, in Go, without a
// database. With nothing changed the numbers are those of the SQL.
//
//	in := ...                                          // transform/build loads it from the tables
//	published := index.Evaluate(in, nil)               // as the SQL has it
//	without := index.Evaluate(in, &index.Weights{Outlets: multipliers})
//	intervals, err := index.Resample(ctx, in, 500, workers)
//	varied, err := index.Vary(ctx, in, workers)
//
// The files, in the order of the calculation:
//
//	index.go       Input: one night, as dense arrays
//	weights.go     Weights: what an evaluation changes
//	evaluate.go    from the input to scores and ranks
//	fade.go        how far sums fade
//	sums.go        mentions of the window to sums of outlets and companies
//	spread.go      the pillar Spread
//	influence.go   the pillar Influence
//	reputation.go  the pillar Reputation
//	score.go       indicators to pillars, score and rank
//	dimension.go   the five dimensions and the comprehensive score E
//	older.go       what the sums of the tables hold from before the window
//	flatten.go    the same night without its mentions
//	logarithm.go   ln and exp that are the same on every machine
//	sample.go      Poisson weights from a hash
//	resample.go    intervals by a bootstrap over outlets and stories
//	vary.go        intervals by other methods, and what a rank hangs on
//
// Sums older than the window cannot be taken apart any more: an input carries
// them as they are, "older", and everything else comes from the mentions of the
// window. Sums are float64 in the order of the input, products are rounded before
// they are added (float64(a*b) + c), and ln and exp are our own: so the last bit
// is the same on every machine and with any number of workers.
package index

// Indicator is one of the numbers a pillar is made of.
type Indicator int

// The indicators, in the order of sql/METHOD.md.
const (
	Attention Indicator = iota
	AttentionTier1
	OutletBreadth
	EffectiveCountries
	EffectiveLanguages
	Likes
	Shares
	Comments
	Pickups
	HeadlineProminence
	NetTone
	NoStrongNegative
	PositiveCountries

	IndicatorCount = int(PositiveCountries) + 1
)

// Pillar is one of the three the index is made of.
type Pillar int

// The pillars.
const (
	Spread Pillar = iota
	Influence
	Reputation

	PillarCount = int(Reputation) + 1
)

// DimensionCount is how many dimensions a mention can be labelled with.
const DimensionCount = 5

var (
	indicatorNames = [IndicatorCount]string{
		"attention", "attention_tier_1", "outlet_breadth", "effective_countries", "effective_languages",
		"likes", "shares", "comments", "pickups", "headline_prominence",
		"net_tone", "no_strong_negative", "positive_countries",
	}
	pillarNames    = [PillarCount]string{"spread", "influence", "reputation"}
	dimensionNames = [DimensionCount]string{
		"global_layout", "global_competitiveness", "corporate_culture", "social_responsibility", "global_governance",
	}
)

// DimensionNames are the names the tables have.
func DimensionNames() [DimensionCount]string { return dimensionNames }

// String is the name the tables have.
func (i Indicator) String() string { return indicatorNames[i] }

// Pillar is the one the indicator belongs to.
func (i Indicator) Pillar() Pillar {
	switch {
	case i <= EffectiveLanguages:
		return Spread
	case i <= HeadlineProminence:
		return Influence
	default:
		return Reputation
	}
}

// String is the name the tables have.
func (p Pillar) String() string { return pillarNames[p] }

// Input is one night. Lists are sorted by their ids, so that it is the same
// whatever the order of the rows it was loaded from; numbers that point into a
// list are indexes.
type Input struct {
	Night        string // 2026-11-20
	Constants    Constants
	Indicators   [IndicatorCount]Declared
	Pillars      [PillarCount]Linked
	Countries    []string  // of outlets, and of tones
	CountryTones []float64 // net tone that is usual in the press of each
	Languages    []string  // of outlets
	Tongues      []Tongue  // languages of articles
	Outlets      []Outlet
	Stories      []Story
	Companies    []Company
	Cells        []Cell          // by company, outlet
	Mentions     []Mention       // by cell, age, story
	Tones        []ToneCell      // by company, country, language
	Dimensions   []DimensionCell // by company, outlet, dimension
	Labels       []Label         // by dimension cell, age, story
}

// Constants are those of sql/METHOD.md that the formulas use.
type Constants struct {
	WindowNights                 int     // how far back mentions are resampled
	HalfLifeNights               float64 // of all sums
	CopyCreditLogFactor          float64
	OutletPriorArticles          float64
	GlobalPriorArticles          float64
	BreadthHalfShare             float64
	PresenceFullShare            float64
	PickupPriorStories           float64
	PickupPrior                  float64
	ProminencePriorWeight        float64
	ProminencePrior              float64
	TonePriorMentions            float64
	ReputationPriorMentions      float64
	StrongNegativePriorReach     float64
	StronglyNegativeProbability  float64
	PositiveCountriesPriorWeight float64
	PositiveCountriesPrior       float64
	GoalpostCap                  float64 // in lengths between goalposts
	PillarFloor                  float64
	DimensionHalfLifeNights      float64
	DimensionLow, DimensionHigh  float64 // goalposts of ln attention in a dimension
	MarkPlaces                   int     // a rank that moves by more hangs on one indicator or outlet
}

// Declared is what an indicator weighs and what it is held against.
type Declared struct {
	Weight    float64 // in its pillar
	Transform Transform
	Low, High float64 // goalposts of the transformed value
}

// Transform is what is done to a raw value before it is held against goalposts.
type Transform int

// The transforms.
const (
	Plain Transform = iota
	Log
	LogOnePlus
	Logit
)

// Linked is a pillar's weight in the score and its link factor k.
type Linked struct {
	Weight     float64
	LinkFactor float64
}

// Outlet is an outlet of the panel of tonight, or one that was in the panel of an
// earlier night of the window: what it said then still counts in sums that are of
// the company alone.
type Outlet struct {
	ID             string
	IsInPanel      bool
	IsUp           bool // tonight
	IsTier1        bool
	Country        int32
	Language       int32
	Weight         float64   // of all outlets 1; 0 outside the panel
	ArticleSum     float64   // N
	LongArticleSum float64   // N with the half-life of the dimensions
	WindowArticles []float64 // articles by age in nights; what N has beyond them is older
	// Fading are the nights by which its sums have faded since, by age, and
	// CountryFading those of sums by country: fewer than the age where it, or others
	// of its country, were down. Without them every night counts.
	Fading, CountryFading []float64
}

// Story is the unit of independence. Its hash is of a text that stays the same
// when the night is loaded anew: weights of replicates hang on it, and the order.
type Story struct {
	ID   int64
	Hash uint64
}

// Company is a company with attention tonight. Its sums are of the whole panel.
type Company struct {
	ID             string
	IsRanked       bool    // no comparator
	Cells          Span    // of Input.Cells
	Tones          Span    // of Input.Tones
	Dimensions     Span    // of Input.Dimensions
	SectorTone     float64 // what is usual in its sector: net tone
	SectorStrong   float64 // and the share of strongly negative voices
	IsSufficient   bool    // enough toned voices were known the night before
	OlderWeight    float64
	OlderHeadlines float64
	OlderStories   float64
	OlderPickups   float64
	// Reactions are the raw values of likes, shares and comments; they hang on
	// platforms, not on outlets, and are never resampled.
	Reactions    [3]float64
	HasReactions [3]bool
}

// Span is a part of a list, [From, To).
type Span struct{ From, To int32 }

// Cell is what one outlet says about one company.
type Cell struct {
	Outlet         int32
	Mentions       Span    // of Input.Mentions
	OlderAttention float64 // the part of X from before the window
	OlderMentions  float64 // the part of M
}

// Mention is one voice of the window: an article that counts for a company.
type Mention struct {
	Story      int32
	Tone       int32 // of Input.Tones; -1 if its tone is not known
	Publishers int32 // that carry the story, as its copy credit was made
	Age        uint8 // nights back; 0 is tonight
	IsHeadline bool
	IsFirst    bool    // told its story first
	Weight     float64 // m: match probability, salience and copy credit
	Pickup     float64 // authority of the outlet if it picked the story up, else 0
	Reach      float64 // of the outlet
	Negative   float64 // probabilities of tone
	Positive   float64
}

// ToneCell is what is said of a company in a country and an article language by
// voices whose tone is known.
type ToneCell struct {
	Country int32
	Tongue  int32
	Older   Tone // the part from before the window
}

// Tone are sums over voices whose tone is known.
type Tone struct {
	Weight   float64 // m
	Count    float64 // voices
	Negative float64 // m times the probability
	Positive float64
	Reach    float64 // m times the reach of the outlet
	Strong   float64 // that of strongly negative voices
	Net      float64 // positive minus negative probability, each voice counting the same
}

// Tongue is a language of articles. Correction turns the shares of tones that the
// model judged into true ones: true tone, then judged tone, each negative, neutral,
// positive.
type Tongue struct {
	Code          string
	HasCorrection bool
	Correction    [3][3]float64
}

// DimensionCell is what one outlet says about one company in one dimension. State
// is what the tables have, with the half-life of the dimensions.
type DimensionCell struct {
	Outlet    int32
	Dimension uint8 // in the order of DimensionNames
	Labels    Span  // of Input.Labels
	Older     DimensionState
}

// DimensionState are the sums of a dimension cell.
type DimensionState struct {
	Attention float64 // X of the dimension
	Toned     float64 // mentions whose tone is known
	Net       float64 // of these, positive minus negative probability
}

// Label is a mention of the window that speaks of a dimension.
type Label struct {
	Story   int32
	Age     uint8
	IsToned bool
	Weight  float64 // m times the probability of the label
	Net     float64 // positive minus negative probability
}
