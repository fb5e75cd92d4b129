package build

import (
	"cmp"
	"database/sql"
	"slices"

	"github.com/overheard-news/overheard/transform/index"
)

// cellKey says whose a cell is, in the order of the input.
type cellKey struct{ company, outlet int32 }

func compareKeys(a, b cellKey) int {
	return cmp.Or(cmp.Compare(a.company, b.company), cmp.Compare(a.outlet, b.outlet))
}

// placedMention is a mention and its cell, until all are sorted.
type placedMention struct {
	cellKey
	index.Mention
}

// readMentions reads the voices of the window and the sums they are part of, and
// puts them in order.
func (r *indexReader) readMentions() error {
	placed, err := r.readVoices()
	if err != nil {
		return err
	}
	states, err := r.readCellStates()
	if err != nil {
		return err
	}
	slices.SortFunc(placed, func(a, b placedMention) int {
		return cmp.Or(compareKeys(a.cellKey, b.cellKey), cmp.Compare(a.Age, b.Age), cmp.Compare(a.Story, b.Story))
	})
	keys := make([]cellKey, 0, len(states))
	for key := range states {
		keys = append(keys, key)
	}
	for _, m := range placed {
		if _, isKnown := states[m.cellKey]; !isKnown {
			states[m.cellKey] = index.CellState{}
			keys = append(keys, m.cellKey)
		}
	}
	slices.SortFunc(keys, compareKeys)
	in := r.in
	in.Mentions = make([]index.Mention, 0, len(placed))
	in.Cells = make([]index.Cell, 0, len(keys))
	cells := make([]index.CellState, 0, len(keys))
	for _, key := range keys {
		cell := index.Cell{Outlet: key.outlet}
		cell.Mentions.From = int32(len(in.Mentions))
		for len(placed) > 0 && placed[0].cellKey == key {
			in.Mentions = append(in.Mentions, placed[0].Mention)
			placed = placed[1:]
		}
		cell.Mentions.To = int32(len(in.Mentions))
		company := &in.Companies[key.company]
		if company.Cells.To == 0 {
			company.Cells.From = int32(len(in.Cells))
		}
		in.Cells = append(in.Cells, cell)
		cells = append(cells, states[key])
		company.Cells.To = int32(len(in.Cells))
	}
	companies, err := r.readCompanyStates()
	if err != nil {
		return err
	}
	in.SetOlder(cells, companies, r.toneStates)
	return nil
}

func (r *indexReader) readVoices() ([]placedMention, error) {
	var placed []placedMention
	err := r.each(`
		select
			v.company_id, v.outlet_id, v.story_id, cast($1 as date) - v.night,
			v.publisher_count, v.weight, v.is_headline, v.is_first, v.pickup,
			v.country_code, v.language_code, v.reach, v.tone_negative, v.tone_positive
		from intermediate.int_voices_described as v
		where `+windowOf("v"), func(scan func(...any) error) error {
		var companyID, outletID, country, tongue string
		var storyID int64
		var m placedMention
		var negative, positive sql.NullFloat64
		err := scan(&companyID, &outletID, &storyID, &m.Age,
			&m.Publishers, &m.Weight, &m.IsHeadline, &m.IsFirst, &m.Pickup,
			&country, &tongue, &m.Reach, &negative, &positive)
		if err != nil {
			return err
		}
		var isKnown bool
		if m.company, isKnown = r.companies[companyID]; !isKnown {
			return nil // it has faded
		}
		m.outlet, m.Story = r.outlets[outletID], r.stories[storyID]
		m.Tone = -1
		if negative.Valid && positive.Valid {
			m.Tone = r.tones[toneKey{m.company, r.countries[country], r.tongues[tongue]}]
			m.Negative, m.Positive = negative.Float64, positive.Float64
		}
		placed = append(placed, m)
		return nil
	})
	return placed, err
}

func (r *indexReader) readCellStates() (map[cellKey]index.CellState, error) {
	states := map[cellKey]index.CellState{}
	err := r.each(`
		select s.company_id, s.outlet_id, s.attention_sum, s.mention_sum
		from intermediate.int_outlet_company_sums_decayed as s
		where s.night = cast($1 as date) and s.attention_sum > 0`, func(scan func(...any) error) error {
		var companyID, outletID string
		var state index.CellState
		if err := scan(&companyID, &outletID, &state.Attention, &state.Mentions); err != nil {
			return err
		}
		company, isScored := r.companies[companyID]
		outlet, isKnown := r.outlets[outletID]
		if isScored && isKnown {
			states[cellKey{company, outlet}] = state
		}
		return nil
	})
	return states, err
}

func (r *indexReader) readCompanyStates() ([]index.CompanyState, error) {
	states := make([]index.CompanyState, len(r.in.Companies))
	err := r.each(`
		select s.company_id, sum(s.weight_sum), sum(s.headline_sum), sum(s.story_sum), sum(s.pickup_sum)
		from intermediate.int_companies_summed_decayed as s
		where s.night = cast($1 as date)
		group by s.company_id`, func(scan func(...any) error) error {
		var id string
		var s index.CompanyState
		if err := scan(&id, &s.Weight, &s.Headlines, &s.Stories, &s.Pickups); err != nil {
			return err
		}
		if c, isKnown := r.companies[id]; isKnown {
			states[c] = s
		}
		return nil
	})
	return states, err
}
