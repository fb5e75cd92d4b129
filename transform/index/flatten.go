package index

// Flattened is the night without its mentions: what they come to, as published, is
// told as older sums. Evaluate finds the same in it; nothing in it can be resampled.
// So sums can be put in the place of what was read. Dimensions are left out.
func (in *Input) Flattened() *Input {
	s := newSums(in)
	s.add(in, &Weights{})
	to := *in
	to.Mentions, to.Stories, to.Dimensions, to.Labels = nil, nil, nil, nil
	to.Outlets = append([]Outlet(nil), in.Outlets...)
	to.Cells = make([]Cell, len(in.Cells))
	to.Tones = append([]ToneCell(nil), in.Tones...)
	to.Companies = append([]Company(nil), in.Companies...)
	for i := range in.Cells {
		to.Cells[i] = Cell{Outlet: in.Cells[i].Outlet, OlderAttention: s.attention[i], OlderMentions: s.mentions[i]}
	}
	for i := range s.tones {
		to.Tones[s.toneCells[i]].Older.plus(&s.tones[i], 1)
	}
	for c := range to.Companies {
		company := &to.Companies[c]
		company.Dimensions = Span{}
		for cell := company.Cells.From; cell < company.Cells.To; cell++ {
			company.OlderWeight += s.weight[cell]
			company.OlderHeadlines += s.headlines[cell]
			company.OlderStories += s.stories[cell]
			company.OlderPickups += s.pickups[cell]
		}
	}
	return &to
}
