package index

// measureInfluence computes the indicators of Influence. Reactions are as they
// were measured: they hang on platforms, which nothing here changes.
func (e *Evaluator) measureInfluence(c int, w *Weights, row []IndicatorScore) {
	k, company := &e.in.Constants, &e.in.Companies[c]
	for i, raw := range company.Reactions {
		if company.HasReactions[i] {
			e.set(row, Likes+Indicator(i), raw)
		}
	}
	older := e.sums.older
	weight := float64(company.OlderWeight * older)
	headlines := float64(company.OlderHeadlines * older)
	stories := float64(company.OlderStories * older)
	pickups := float64(company.OlderPickups * older)
	for cell := company.Cells.From; cell < company.Cells.To; cell++ {
		times := w.multiplier(e.in.Cells[cell].Outlet)
		weight += float64(times * e.sums.weight[cell])
		headlines += float64(times * e.sums.headlines[cell])
		stories += float64(times * e.sums.stories[cell])
		pickups += float64(times * e.sums.pickups[cell])
	}
	e.set(row, Pickups, (max(pickups, 0)+float64(k.PickupPriorStories*k.PickupPrior))/
		(max(stories, 0)+k.PickupPriorStories))
	e.set(row, HeadlineProminence, (max(headlines, 0)+float64(k.ProminencePriorWeight*k.ProminencePrior))/
		(max(weight, 0)+k.ProminencePriorWeight))
}
