package index

import "slices"

// rebase is tonight on the basis of the night before: its goalposts, weights,
// links, constants and panel.
func rebase(before, after *Input, gap int) *Input {
	in := *after
	in.Constants, in.Indicators, in.Pillars = before.Constants, before.Indicators, before.Pillars
	in.Companies = slices.Clone(after.Companies)
	in.Outlets = slices.Clone(after.Outlets)
	countries, languages := extend(&in.Countries, before.Countries), extend(&in.Languages, before.Languages)
	// What was in one panel alone is left as the night before had it.
	isOther := make([]bool, len(in.Outlets))
	known := map[string]int{}
	for o := range in.Outlets {
		known[in.Outlets[o].ID] = o
		isOther[o] = in.Outlets[o].IsInPanel
		in.Outlets[o].IsInPanel, in.Outlets[o].Weight = false, 0
	}
	for _, was := range before.Outlets {
		o, isKnown := known[was.ID]
		if !isKnown {
			o = len(in.Outlets)
			in.Outlets = append(in.Outlets, was)
			isOther = append(isOther, false)
		}
		outlet := &in.Outlets[o]
		if isOther[o] = isOther[o] != was.IsInPanel; isOther[o] {
			outlet.ArticleSum, outlet.WindowArticles = was.ArticleSum, was.WindowArticles
		}
		outlet.IsInPanel, outlet.IsTier1, outlet.Weight = was.IsInPanel, was.IsTier1, was.Weight
		if was.IsInPanel {
			outlet.Country, outlet.Language = countries[was.Country], languages[was.Language]
		}
		outlet.IsUp = outlet.IsUp && !isOther[o]
	}
	return splice(before, &in, gap, isOther)
}

// extend adds the names that are not in the list, in a new list, and tells where
// each is now.
func extend(list *[]string, names []string) []int32 {
	*list = slices.Clone(*list)
	indexes := make([]int32, len(names))
	for i, name := range names {
		at := slices.Index(*list, name)
		if at < 0 {
			at = len(*list)
			*list = append(*list, name)
		}
		indexes[i] = int32(at)
	}
	return indexes
}

// hold is tonight with all outlets of the panel as the night before had them that
// were not up on both nights.
func hold(before, rebased *Input, gap int) *Input {
	known := map[string]*Outlet{}
	for o := range before.Outlets {
		known[before.Outlets[o].ID] = &before.Outlets[o]
	}
	in := *rebased
	in.Companies = slices.Clone(rebased.Companies)
	in.Outlets = slices.Clone(rebased.Outlets)
	isHeld := make([]bool, len(in.Outlets))
	for o := range in.Outlets {
		outlet := &in.Outlets[o]
		if was := known[outlet.ID]; outlet.IsInPanel && !(outlet.IsUp && was.IsUp) {
			isHeld[o] = true
			outlet.ArticleSum, outlet.WindowArticles = was.ArticleSum, was.WindowArticles
		}
	}
	return splice(before, &in, gap, isHeld)
}

// react puts other reactions in place of those of tonight.
func (in *Input) react(reactions map[string]Reactions) {
	for c := range in.Companies {
		if r, isKnown := reactions[in.Companies[c].ID]; isKnown {
			in.Companies[c].Reactions, in.Companies[c].HasReactions = r.Raw, r.Has
		}
	}
}

// splice takes what the marked outlets say from the night before. Companies,
// outlets and their order stay as they are.
func splice(before, in *Input, gap int, isTaken []bool) *Input {
	if !slices.Contains(isTaken, true) {
		return in
	}
	s := splicer{before: before, in: in, gap: gap, isTaken: isTaken}
	s.prepare()
	out := *in
	out.Stories = s.stories
	out.Companies = slices.Clone(in.Companies)
	was := byID(before.Companies)
	for c := range out.Companies {
		company := &out.Companies[c]
		from := int32(len(s.cells))
		cells := in.Cells[company.Cells.From:company.Cells.To]
		var old []Cell
		if b, isKnown := was[company.ID]; isKnown {
			span := before.Companies[b].Cells
			old = before.Cells[span.From:span.To]
		}
		s.keep(cells)
		s.take(old, company)
		slices.SortFunc(s.cells[from:], func(a, b Cell) int { return int(a.Outlet) - int(b.Outlet) })
		company.Cells = Span{from, int32(len(s.cells))}
	}
	out.Cells, out.Mentions = s.cells, s.mentions
	return &out
}

// splicer copies cells of two nights into one list.
type splicer struct {
	before, in *Input
	gap        int    // nights between
	isTaken    []bool // by outlet of in
	outlets    []int32
	stories    []Story
	storyIndex []int32 // of a story of before, in stories
	cells      []Cell
	mentions   []Mention
}

func (s *splicer) prepare() {
	at := map[string]int32{}
	for o := range s.in.Outlets {
		at[s.in.Outlets[o].ID] = int32(o)
	}
	s.outlets = make([]int32, len(s.before.Outlets))
	for o := range s.before.Outlets {
		s.outlets[o] = at[s.before.Outlets[o].ID]
	}
	s.stories = slices.Clone(s.in.Stories)
	known := make(map[int64]int32, len(s.stories))
	for i := range s.stories {
		known[s.stories[i].ID] = int32(i)
	}
	s.storyIndex = make([]int32, len(s.before.Stories))
	for i, story := range s.before.Stories {
		index, isKnown := known[story.ID]
		if !isKnown {
			index = int32(len(s.stories))
			s.stories = append(s.stories, story)
		}
		s.storyIndex[i] = index
	}
}

// keep copies tonight's cells of outlets that are not taken.
func (s *splicer) keep(cells []Cell) {
	for _, cell := range cells {
		if s.isTaken[cell.Outlet] {
			continue
		}
		from := int32(len(s.mentions))
		s.mentions = append(s.mentions, s.in.Mentions[cell.Mentions.From:cell.Mentions.To]...)
		cell.Mentions = Span{from, int32(len(s.mentions))}
		s.cells = append(s.cells, cell)
	}
}

// take copies the cells of taken outlets from the night before. What has left the
// window since is in the older sums of the company tonight: there it goes out, or
// it would count twice.
func (s *splicer) take(cells []Cell, company *Company) {
	for _, cell := range cells {
		outlet := s.outlets[cell.Outlet]
		if !s.isTaken[outlet] {
			continue
		}
		from := int32(len(s.mentions))
		for _, m := range s.before.Mentions[cell.Mentions.From:cell.Mentions.To] {
			if age := int(m.Age) + s.gap; age >= s.before.Constants.WindowNights {
				fade := fading(s.before.Constants.HalfLifeNights, age)
				company.leave(&m, fade)
			}
			m.Story = s.storyIndex[m.Story]
			m.Tone = -1
			s.mentions = append(s.mentions, m)
		}
		cell.Outlet, cell.Mentions = outlet, Span{from, int32(len(s.mentions))}
		s.cells = append(s.cells, cell)
	}
}

// leave takes a mention out of the older sums.
func (c *Company) leave(m *Mention, fade float64) {
	said := float64(fade * m.Weight)
	c.OlderWeight -= said
	if m.IsHeadline {
		c.OlderHeadlines -= said
	}
	if m.IsFirst {
		c.OlderStories -= fade
	}
	c.OlderPickups -= float64(fade * m.Pickup)
}
