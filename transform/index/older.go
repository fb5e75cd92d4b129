package index

import "math"

// SetOlder fills in what is older than the window, from the sums of the tables
// that the input was given: state is X and M of each cell and the four sums of
// each company, window included. The rest is what the window, as published,
// leaves of them; so an evaluation that changes nothing comes to the state again.
//
// Tones are the sums of Input.Tones. What is left of rounding is no news of old: it
// is taken for nothing.
func (in *Input) SetOlder(cells []CellState, companies []CompanyState, tones []Tone) {
	s := newSums(in)
	s.add(in, &Weights{})
	for i, state := range cells {
		in.Cells[i].OlderAttention = older(state.Attention - s.attention[i])
		in.Cells[i].OlderMentions = older(state.Mentions - s.mentions[i])
	}
	for i, state := range tones {
		in.Tones[i].Older = state
	}
	for i := range s.tones {
		in.Tones[s.toneCells[i]].Older.plus(&s.tones[i], -1)
	}
	for i := range in.Tones {
		t := &in.Tones[i].Older
		for _, sum := range []*float64{&t.Weight, &t.Count, &t.Negative, &t.Positive, &t.Reach, &t.Strong, &t.Net} {
			*sum = older(*sum)
		}
	}
	for c, state := range companies {
		company := &in.Companies[c]
		for cell := company.Cells.From; cell < company.Cells.To; cell++ {
			state.Weight -= s.weight[cell]
			state.Headlines -= s.headlines[cell]
			state.Stories -= s.stories[cell]
			state.Pickups -= s.pickups[cell]
		}
		company.OlderWeight, company.OlderHeadlines = older(state.Weight), older(state.Headlines)
		company.OlderStories, company.OlderPickups = older(state.Stories), older(state.Pickups)
	}
}

// SetOlderDimensions does the same for the dimension cells, of which state is what
// the tables have.
func (in *Input) SetOlderDimensions(states []DimensionState) {
	e := Evaluator{in: in, dimension: newDimensionScratch(in)}
	for i, state := range states {
		cell := &in.Dimensions[i]
		cell.Older = DimensionState{}
		window := e.sumDimension(cell, &Weights{})
		cell.Older = DimensionState{
			Attention: older(state.Attention - window.Attention),
			Toned:     older(state.Toned - window.Toned),
			Net:       older(state.Net - window.Net),
		}
	}
}

// older is a difference of sums, if it is more than what rounding leaves: the
// tables keep 12 decimals and round once a night.
func older(difference float64) float64 {
	if math.Abs(difference) < 1e-10 {
		return 0
	}
	return difference
}

// CellState is what the tables have of a cell.
type CellState struct{ Attention, Mentions float64 }

// CompanyState is what the tables have of a company: u, h, Q and P.
type CompanyState struct{ Weight, Headlines, Stories, Pickups float64 }
