package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// News is what happened, night by night.
type News struct {
	Nights []Night
}

// Night is one night of all outlets.
type Night struct {
	Date      time.Time
	Articles  []Article    // that name companies
	Others    []int        // by outlet: articles that name none
	Down      []bool       // by outlet: nothing could be read
	Reactions [][][3]int64 // by company and platform: likes, shares, comments
	Platforms []bool       // that could be read
}

// Article is an article that names companies.
type Article struct {
	Outlet      int
	Story       string // what it tells, and in which language: texts of a story are equal
	URL         string
	PublishedAt time.Time
	Mentions    []Mention
}

// Mention is a company named in an article, as a reader judged it.
type Mention struct {
	Company     int
	Position    string  // headline, lead, body, passing
	Probability float64 // that the name means the company
	HasTone     bool
	Negative    float64 // probabilities
	Positive    float64
	Labels      []Label
}

// Label is a dimension a mention speaks of.
type Label struct {
	Dimension   int
	Probability float64
}

// positions, weightiest first.
var positions = []string{"headline", "lead", "body", "passing"}

// Shares of what becomes of a story besides being told once.
const (
	familyShare  = 0.3  // of an owner's other titles that reprint it
	secondShare  = 0.15 // of stories that name a second company
	delayedShare = 0.15 // of reprints that come a night later, or two
	wireMedian   = 5.0  // outlets that carry a wire
	wireSpread   = 0.7  // deviation of its logarithm
)

// Draw draws all nights of news.
func (p *Press) Draw(number uint64) *News {
	r := p.dice("news", number+1)
	d := drawing{
		p: p, r: r, news: &News{Nights: make([]Night, p.Nights)},
		family: map[string][]int{}, takers: make([][]float64, len(p.Companies)),
	}
	for i := range p.Outlets {
		d.family[p.Outlets[i].Publisher] = append(d.family[p.Outlets[i].Publisher], i)
	}
	d.outages()
	for i := range d.news.Nights {
		d.night(i)
	}
	for i := range d.news.Nights {
		d.dropUnread(&d.news.Nights[i])
	}
	return d.news
}

// drawing is a draw under way.
type drawing struct {
	p      *Press
	r      *rand.Rand
	news   *News
	family map[string][]int // titles by owner
	takers [][]float64      // by company: cumulated readiness of outlets to carry a wire on it
	count  int              // stories so far
}

// outages begin at any outlet and last some nights.
func (d *drawing) outages() {
	const meanNights = 2.5
	for i := range d.news.Nights {
		d.news.Nights[i].Down = make([]bool, len(d.p.Outlets))
	}
	for o := range d.p.Outlets {
		for i := 0; i < d.p.Nights; i++ {
			if d.r.Float64() >= d.p.OutageShare/meanNights {
				continue
			}
			for range 1 + poisson(d.r, meanNights-1) {
				if i < d.p.Nights {
					d.news.Nights[i].Down[o] = true
				}
				i++
			}
		}
	}
}

func (d *drawing) night(i int) {
	n := &d.news.Nights[i]
	n.Date = d.p.Night(i)
	day := n.Date.Weekday()
	n.Others = make([]int, len(d.p.Outlets))
	for o := range d.p.Outlets {
		n.Others[o] = poisson(d.r, d.p.Outlets[o].Volume*d.p.Outlets[o].Weekdays[day])
	}
	pace := 1.1
	if day == time.Sunday || day == time.Saturday {
		pace = 0.75
	}
	for c := range d.p.Companies {
		for range poisson(d.r, d.p.Companies[c].Rate*pace) {
			d.story(i, c)
		}
	}
	n.Platforms = make([]bool, len(d.p.Platforms))
	for k := range n.Platforms {
		n.Platforms[k] = d.r.Float64() >= d.p.OutageShare
	}
	for c := range d.p.Companies {
		of := make([][3]int64, len(d.p.Platforms))
		for k, means := range d.p.Companies[c].Reactions {
			luck := spread(d.r, 0.3)
			for m, mean := range means {
				of[k][m] = int64(poisson(d.r, mean*luck))
			}
		}
		n.Reactions = append(n.Reactions, of)
	}
}

// story draws one story about a company: where it is told first, and who carries it.
func (d *drawing) story(night, c int) {
	company := &d.p.Companies[c]
	origin := pick(d.r, company.origins)
	d.count++
	s := telling{
		name: fmt.Sprintf("%s n%d s%d", company.ID, night, d.count), company: c, second: -1,
		position: d.position(company.Headline), tone: d.r.Float64(), night: night,
		at: time.Duration(d.r.Float64() * float64(10*time.Hour)),
	}
	for k, chance := range company.Mix {
		s.isAbout[k] = d.r.Float64() < chance
	}
	if d.r.Float64() < secondShare {
		if second := d.r.IntN(len(d.p.Companies)); second != c {
			s.second = second
		}
	}
	carriers := []int{origin}
	if d.r.Float64() < company.Wires {
		carriers = d.carry(carriers, c)
	}
	for _, sister := range d.family[d.p.Outlets[origin].Publisher] {
		if sister != origin && d.r.Float64() < familyShare && !slices.Contains(carriers, sister) {
			carriers = append(carriers, sister)
		}
	}
	for i, outlet := range carriers {
		d.tell(&s, outlet, i > 0)
	}
}

// telling is a story while it is being told.
type telling struct {
	name     string
	company  int
	second   int // another company it names; -1: none
	position int
	tone     float64 // where it stands among all stories on the company, 0 worst
	night    int
	at       time.Duration // after midnight, first told
	isAbout  [DimensionCount]bool
}

// carry adds the outlets that print a wire.
func (d *drawing) carry(carriers []int, c int) []int {
	if d.takers[c] == nil {
		var total float64
		for o := range d.p.Outlets {
			outlet := &d.p.Outlets[o]
			total += outlet.WireTaste * math.Sqrt(outlet.Volume*d.p.Companies[c].Fame[outlet.country])
			d.takers[c] = append(d.takers[c], total)
		}
	}
	count := int(math.Round(wireMedian * math.Exp(wireSpread*d.r.NormFloat64())))
	for range min(count, len(d.p.Outlets)/3) {
		if o := pick(d.r, d.takers[c]); !slices.Contains(carriers, o) {
			carriers = append(carriers, o)
		}
	}
	return carriers
}

// tell prints the story in an outlet; copies come later, some a night or two.
func (d *drawing) tell(s *telling, outlet int, isCopy bool) {
	night, at := s.night, s.at
	if isCopy {
		at += time.Duration((0.2 + d.r.Float64()) * float64(8*time.Hour))
		for range 2 {
			if d.r.Float64() < delayedShare {
				night++
			}
		}
	}
	if night >= len(d.news.Nights) {
		return
	}
	o := &d.p.Outlets[outlet]
	date := d.p.Night(night)
	a := Article{
		Outlet: outlet, Story: s.name + " " + o.Language,
		URL:         fmt.Sprintf("https://%s.example/%s", o.ID, strings.ReplaceAll(s.name, " ", "-")),
		PublishedAt: date.Add(at),
	}
	a.Mentions = append(a.Mentions, d.judge(s, s.company, outlet, s.position))
	if s.second >= 0 {
		a.Mentions = append(a.Mentions, d.judge(s, s.second, outlet, 2+d.r.IntN(2)))
	}
	d.news.Nights[night].Articles = append(d.news.Nights[night].Articles, a)
}

// dropUnread leaves out what outlets printed that could not be read.
func (d *drawing) dropUnread(n *Night) {
	for o, isDown := range n.Down {
		if isDown {
			n.Others[o] = 0
		}
	}
	n.Articles = slices.DeleteFunc(n.Articles, func(a Article) bool { return n.Down[a.Outlet] })
}
