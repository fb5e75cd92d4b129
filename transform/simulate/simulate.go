// Package simulate is a world press without texts whose truth is known, to hold the
// index against: outlets of many countries, owners and tiers, companies of which is
// true how much, where and how well they are spoken of, and nights of news drawn
// from that. transform/build writes it where a crawl would store it, so that the real
// build runs over it; what the index would be if chance had no part in it is known.
//
//	p := simulate.New(simulate.Config{Seed: 1, Outlets: 1000, ...})
//	news := p.Draw(7)                         // all nights; the number is the draw's own
//	sums := p.Sum(news, method)               // what they come to on the last night
//	truth := p.Expect(100, method)            // the mean sums of 100 draws
//
// The files, from what is true to what is seen:
//
//	countries.go  where outlets are, and what they speak
//	outlets.go    outlets, their owners, tiers, sizes and weekdays
//	companies.go  companies, and what is true of each
//	news.go       Draw: stories, who carries them, which nights outlets were down
//	judge.go      what a reader makes of a text: tone, dimensions, certainty
//	sums.go       Sums: what news come to by the method, written anew from METHOD.md
//
// The same configuration and draw give the same news on every machine. Stories are
// drawn independently of each other: the press knows no events that make twenty
// outlets write twenty stories of one thing on one day.
package simulate

import (
	"math/rand/v2"
	"time"
)

// Config says how large the press is.
type Config struct {
	Seed        uint64
	Outlets     int
	Countries   int // at most 60
	Companies   int // ranked ones
	Comparators int // foreign companies, scored and not ranked
	Nights      int
	LastNight   time.Time
	Articles    float64 // mean articles of an outlet and night, those that name companies left out
	Mentions    float64 // mean articles of a night that name a company, per company
	OutageShare float64 // share of outlet-nights that are lost to outages
}

// Press is what is true. It does not change.
type Press struct {
	Config
	Outlets   []Outlet
	Companies []Company // ranked ones first, in the order of their identifiers
	Platforms []string
}

// New draws a press.
func New(cfg Config) *Press {
	p := &Press{Config: cfg, Platforms: []string{"agora", "plaza"}}
	p.drawOutlets(p.dice("outlets", 0))
	p.drawCompanies(p.dice("companies", 0))
	return p
}

// Night is the date of a night, counted from 0.
func (p *Press) Night(i int) time.Time {
	return p.LastNight.AddDate(0, 0, i-p.Nights+1)
}

// dice are those of one subject, apart from those of all others.
func (p *Press) dice(subject string, number uint64) *rand.Rand {
	return rand.New(rand.NewPCG(p.Seed, hashOf(subject)^number*0x9E3779B97F4A7C15))
}
