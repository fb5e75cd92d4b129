package index

import (
	"cmp"
	"slices"
)

// splice takes what the marked outlets say from the night before. Companies,
// outlets and their order stay as they are; the countries and article languages of
// the night before are known to in.
func splice(before, in *Input, isTaken []bool) *Input {
	if !slices.Contains(isTaken, true) {
		return in
	}
	s := splicer{before: before, in: in, isTaken: isTaken}
	s.prepare()
	out := *in
	out.Stories = s.stories
	out.Companies = slices.Clone(in.Companies)
	was := byID(before.Companies)
	for c := range out.Companies {
		company := &out.Companies[c]
		b, isKnown := was[company.ID]
		var old Company
		if isKnown {
			old = before.Companies[b]
		}
		s.merge(company, &old)
	}
	out.Cells, out.Mentions, out.Tones = s.cells, s.mentions, s.tones
	return &out
}

// splicer copies what is said on two nights into one list.
type splicer struct {
	before, in *Input
	isTaken    []bool // by outlet of in

	// Where something of before is in the result.
	outlets   []int32
	countries []int32
	tongues   []int32
	story     []int32

	stories  []Story
	cells    []Cell
	mentions []Mention
	tones    []ToneCell
}

func (s *splicer) prepare() {
	at := make(map[string]int32, len(s.in.Outlets))
	for o := range s.in.Outlets {
		at[s.in.Outlets[o].ID] = int32(o)
	}
	for o := range s.before.Outlets {
		s.outlets = append(s.outlets, at[s.before.Outlets[o].ID])
	}
	for _, country := range s.before.Countries {
		s.countries = append(s.countries, int32(slices.Index(s.in.Countries, country)))
	}
	for _, tongue := range s.before.Tongues {
		s.tongues = append(s.tongues, indexOfTongue(s.in.Tongues, tongue.Code))
	}
	s.stories = slices.Clone(s.in.Stories)
	known := make(map[int64]int32, len(s.stories))
	for i := range s.stories {
		known[s.stories[i].ID] = int32(i)
	}
	for _, story := range s.before.Stories {
		index, isKnown := known[story.ID]
		if !isKnown {
			index = int32(len(s.stories))
			s.stories = append(s.stories, story)
		}
		s.story = append(s.story, index)
	}
}

// merge writes one company: the cells that are kept, those that are taken, and the
// tones of both. Sums of the company from before the window stay those of tonight:
// they are not known by outlet.
func (s *splicer) merge(company, old *Company) {
	from := int32(len(s.cells))
	tones, kept, taken := s.mergeTones(company, old)
	s.keep(s.in.Cells[company.Cells.From:company.Cells.To], kept, company.Tones.From)
	s.take(s.before.Cells[old.Cells.From:old.Cells.To], taken, old.Tones.From)
	slices.SortFunc(s.cells[from:], func(a, b Cell) int { return cmp.Compare(a.Outlet, b.Outlet) })
	company.Cells, company.Tones = Span{from, int32(len(s.cells))}, tones
}

// mergeTones writes the tone cells of both nights, and tells for either where each
// of the company's is now. What is older is that of tonight.
func (s *splicer) mergeTones(company, old *Company) (span Span, kept, taken []int32) {
	list := slices.Clone(s.in.Tones[company.Tones.From:company.Tones.To])
	was := slices.Clone(s.before.Tones[old.Tones.From:old.Tones.To])
	for i := range was {
		was[i] = ToneCell{Country: s.countries[was[i].Country], Tongue: s.tongues[was[i].Tongue]}
		if _, isKnown := find(list, was[i]); !isKnown {
			list = append(list, was[i])
			slices.SortFunc(list, compareTones)
		}
	}
	from := int32(len(s.tones))
	for _, cell := range s.in.Tones[company.Tones.From:company.Tones.To] {
		at, _ := find(list, cell)
		kept = append(kept, from+int32(at))
	}
	for _, cell := range was {
		at, _ := find(list, cell)
		taken = append(taken, from+int32(at))
	}
	s.tones = append(s.tones, list...)
	return Span{from, int32(len(s.tones))}, kept, taken
}

func compareTones(a, b ToneCell) int {
	return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.Tongue, b.Tongue))
}

func find(list []ToneCell, cell ToneCell) (int, bool) {
	return slices.BinarySearchFunc(list, cell, compareTones)
}

// keep copies tonight's cells of outlets that are not taken.
func (s *splicer) keep(cells []Cell, tones []int32, firstTone int32) {
	for _, cell := range cells {
		if s.isTaken[cell.Outlet] {
			continue
		}
		from := int32(len(s.mentions))
		for _, m := range s.in.Mentions[cell.Mentions.From:cell.Mentions.To] {
			if m.Tone >= 0 {
				m.Tone = tones[m.Tone-firstTone]
			}
			s.mentions = append(s.mentions, m)
		}
		cell.Mentions = Span{from, int32(len(s.mentions))}
		s.cells = append(s.cells, cell)
	}
}

// take copies the cells of taken outlets from the night before.
func (s *splicer) take(cells []Cell, tones []int32, firstTone int32) {
	for _, cell := range cells {
		outlet := s.outlets[cell.Outlet]
		if !s.isTaken[outlet] {
			continue
		}
		from := int32(len(s.mentions))
		for _, m := range s.before.Mentions[cell.Mentions.From:cell.Mentions.To] {
			m.Story = s.story[m.Story]
			if m.Tone >= 0 {
				m.Tone = tones[m.Tone-firstTone]
			}
			s.mentions = append(s.mentions, m)
		}
		cell.Outlet, cell.Mentions = outlet, Span{from, int32(len(s.mentions))}
		s.cells = append(s.cells, cell)
	}
}

// settle puts the mentions that have left the window when gap more nights have
// passed with what is older: the same night, of which as much is known by story as
// is of the later one.
func settle(in *Input, gap int) *Input {
	s := newSums(in)
	s.add(in, &Weights{})
	out := *in
	out.Cells, out.Mentions = slices.Clone(in.Cells), nil
	cells := make([]CellState, len(in.Cells))
	for i := range out.Cells {
		cell := &out.Cells[i]
		cells[i] = CellState{Attention: s.attention[i], Mentions: s.mentions[i]}
		cell.OlderAttention, cell.OlderMentions = 0, 0
		from := int32(len(out.Mentions))
		for _, m := range in.Mentions[cell.Mentions.From:cell.Mentions.To] {
			if int(m.Age)+gap < in.Constants.WindowNights {
				out.Mentions = append(out.Mentions, m)
			}
		}
		cell.Mentions = Span{from, int32(len(out.Mentions))}
	}
	tones := make([]Tone, len(in.Tones))
	for i := range tones {
		tones[i] = in.Tones[i].Older
	}
	for i := range s.tones {
		tones[s.toneCells[i]].plus(&s.tones[i], 1)
	}
	companies := make([]CompanyState, len(in.Companies))
	for c := range in.Companies {
		company := &in.Companies[c]
		state := CompanyState{company.OlderWeight, company.OlderHeadlines, company.OlderStories, company.OlderPickups}
		for cell := company.Cells.From; cell < company.Cells.To; cell++ {
			state.Weight += s.weight[cell]
			state.Headlines += s.headlines[cell]
			state.Stories += s.stories[cell]
			state.Pickups += s.pickups[cell]
		}
		companies[c] = state
	}
	out.Companies, out.Tones = slices.Clone(in.Companies), slices.Clone(in.Tones)
	out.SetOlder(cells, companies, tones)
	return &out
}
