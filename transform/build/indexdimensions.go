package build

import (
	"cmp"
	"database/sql"
	"slices"

	"github.com/overheard-news/overheard/transform/index"
)

// dimensionKey says whose a dimension cell is, in the order of the input.
type dimensionKey struct {
	cellKey
	dimension uint8
}

func compareDimensionKeys(a, b dimensionKey) int {
	return cmp.Or(compareKeys(a.cellKey, b.cellKey), cmp.Compare(a.dimension, b.dimension))
}

type placedLabel struct {
	dimensionKey
	index.Label
}

// readDimensions reads the sums of the dimensions and the labels of the window. A
// label whose sum has faded is left out.
func (r *indexReader) readDimensions() error {
	states, err := r.readDimensionStates()
	if err != nil {
		return err
	}
	placed, err := r.readLabels()
	if err != nil {
		return err
	}
	slices.SortFunc(placed, func(a, b placedLabel) int {
		return cmp.Or(compareDimensionKeys(a.dimensionKey, b.dimensionKey),
			cmp.Compare(a.Age, b.Age), cmp.Compare(a.Story, b.Story))
	})
	keys := make([]dimensionKey, 0, len(states))
	for key := range states {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compareDimensionKeys)
	in := r.in
	sums := make([]index.DimensionState, 0, len(keys))
	for _, key := range keys {
		cell := index.DimensionCell{Outlet: key.outlet, Dimension: key.dimension}
		cell.Labels.From = int32(len(in.Labels))
		for len(placed) > 0 && compareDimensionKeys(placed[0].dimensionKey, key) <= 0 {
			if placed[0].dimensionKey == key {
				in.Labels = append(in.Labels, placed[0].Label)
			}
			placed = placed[1:]
		}
		cell.Labels.To = int32(len(in.Labels))
		company := &in.Companies[key.company]
		if company.Dimensions.To == 0 {
			company.Dimensions.From = int32(len(in.Dimensions))
		}
		in.Dimensions = append(in.Dimensions, cell)
		company.Dimensions.To = int32(len(in.Dimensions))
		sums = append(sums, states[key])
	}
	in.SetOlderDimensions(sums)
	return nil
}

// dimensionNumbers are the dimensions by name.
func dimensionNumbers() map[string]uint8 {
	numbers := map[string]uint8{}
	for i, name := range index.DimensionNames() {
		numbers[name] = uint8(i)
	}
	return numbers
}

func (r *indexReader) readDimensionStates() (map[dimensionKey]index.DimensionState, error) {
	states := map[dimensionKey]index.DimensionState{}
	numbers := dimensionNumbers()
	err := r.each(`
		select s.company_id, s.outlet_id, s.dimension, s.attention_sum, s.toned_sum, s.net_sum
		from intermediate.int_outlet_dimension_sums_decayed as s
		where s.night = cast($1 as date)`, func(scan func(...any) error) error {
		var companyID, outletID, dimension string
		var state index.DimensionState
		if err := scan(&companyID, &outletID, &dimension, &state.Attention, &state.Toned, &state.Net); err != nil {
			return err
		}
		company, isScored := r.companies[companyID]
		outlet, isKnown := r.outlets[outletID]
		number, isDimension := numbers[dimension]
		if isScored && isKnown && isDimension {
			states[dimensionKey{cellKey{company, outlet}, number}] = state
		}
		return nil
	})
	return states, err
}

func (r *indexReader) readLabels() ([]placedLabel, error) {
	var placed []placedLabel
	numbers := dimensionNumbers()
	err := r.each(`
		select
			v.company_id, v.outlet_id, d.dimension, v.story_id, cast($1 as date) - v.night,
			v.weight * d.probability, v.tone_positive - v.tone_negative
		from intermediate.int_voices_described as v
		inner join intermediate.int_mention_dimensions as d
			on d.night = v.night and d.company_id = v.company_id and d.article_id = v.article_id
		where `+windowOf("v"), func(scan func(...any) error) error {
		var companyID, outletID, dimension string
		var storyID int64
		var l placedLabel
		var net sql.NullFloat64
		if err := scan(&companyID, &outletID, &dimension, &storyID, &l.Age, &l.Weight, &net); err != nil {
			return err
		}
		var isScored, isDimension bool
		l.company, isScored = r.companies[companyID]
		l.dimension, isDimension = numbers[dimension]
		if !isScored || !isDimension {
			return nil
		}
		l.outlet, l.Story = r.outlets[outletID], r.stories[storyID]
		l.IsToned, l.Net = net.Valid, net.Float64
		placed = append(placed, l)
		return nil
	})
	return placed, err
}
