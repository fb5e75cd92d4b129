package press

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// outlet is one title of the press.
type outlet struct {
	slug, name, publisher, country, language string
	town                                     string // where its readers live
	tier                                     int
	offset                                   int     // minutes east of UTC
	volume                                   float64 // of the mean number of articles
	layout                                   int     // of its pages
	address                                  int     // style of its article addresses
	tricks                                   trick
	crawlDelay                               time.Duration
	charset                                  string
	declared                                 declaration
	compresses                               bool
	channels                                 []channel
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

type flag uint16

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
		d := roll(p.seed, "outlet", uint64(i))
		c := w.countries[d.below(len(w.countries))]
		town := c.cities[d.below(len(c.cities))]
		pattern := d.below(len(w.sections["name"]))
		o := outlet{country: c.code, language: language, offset: c.offset, town: town.name,
			layout: d.below(layouts), address: d.below(addresses), charset: "utf-8", declared: declaration(d.below(2)), compresses: d.chance(0.25)}
		o.name = w.put(w.sections["name"][pattern], &d, &slots{place: town.name})
		o.slug = fmt.Sprintf("%s-%s", town.slug, []string{"lantern", "compass", "morning", "signal", "ledger", "wire", "business", "beacon"}[pattern%8])
		if taken[o.slug]++; taken[o.slug] > 1 {
			o.name = fmt.Sprintf("%s %d", o.name, taken[o.slug])
			o.slug = fmt.Sprintf("%s-%d", o.slug, taken[o.slug])
		}
		o.tier = []int{1, 1, 2, 2, 2, 3, 3}[d.below(7)]
		o.volume = map[int]float64{1: 1.6, 2: 1.0, 3: 0.55}[o.tier]
		g := groups[language]
		if g[1] == 0 { // a new owner: half of them have one title, some have many
			g = [2]int{g[0] + 1, 1}
			if d.chance(0.5) {
				g[1] = min(12, d.heavy(2))
			}
		}
		g[1]--
		groups[language] = g
		o.publisher = fmt.Sprintf("%s-group-%d", language, g[0])
		p.bySlug[o.slug] = i
		p.outlets = append(p.outlets, o)
	}
}

func (p *Press) planNights() {
	perNight := make([][][]article, p.cfg.Nights)
	for k := range perNight {
		perNight[k] = p.planNight(p.firstDay + k)
	}
	p.starts = make([][]int, len(p.outlets))
	for i := range p.outlets {
		for k := range perNight {
			p.starts[i] = append(p.starts[i], len(p.articles))
			p.articles = append(p.articles, perNight[k][i]...)
			perNight[k][i] = nil
		}
		p.starts[i] = append(p.starts[i], len(p.articles))
	}
}

// planNight draws a night by itself, so that it is the same night in a press
// that goes on for longer. Wires come first, the rest of an outlet's pages it
// fills itself or with what its sisters wrote.
func (p *Press) planNight(day int) [][]article {
	d := roll(p.seed, "night", uint64(day))
	out := make([][]article, len(p.outlets))
	want := make([]int, len(p.outlets))
	byLanguage := map[string][]int{}
	sisters := map[string][]int{}
	weekday := nightOf(day).Weekday()
	for i, o := range p.outlets {
		n := p.cfg.ArticlesPerOutletNight * o.volume * (0.8 + 0.4*d.unit())
		if weekday == time.Saturday || weekday == time.Sunday {
			n *= 0.75
		}
		want[i] = max(1, int(n+0.5))
		byLanguage[o.language] = append(byLanguage[o.language], i)
		sisters[o.publisher] = append(sisters[o.publisher], i)
	}
	pick := p.popularity(day)
	for _, l := range p.spoken() {
		p.planWires(&d, day, pick, byLanguage[l.code], want, out)
	}
	for i := range p.outlets {
		for len(out[i]) < want[i] {
			s := p.newStory(&d, day, p.outlets[i].language, pick, 0.2)
			at := p.carry(&d, out, i, s, 0)
			if !d.chance(p.cfg.Tricks.Reprints / 2) {
				continue
			}
			for _, sister := range sisters[p.outlets[i].publisher] {
				if sister != i && len(out[sister]) < want[sister] && d.chance(0.6) {
					p.carry(&d, out, sister, s, at)
				}
			}
		}
	}
	for i := range out {
		slices.SortStableFunc(out[i], func(a, b article) int { return cmp.Compare(a.published, b.published) })
		for k := range out[i] {
			out[i][k].number = int16(k)
			p.dealPages(&out[i][k])
		}
	}
	return out
}

// planWires lets agencies fill their share of one language's pages.
func (p *Press) planWires(d *dice, day int, pick popularity, members, want []int, out [][]article) {
	quota := 0
	for _, i := range members {
		quota += want[i]
	}
	quota = int(float64(quota) * p.cfg.Tricks.Reprints * 0.75)
	if len(members) < 2 {
		return
	}
	w := p.wordings[p.outlets[members[0]].language]
	for quota > 1 {
		reach := min(d.heavy(2), quota, len(members)*2/3+1)
		s := p.newStory(d, day, w.language, pick, 0.4)
		p.stories[s].wire = w.say("wire", d, &slots{})
		first := int64(0)
		for _, k := range d.order(len(members))[:min(reach, len(members))] {
			i := members[k]
			if quota--; len(out[i])*2 > want[i] {
				continue
			}
			at := p.carry(d, out, i, s, first)
			if first == 0 {
				first = at
			}
		}
	}
}

// carry lets an outlet publish a story; after is when somebody else had it, 0
// for nobody.
func (p *Press) carry(d *dice, out [][]article, i int, s int32, after int64) int64 {
	day := int64(p.stories[s].day)
	a := article{story: s, outlet: int16(i), day: int32(day), published: day*86400 + int64(d.between(20, 1380))*60 + int64(d.below(60))}
	if after > 0 {
		a.published = min(after+int64(d.between(3, 300))*60, day*86400+86000)
		a.flags |= flagReprint
		if d.chance(0.3) {
			a.flags |= flagLocalLead
		}
		if d.chance(0.3) {
			a.flags |= flagCut
		}
		if d.chance(0.35) {
			a.flags |= flagHeadline
		}
	}
	out[i] = append(out[i], a)
	return a.published
}

// newStory invents what happened. share is how often a company is its subject.
func (p *Press) newStory(d *dice, day int, language string, pick popularity, share float64) int32 {
	w := p.wordings[language]
	s := story{seed: d.next(), day: int32(day), language: language, company: -1, rival: -1}
	isBusiness := d.chance(share)
	isPassing, hasRival, isTrap := d.chance(0.05), d.chance(0.35), d.chance(p.cfg.Tricks.Ambiguity)
	company, rival := pick.draw(d, language), pick.draw(d, language)
	switch {
	case isBusiness && company >= 0:
		s.company = company
		if hasRival && rival != company {
			s.rival = rival
		}
		kinds := p.kindsFor(w, company)
		s.kind = kinds[d.below(len(kinds))]
	default:
		s.kind = w.topics[d.below(len(w.topics))]
		if isPassing && company >= 0 {
			s.company, s.passing = company, true
		} else {
			s.trap = isTrap && len(w.sections["trap"]) > 0
		}
	}
	p.stories = append(p.stories, s)
	return int32(len(p.stories) - 1)
}

// kindsFor leaves out what does not happen to a bank.
func (p *Press) kindsFor(w *wording, company int16) []string {
	if goodsOf(p.cfg.Companies[company].Sector) != "goods.money" {
		return w.kinds
	}
	return slices.DeleteFunc(slices.Clone(w.kinds), func(kind string) bool {
		return kind == "plant" || kind == "recall" || kind == "patent" || kind == "sanctions" || kind == "launch"
	})
}

// dealPages decides what befalls one address.
func (p *Press) dealPages(a *article) {
	t, o := p.cfg.Tricks, &p.outlets[a.outlet]
	d := roll(p.seed, "page", uint64(a.outlet), uint64(a.day), uint64(a.number))
	if o.tricks&trickStubs != 0 && a.flags&flagReprint == 0 && p.stories[a.story].wire == "" && d.chance(0.4) {
		a.flags |= flagStub
	}
	if o.tricks&trickRobotsFolder != 0 && d.chance(0.15) {
		a.flags |= flagForbidden
	}
	switch r := d.unit(); {
	case r < t.Deletions:
		a.flags |= flagDeleted
	case r < t.Deletions+t.BrokenPages:
		a.flags |= flagBroken
	case r < t.Deletions+t.BrokenPages+t.Edits:
		a.flags |= flagEdited
	}
}

// popularity draws companies as often as the press of a night is inclined to
// write about them: Zipf's law, slow waves that differ by company, and a taste
// of each language.
type popularity map[string][]float64 // cumulative by company

func (p *Press) popularity(day int) popularity {
	rank := p.fame()
	out := popularity{}
	for _, l := range p.spoken() {
		sum := 0.0
		for i := range p.cfg.Companies {
			c := roll(p.seed, "waves", uint64(i))
			slow := math.Sin(2 * math.Pi * (float64(day)/(15+30*c.unit()) + c.unit()))
			fast := math.Sin(2 * math.Pi * (float64(day)/(3+6*c.unit()) + c.unit()))
			taste := roll(p.seed, "taste "+l.code, uint64(i))
			if len(p.names[l.code][i]) > 0 {
				sum += math.Exp(0.5*slow+0.4*fast+0.8*(taste.unit()-0.5)) / math.Pow(float64(rank[i])+2, 1.05)
			}
			out[l.code] = append(out[l.code], sum)
		}
	}
	return out
}

// fame ranks the companies: those with names in many languages are the known
// ones, chance decides between equals.
func (p *Press) fame() []int {
	d := roll(p.seed, "fame")
	known := make([]float64, len(p.cfg.Companies))
	order := make([]int, len(known))
	for i, c := range p.cfg.Companies {
		for _, names := range c.Names {
			known[i] += float64(len(names))
		}
		known[i] *= 0.5 + d.unit()
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(known[b], known[a]) })
	rank := make([]int, len(order))
	for place, i := range order {
		rank[i] = place
	}
	return rank
}

// draw returns an index into the companies, or -1 if the language names none.
func (c popularity) draw(d *dice, language string) int16 {
	sums := c[language]
	at := 1 - d.unit() // above 0: never a first company without a name
	if len(sums) == 0 || sums[len(sums)-1] == 0 {
		return -1
	}
	i, _ := slices.BinarySearch(sums, at*sums[len(sums)-1])
	return int16(i)
}
