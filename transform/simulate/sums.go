package simulate

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/overheard-news/overheard/transform/index"
)

// Method are the constants of sql/METHOD.md that make sums of news.
type Method struct {
	HalfLifeNights              float64
	Salience                    map[string]float64 // by position
	CopyCreditLogFactor         float64
	StoryWindowNights           int
	Reach                       [3]float64 // by tier
	StronglyNegativeProbability float64
}

// Sums are what news come to on their last night: the numbers the indicators are
// computed from. Every outlet has an authority of 1.
type Sums struct {
	Cells     map[Cell]CellSums
	Companies []CompanySums
	Tones     map[ToneKey]index.Tone
	Articles  []float64      // N, by outlet
	Reactions [][][3]float64 // R, by company and platform
	Voices    []Voice        // of all nights, by time

	// Fading is by how many nights the sums of an outlet have faded since, by outlet
	// and age in nights, and CountryFading those of its country.
	Fading, CountryFading [][]float64

	said map[said]CompanySums
}

// said are the sums of a company in the press of a country.
type said struct {
	company int
	country string
}

// Voice is an article that counts for a company.
type Voice struct {
	Night, Company, Outlet int
	Story                  string
	Publishers             int     // that carried the story so far
	Weight                 float64 // m
	IsHeadline, IsFirst    bool
	HasTone                bool
	Negative, Positive     float64
}

// Cell is what an outlet says about a company.
type Cell struct{ Company, Outlet int }

// CellSums are X and M.
type CellSums struct{ Attention, Mentions float64 }

// CompanySums are u, h, Q and P.
type CompanySums struct{ Weight, Headlines, Stories, Pickups float64 }

// ToneKey is a company in the press of a country and language.
type ToneKey struct {
	Company           int
	Country, Language string
}

func (p *Press) newSums() *Sums {
	s := &Sums{
		Cells: map[Cell]CellSums{}, Companies: make([]CompanySums, len(p.Companies)),
		Tones: map[ToneKey]index.Tone{}, Articles: make([]float64, len(p.Outlets)), said: map[said]CompanySums{},
		Fading: make([][]float64, len(p.Outlets)), CountryFading: make([][]float64, len(p.Outlets)),
	}
	for range p.Companies {
		s.Reactions = append(s.Reactions, make([][3]float64, len(p.Platforms)))
	}
	return s
}

// Sum works through the nights as METHOD.md has it, in floating point. It shares
// nothing with the SQL, and holds only for news as Draw makes them: no outlet
// prints a story twice. The sums of outlets that are down do not fade.
func (p *Press) Sum(news *News, m Method) *Sums {
	s := p.newSums()
	memory := memory{}
	for i := range news.Nights {
		s.fade(p, m, news, i)
		s.addNight(p, m, i, &news.Nights[i], memory)
	}
	for key, sums := range s.said {
		of := &s.Companies[key.company]
		*of = CompanySums{of.Weight + sums.Weight, of.Headlines + sums.Headlines, of.Stories + sums.Stories, of.Pickups + sums.Pickups}
	}
	return s
}

// isLost tells whether nothing was had of an outlet on a night: what can be read in
// one of the two nights after still tells of it.
func (n *News) isLost(night, outlet int) bool {
	for _, later := range n.Nights[night:min(night+3, len(n.Nights))] {
		if !later.Down[outlet] {
			return false
		}
	}
	return true
}

// fade takes a night off all sums.
func (s *Sums) fade(p *Press, m Method, news *News, night int) {
	left := math.Exp2(-1 / m.HalfLifeNights)
	own := make([]float64, len(p.Outlets))
	type part struct{ left, all float64 }
	parts := map[string]part{}
	for o := range own {
		if own[o] = left; news.isLost(night, o) {
			own[o] = 1
		}
		part := parts[p.Outlets[o].Country]
		part.left += own[o] * s.Articles[o]
		part.all += s.Articles[o]
		parts[p.Outlets[o].Country] = part
	}
	ofCountry := func(code string) float64 {
		if part := parts[code]; part.all > 0 {
			return part.left / part.all
		}
		return left
	}
	for o := range own {
		s.Articles[o] *= own[o]
		if night == 0 {
			s.Fading[o], s.CountryFading[o] = []float64{0}, []float64{0}
			continue
		}
		s.Fading[o] = later(s.Fading[o], -m.HalfLifeNights*math.Log2(own[o]))
		s.CountryFading[o] = later(s.CountryFading[o], -m.HalfLifeNights*math.Log2(ofCountry(p.Outlets[o].Country)))
	}
	for key, cell := range s.Cells {
		left := own[key.Outlet]
		s.Cells[key] = CellSums{cell.Attention * left, cell.Mentions * left}
	}
	for key, t := range s.Tones {
		var faded index.Tone
		add(&faded, &t, ofCountry(key.Country))
		s.Tones[key] = faded
	}
	for key, of := range s.said {
		left := ofCountry(key.country)
		s.said[key] = CompanySums{of.Weight * left, of.Headlines * left, of.Stories * left, of.Pickups * left}
	}
	s.fadeReactions(left, news.Nights[night].Platforms)
}

// later is the fading by age, when so many nights more have passed.
func later(fading []float64, nights float64) []float64 {
	list := []float64{0}
	for _, n := range fading {
		list = append(list, n+nights)
	}
	return list
}

func (s *Sums) fadeReactions(left float64, platforms []bool) {
	for c := range s.Companies {
		for k, isRead := range platforms {
			if isRead {
				for i := range s.Reactions[c][k] {
					s.Reactions[c][k][i] *= left
				}
			}
		}
	}
}

func add(to, from *index.Tone, times float64) {
	to.Weight += times * from.Weight
	to.Count += times * from.Count
	to.Negative += times * from.Negative
	to.Positive += times * from.Positive
	to.Reach += times * from.Reach
	to.Strong += times * from.Strong
	to.Net += times * from.Net
}

// memory is what earlier nights told: by story, owner and company the last night.
type memory map[spoken]int

// spoken is an owner who told a story; Company is -1 for whoever carried it at all.
type spoken struct {
	story, publisher string
	company          int
}

// voice is the telling that counts for an owner, a story and a company.
type voice struct {
	*Article
	*Mention
	worth float64 // match probability times salience
}

func (s *Sums) addNight(p *Press, m Method, night int, n *Night, told memory) {
	isTold := func(key spoken) bool {
		last, has := told[key]
		return has && last >= night-m.StoryWindowNights
	}
	carriers := map[string]map[string]bool{} // owners by story
	for i := range n.Articles {
		a := &n.Articles[i]
		s.Articles[a.Outlet]++
		if carriers[a.Story] == nil {
			carriers[a.Story] = map[string]bool{}
		}
		carriers[a.Story][p.Outlets[a.Outlet].Publisher] = true
	}
	for o, count := range n.Others {
		s.Articles[o] += float64(count)
	}
	firstToldBefore := map[spoken]bool{} // stories of a company that anybody told before
	for key, last := range told {
		if carriers[key.story] == nil || last < night-m.StoryWindowNights {
			continue
		}
		if key.company < 0 {
			carriers[key.story][key.publisher] = true
		} else {
			firstToldBefore[spoken{key.story, "", key.company}] = true
		}
	}
	voices := p.voices(m, n, isTold)
	credit := func(count float64) float64 {
		return (1 + m.CopyCreditLogFactor*math.Log2(count)) / count
	}
	tonight := map[Cell]CellSums{}
	seen := firstToldBefore
	for _, v := range voices { // by time
		publishers := len(carriers[v.Story])
		weight := v.worth * credit(float64(publishers))
		cell := Cell{v.Company, v.Outlet}
		sum := tonight[cell]
		tonight[cell] = CellSums{sum.Attention + weight, sum.Mentions + 1}
		where := said{v.Company, p.Outlets[v.Outlet].Country}
		of := s.said[where]
		of.Weight += weight
		if v.Position == "headline" {
			of.Headlines += weight
		}
		key := spoken{v.Story, "", v.Company}
		if seen[key] {
			of.Pickups++
		} else {
			of.Stories++
		}
		s.said[where] = of
		s.Voices = append(s.Voices, Voice{
			Night: night, Company: v.Company, Outlet: v.Outlet, Story: v.Story, Publishers: publishers, Weight: weight,
			IsHeadline: v.Position == "headline", IsFirst: !seen[key],
			HasTone: v.HasTone, Negative: v.Negative, Positive: v.Positive,
		})
		seen[key] = true
		s.addTone(p, m, v, weight)
	}
	for cell, sum := range tonight {
		was := s.Cells[cell]
		s.Cells[cell] = CellSums{was.Attention + math.Log2(1+sum.Attention), was.Mentions + sum.Mentions}
	}
	for c := range s.Companies {
		for k, isRead := range n.Platforms {
			for i, count := range n.Reactions[c][k] {
				if isRead {
					s.Reactions[c][k][i] += float64(count)
				}
			}
		}
	}
	for i := range n.Articles {
		a := &n.Articles[i]
		publisher := p.Outlets[a.Outlet].Publisher
		told[spoken{a.Story, publisher, -1}] = night
		for _, mention := range a.Mentions {
			told[spoken{a.Story, publisher, mention.Company}] = night
		}
	}
}

func (s *Sums) addTone(p *Press, m Method, v voice, weight float64) {
	if !v.HasTone {
		return
	}
	o := &p.Outlets[v.Outlet]
	key := ToneKey{v.Company, o.Country, o.Language}
	t := s.Tones[key]
	reach := weight * m.Reach[o.Tier-1]
	one := index.Tone{
		Weight: weight, Count: 1, Negative: weight * v.Negative, Positive: weight * v.Positive,
		Reach: reach, Net: v.Positive - v.Negative,
	}
	if v.Negative >= m.StronglyNegativeProbability {
		one.Strong = reach
	}
	add(&t, &one, 1)
	s.Tones[key] = t
}

// voices are those of a night, in the order of their time, then of the outlets.
func (p *Press) voices(m Method, n *Night, isTold func(spoken) bool) []voice {
	best := map[spoken]voice{}
	for i := range n.Articles {
		a := &n.Articles[i]
		for j := range a.Mentions {
			v := voice{a, &a.Mentions[j], a.Mentions[j].Probability * m.Salience[a.Mentions[j].Position]}
			key := spoken{a.Story, p.Outlets[a.Outlet].Publisher, v.Company}
			if isTold(key) {
				continue
			}
			if was, has := best[key]; !has || p.isWeightier(v, was) {
				best[key] = v
			}
		}
	}
	list := make([]voice, 0, len(best))
	for _, v := range best {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b voice) int {
		return cmp.Or(a.PublishedAt.Compare(b.PublishedAt), strings.Compare(p.Outlets[a.Outlet].ID, p.Outlets[b.Outlet].ID),
			strings.Compare(a.Story, b.Story), cmp.Compare(a.Company, b.Company))
	})
	return list
}

func (p *Press) isWeightier(a, b voice) bool {
	of, or := &p.Outlets[a.Outlet], &p.Outlets[b.Outlet]
	return cmp.Or(
		cmp.Compare(b.worth, a.worth), cmp.Compare(of.Tier, or.Tier), strings.Compare(of.ID, or.ID),
	) < 0
}

// Expect are the sums that chance would come to on average: the mean of so many
// draws in which no outlet is down. An index computed from them is the true one.
func (p *Press) Expect(draws int, m Method) *Sums {
	calm := *p
	calm.OutageShare = 0
	mean := p.newSums()
	times := 1 / float64(draws)
	for i := range draws {
		s := calm.Sum(calm.Draw(uint64(1_000_000+i)), m)
		for key, cell := range s.Cells {
			was := mean.Cells[key]
			mean.Cells[key] = CellSums{was.Attention + times*cell.Attention, was.Mentions + times*cell.Mentions}
		}
		for key, t := range s.Tones {
			was := mean.Tones[key]
			add(&was, &t, times)
			mean.Tones[key] = was
		}
		for c, of := range s.Companies {
			was := &mean.Companies[c]
			was.Weight += times * of.Weight
			was.Headlines += times * of.Headlines
			was.Stories += times * of.Stories
			was.Pickups += times * of.Pickups
			for k := range p.Platforms {
				for j := range 3 {
					mean.Reactions[c][k][j] += times * s.Reactions[c][k][j]
				}
			}
		}
		for o, n := range s.Articles {
			mean.Articles[o] += times * n
		}
	}
	return mean
}
