package press

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
	"github.com/overheard-news/overheard/crawlers/press/wording"
)

// outlet is one title of the press.
type outlet struct {
	slug, name, publisher, country, language string
	town                                     string // where its readers live
	tier                                     int
	zone                                     *time.Location
	volume                                   float64 // of the mean number of articles
	layout                                   int     // of its pages
	address                                  int     // style of its article addresses
	tricks                                   trick
	crawlDelay                               time.Duration
	charset                                  string
	declared                                 declaration
	compresses                               bool
	channels                                 []channel // that there are
	hiding                                   hiding    // where they are named, if not in the registry
	feedGap, sitemapGap                      float64   // shares of the articles that each leaves out
}

// story is one text: what happened, to whom, in which language.
type story struct {
	seed     uint64
	day      int32
	language string
	kind     string // event or topic
	company  int16  // -1: none
	rival    int16  // -1: none
	wire     string // the agency that is credited; empty: an outlet's own
	passing  bool   // the company is named in one sentence of a text about something else
	trap     bool   // a sentence only looks as if it named one
}

// article is one address.
type article struct {
	story     int32
	outlet    int16
	number    int16 // within its outlet and night
	day       int32
	published int64 // seconds since 1970
	flags     flag
}

type flag uint32

const (
	flagReprint   flag = 1 << iota // not the first to carry the story
	flagLocalLead                  // begins with a paragraph of its own
	flagCut                        // the tail is missing
	flagHeadline                   // has a headline of its own
	flagStub
	flagEdited
	flagDeleted
	flagForbidden // in a folder that robots.txt forbids
	flagBroken
	flagLive  // a live blog
	flagVideo // a film with a few lines beside it
)

// language is one the press is written in, with its part of a hundred outlets.
type language struct {
	code string
	part float64
}

func languages() []language {
	return []language{{"en", 28}, {"es", 12}, {"fr", 8}, {"de", 8}, {"pt", 6}, {"ar", 6}, {"ru", 5}, {"it", 4},
		{"ja", 4}, {"tr", 4}, {"id", 4}, {"pl", 3}, {"nl", 3}, {"ko", 3}, {"zh", 2}}
}

// spoken are the languages there is a wording for.
func (p *Press) spoken() []language {
	return slices.DeleteFunc(languages(), func(l language) bool { return p.wordings[l.code] == nil })
}

// languageOf deals the languages out by largest remainder, so that a small
// press has most of them too.
func languageOf(spoken []language, n int) []string {
	given := map[string]float64{}
	out := make([]string, 0, n)
	total := 0.0
	for _, l := range spoken {
		total += l.part
	}
	for i := range n {
		best, lack := "", math.Inf(-1)
		for _, l := range spoken {
			if d := l.part/total*float64(i+1) - given[l.code]; d > lack {
				best, lack = l.code, d
			}
		}
		given[best]++
		out = append(out, best)
	}
	return out
}

func (p *Press) planOutlets() {
	taken := map[string]int{}
	groups := map[string][2]int{} // language → publisher number, titles it still lacks
	for i, language := range languageOf(p.spoken(), p.cfg.Outlets) {
		w := p.wordings[language]
		d := dice.Roll(p.seed, "outlet", uint64(i))
		c := w.Countries[d.Below(len(w.Countries))]
		town := c.Cities[d.Below(len(c.Cities))]
		pattern := d.Below(w.Count("name"))
		o := outlet{country: c.Code, language: language, zone: c.Zone, town: town.Name,
			layout: d.Below(layouts), address: d.Below(addresses), charset: "utf-8", declared: declaration(d.Below(2)), compresses: d.Chance(0.25)}
		o.name = w.Nth("name", pattern, &d, &wording.Slots{Place: town.Name})
		o.slug = fmt.Sprintf("%s-%s", town.Slug, []string{"lantern", "compass", "morning", "signal", "ledger", "wire", "business", "beacon"}[pattern%8])
		if taken[o.slug]++; taken[o.slug] > 1 {
			o.name = fmt.Sprintf("%s %d", o.name, taken[o.slug])
			o.slug = fmt.Sprintf("%s-%d", o.slug, taken[o.slug])
		}
		o.tier = []int{1, 1, 2, 2, 2, 3, 3}[d.Below(7)]
		o.volume = map[int]float64{1: 1.6, 2: 1.0, 3: 0.55}[o.tier]
		g := groups[language]
		if g[1] == 0 { // a new owner: half of them have one title, some have many
			g = [2]int{g[0] + 1, 1}
			if d.Chance(0.5) {
				g[1] = min(12, d.Heavy(2))
			}
		}
		g[1]--
		groups[language] = g
		o.publisher = fmt.Sprintf("%s-group-%d", language, g[0])
		p.bySlug[o.slug] = i
		p.outlets = append(p.outlets, o)
	}
}
