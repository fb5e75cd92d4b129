package index

import "slices"

// sums are what the mentions of the window come to, by cell, with the weights of
// stories applied and those of outlets not yet: both kinds of weights multiply,
// and what is by cell can be multiplied by its outlet later. All but attention
// are of the window alone.
type sums struct {
	fades     fades
	published fades     // with the published half-life, where that is another
	older     float64   // what remains of older sums, relative to the published half-life
	credit    []float64 // by publishers: copy credit relative to the published one
	attention []float64 // X, older sums included
	mentions  []float64 // M, older sums included
	weight    []float64 // u
	headlines []float64 // h
	stories   []float64 // Q
	pickups   []float64 // P
	articles  []float64 // N by outlet, older sums included

	// Tones of a cell, by article language: toneOf is the place of each mention
	// in tones, toneCells what that is part of, tonesFrom where a cell's begin.
	tones     []Tone
	toneCells []int32
	toneOf    []int32
	tonesFrom []int32
}

func newSums(in *Input) sums {
	publishers := int32(1)
	for i := range in.Mentions {
		publishers = max(publishers, in.Mentions[i].Publishers)
	}
	cells := len(in.Cells)
	s := sums{
		credit:    make([]float64, publishers+1),
		attention: make([]float64, cells),
		mentions:  make([]float64, cells),
		weight:    make([]float64, cells),
		headlines: make([]float64, cells),
		stories:   make([]float64, cells),
		pickups:   make([]float64, cells),
		articles:  make([]float64, len(in.Outlets)),
		toneOf:    make([]int32, len(in.Mentions)),
		tonesFrom: make([]int32, cells+1),
	}
	for cell := range in.Cells {
		s.placeTones(in, cell)
	}
	s.tones = make([]Tone, len(s.toneCells))
	return s
}

// placeTones gives each language a cell speaks in a place among the tones.
func (s *sums) placeTones(in *Input, cell int) {
	from := len(s.toneCells)
	s.tonesFrom[cell] = int32(from)
	span := in.Cells[cell].Mentions
	for i := span.From; i < span.To; i++ {
		tone := in.Mentions[i].Tone
		if tone < 0 {
			s.toneOf[i] = -1
			continue
		}
		place := slices.Index(s.toneCells[from:], tone)
		if place < 0 {
			place = len(s.toneCells) - from
			s.toneCells = append(s.toneCells, tone)
		}
		s.toneOf[i] = int32(from + place)
	}
	s.tonesFrom[cell+1] = int32(len(s.toneCells))
}

// add sums the mentions anew.
func (s *sums) add(in *Input, w *Weights) {
	s.prepare(in, w)
	for o := range in.Outlets {
		s.articles[o] = s.articlesOf(in, o, w)
	}
	for cell := range in.Cells {
		s.addCell(in, w, cell)
	}
}

// prepare fills in the fading and the copy credit of the method.
func (s *sums) prepare(in *Input, w *Weights) {
	k := &in.Constants
	halfLife := k.HalfLifeNights
	s.older = 1
	if w.HalfLifeNights > 0 {
		halfLife = w.HalfLifeNights
		s.older = olderShare(halfLife, k.WindowNights) / olderShare(k.HalfLifeNights, k.WindowNights)
		s.published.prepare(in, k.HalfLifeNights)
	}
	s.fades.prepare(in, halfLife)
	for n := range s.credit {
		s.credit[n] = 1
		if w.CopyCreditLogFactor > 0 && n > 1 {
			s.credit[n] = copyCredit(w.CopyCreditLogFactor, n) / copyCredit(k.CopyCreditLogFactor, n)
		}
	}
}

// olderShare is what is older than the window of a sum that gets 1 every night.
// Older sums cannot be faded anew, so another half-life scales them by this.
func olderShare(halfLife float64, window int) float64 {
	return fading(halfLife, float64(window)) / (1 - fading(halfLife, 1))
}

// copyCredit is what one telling of a story that n publishers carry is worth:
// all of them together are worth 1 + factor * log2 n.
func copyCredit(factor float64, n int) float64 {
	return (1 + float64(factor*log2OnePlus(float64(n-1)))) / float64(n)
}

// articlesOf is N: that of the tables, or faded anew.
func (s *sums) articlesOf(in *Input, o int, w *Weights) float64 {
	outlet := &in.Outlets[o]
	if w.HalfLifeNights == 0 {
		return outlet.ArticleSum
	}
	published := outlet.ArticleSum
	var sum float64
	for age, n := range outlet.WindowArticles {
		published -= float64(n * s.published.own[o][age])
		sum += float64(n * s.fades.own[o][age])
	}
	return sum + float64(max(published, 0)*s.older)
}

// addCell sums one cell. Its mentions are in the order of their age: the
// logarithm is taken over those of one night.
func (s *sums) addCell(in *Input, w *Weights, cell int) {
	c := &in.Cells[cell]
	strong := in.Constants.StronglyNegativeProbability
	attention := float64(c.OlderAttention * s.older)
	mentions := float64(c.OlderMentions * s.older)
	var weight, headlines, stories, pickups float64
	clear(s.tones[s.tonesFrom[cell]:s.tonesFrom[cell+1]])
	own, country := s.fades.own[c.Outlet], s.fades.country[c.Outlet]
	list, toneOf := in.Mentions[c.Mentions.From:c.Mentions.To], s.toneOf[c.Mentions.From:c.Mentions.To]
	for i := 0; i < len(list); {
		age := list[i].Age
		fade := country[age]
		var told, count, inHeadlines, first, again float64
		for ; i < len(list) && list[i].Age == age; i++ {
			m := &list[i]
			k := 1.0
			if w.Stories != nil {
				if k = w.Stories[m.Story]; k == 0 {
					continue
				}
			}
			said := float64(float64(k*m.Weight) * s.credit[m.Publishers])
			told += said
			count += k
			if m.IsHeadline {
				inHeadlines += said
			}
			if m.IsFirst {
				first += k
			}
			again += float64(k * m.Pickup)
			if toneOf[i] >= 0 {
				s.tones[toneOf[i]].add(m, float64(fade*k), float64(fade*said), strong)
			}
		}
		if count == 0 {
			continue
		}
		attention += float64(own[age] * log2OnePlus(told))
		mentions += float64(own[age] * count)
		weight += float64(fade * told)
		headlines += float64(fade * inHeadlines)
		stories += float64(fade * first)
		pickups += float64(fade * again)
	}
	s.attention[cell] = max(attention, 0)
	s.mentions[cell] = max(mentions, 0)
	s.weight[cell] = weight
	s.headlines[cell] = headlines
	s.stories[cell] = stories
	s.pickups[cell] = pickups
}

// add counts a voice that counts so often and has said so much, both faded.
func (t *Tone) add(m *Mention, count, said, strong float64) {
	t.Weight += said
	t.Count += count
	t.Negative += float64(said * m.Negative)
	t.Positive += float64(said * m.Positive)
	reach := float64(said * m.Reach)
	t.Reach += reach
	if m.Negative >= strong {
		t.Strong += reach
	}
	t.Net += float64(count * (m.Positive - m.Negative))
}

// plus adds other sums, so many times.
func (t *Tone) plus(other *Tone, times float64) {
	t.Weight += float64(times * other.Weight)
	t.Count += float64(times * other.Count)
	t.Negative += float64(times * other.Negative)
	t.Positive += float64(times * other.Positive)
	t.Reach += float64(times * other.Reach)
	t.Strong += float64(times * other.Strong)
	t.Net += float64(times * other.Net)
}
