package index

// dimensionScratch is what the comprehensive score needs of the panel, and the
// sums of one company.
type dimensionScratch struct {
	fades       fades
	denominator []float64 // N + prior, by outlet
	countries   []part
	far         float64
	articles    float64
	attention   [][DimensionCount]float64 // by country
}

func newDimensionScratch(in *Input) dimensionScratch {
	s := dimensionScratch{
		denominator: make([]float64, len(in.Outlets)),
		countries:   make([]part, len(in.Countries)),
		attention:   make([][DimensionCount]float64, len(in.Countries)),
	}
	s.fades.prepare(in, in.Constants.DimensionHalfLifeNights)
	return s
}

// comprehend fills in E of every company: of each dimension D = y(ln A) (1 + T) / 2,
// A and T as those of the index over mentions of the dimension, E the geometric
// mean of max(D, 1). The weights of the panel must have been computed.
func (e *Evaluator) comprehend(w *Weights, s *Scores) {
	e.weighDimensions(w)
	for c := range e.in.Companies {
		s.Comprehensive[c] = e.comprehensive(c, w)
	}
}

// weighDimensions is as panel.weigh, with the slower sums of articles.
func (e *Evaluator) weighDimensions(w *Weights) {
	d, k := &e.dimension, &e.in.Constants
	clear(d.countries)
	d.far, d.articles = 0, 0
	for o := range e.in.Outlets {
		outlet := &e.in.Outlets[o]
		if !outlet.IsInPanel {
			continue
		}
		d.denominator[o] = outlet.LongArticleSum + k.OutletPriorArticles
		country := &d.countries[outlet.Country]
		articles := float64(w.multiplier(int32(o)) * outlet.LongArticleSum)
		country.articles += articles
		d.articles += articles
		country.prior += float64(e.panel.weight[o]*k.OutletPriorArticles) / d.denominator[o]
	}
	for g := range d.countries {
		country := &d.countries[g]
		share := k.GlobalPriorArticles / (country.articles + k.GlobalPriorArticles)
		d.far += float64(country.prior * share)
	}
}

// comprehensive is E of one company: 1 if nothing is labelled.
func (e *Evaluator) comprehensive(c int, w *Weights) float64 {
	d, k, company := &e.dimension, &e.in.Constants, &e.in.Companies[c]
	if company.Dimensions.From == company.Dimensions.To {
		return 1
	}
	clear(d.attention)
	var own, attention, toned, net [DimensionCount]float64
	for i := company.Dimensions.From; i < company.Dimensions.To; i++ {
		cell := &e.in.Dimensions[i]
		outlet := &e.in.Outlets[cell.Outlet]
		times := w.multiplier(cell.Outlet)
		if !outlet.IsInPanel || times == 0 {
			continue
		}
		sums := e.sumDimension(cell, w)
		own[cell.Dimension] += float64(e.panel.weight[cell.Outlet]*sums.Attention) / d.denominator[cell.Outlet]
		x := float64(times * sums.Attention)
		attention[cell.Dimension] += x
		d.attention[outlet.Country][cell.Dimension] += x
		toned[cell.Dimension] += float64(times * sums.Toned)
		net[cell.Dimension] += float64(times * sums.Net)
	}
	for g := range d.attention {
		country := &d.countries[g]
		near := country.prior / (country.articles + k.GlobalPriorArticles)
		for i, x := range d.attention[g] {
			own[i] += float64(near * x)
		}
	}
	var logs float64
	for i := range DimensionCount {
		if attention[i] == 0 || d.articles == 0 {
			continue
		}
		a := round12(own[i] + float64(d.far*(attention[i]/d.articles)))
		tone := round6(net[i] / (max(toned[i], 0) + k.ReputationPriorMentions))
		share := (ln(max(a, 1e-12)) - k.DimensionLow) / (k.DimensionHigh - k.DimensionLow)
		score := round12(float64(100*min(max(share, 0), k.GoalpostCap)) * (1 + tone) / 2)
		logs += ln(max(score, 1))
	}
	return round12(exp(logs / DimensionCount))
}

// sumDimension sums a cell with the weights of stories.
func (e *Evaluator) sumDimension(cell *DimensionCell, w *Weights) DimensionState {
	sums := cell.Older
	fades := e.dimension.fades.own[cell.Outlet]
	list := e.in.Labels[cell.Labels.From:cell.Labels.To]
	for i := 0; i < len(list); {
		age := list[i].Age
		fade := fades[age]
		var told float64
		for ; i < len(list) && list[i].Age == age; i++ {
			label := &list[i]
			k := 1.0
			if w.Stories != nil {
				k = w.Stories[label.Story]
			}
			told += float64(k * label.Weight)
			if label.IsToned {
				sums.Toned += float64(fade * k)
				sums.Net += float64(float64(fade*k) * label.Net)
			}
		}
		if told > 0 {
			sums.Attention += float64(fade * log2OnePlus(told))
		}
	}
	sums.Attention = max(sums.Attention, 0)
	return sums
}
