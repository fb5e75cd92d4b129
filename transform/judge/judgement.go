package judge

import "github.com/overheard-news/overheard/transform/match"

// Mention is a company named in an article, and what is said of it.
type Mention struct {
	match.Mention
	Judgement
}

// Judgement is what is said of a company in an article.
type Judgement struct {
	Tone       *Tone       // nil: the model abstains
	Dimensions []Dimension // nil: there are no rules for the language; empty: none is spoken of
}

// Tone is how sure the model is of either; what is left of 1 is neutral.
type Tone struct{ Negative, Positive float64 }

// Dimension is one the company is spoken of in.
type Dimension struct {
	Name        string
	Probability float64
	Evidence    string // the words that show it
}
