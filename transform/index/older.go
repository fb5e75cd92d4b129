package index

// SetOlder fills in what is older than the window, from the sums of the tables
// that the input was given: state is X and M of each cell and the four sums of
// each company, window included. The rest is what the window, as published,
// leaves of them; so an evaluation that changes nothing comes to the state again.
func (in *Input) SetOlder(cells []CellState, companies []CompanyState) {
	s := newSums(in)
	s.add(in, &Weights{})
	for i, state := range cells {
		in.Cells[i].OlderAttention = state.Attention - s.attention[i]
		in.Cells[i].OlderMentions = state.Mentions - s.mentions[i]
	}
	for c, state := range companies {
		company := &in.Companies[c]
		for cell := company.Cells.From; cell < company.Cells.To; cell++ {
			state.Weight -= s.weight[cell]
			state.Headlines -= s.headlines[cell]
			state.Stories -= s.stories[cell]
			state.Pickups -= s.pickups[cell]
		}
		company.OlderWeight, company.OlderHeadlines = state.Weight, state.Headlines
		company.OlderStories, company.OlderPickups = state.Stories, state.Pickups
	}
}

// CellState is what the tables have of a cell.
type CellState struct{ Attention, Mentions float64 }

// CompanyState is what the tables have of a company: u, h, Q and P.
type CompanyState struct{ Weight, Headlines, Stories, Pickups float64 }
