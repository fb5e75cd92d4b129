package index

// reputationScratch are the sums of one company.
type reputationScratch struct {
	cells   []Tone    // in the order of its tone cells
	tongues []Tone    // by article language
	shifts  []float64 // what the correction adds to the net tone, by language
}

func newReputationScratch(in *Input) reputationScratch {
	most := int32(0)
	for c := range in.Companies {
		most = max(most, in.Companies[c].Tones.To-in.Companies[c].Tones.From)
	}
	return reputationScratch{
		cells:   make([]Tone, most),
		tongues: make([]Tone, len(in.Tongues)),
		shifts:  make([]float64, len(in.Tongues)),
	}
}

// measureReputation computes the indicators of Reputation: what is said is held
// against what is usual in each country, and drawn to what is usual in the sector
// while little is known.
func (e *Evaluator) measureReputation(c int, w *Weights, row []IndicatorScore) {
	k, company := &e.in.Constants, &e.in.Companies[c]
	cells := e.sumTones(c, w)
	e.correctTones(company, cells)
	sums := e.holdAgainstCountries(company, cells)
	count := 0.0
	if company.IsSufficient {
		count = max(sums.Count, 0)
	} else {
		sums.positive, sums.judged, sums.Strong, sums.Reach = 0, 0, 0, 0
	}
	net := 0.0
	if sums.Weight > 0 {
		net = sums.net / sums.Weight
	}
	prior := k.ReputationPriorMentions
	e.set(row, NetTone, (float64(count*net)+float64(prior*company.SectorTone))/(count+prior))
	reach := max(sums.Reach, 0)
	strong := min(max(sums.Strong, 0), reach)
	e.set(row, NoStrongNegative,
		1-(strong+float64(k.StrongNegativePriorReach*company.SectorStrong))/(reach+k.StrongNegativePriorReach))
	prior = k.PositiveCountriesPriorWeight
	e.set(row, PositiveCountries, (sums.positive+float64(prior*k.PositiveCountriesPrior))/(sums.judged+prior))
}

// sumTones adds up the tones of a company by country and article language.
func (e *Evaluator) sumTones(c int, w *Weights) []Tone {
	company := &e.in.Companies[c]
	cells := e.reputation.cells[:company.Tones.To-company.Tones.From]
	for i := range cells {
		cells[i] = Tone{}
		cells[i].plus(&e.in.Tones[int(company.Tones.From)+i].Older, e.sums.older)
	}
	for cell := company.Cells.From; cell < company.Cells.To; cell++ {
		from, to := e.sums.tonesFrom[cell], e.sums.tonesFrom[cell+1]
		if from == to {
			continue
		}
		times := w.multiplier(e.in.Cells[cell].Outlet)
		for i := from; i < to; i++ {
			cells[e.sums.toneCells[i]-company.Tones.From].plus(&e.sums.tones[i], times)
		}
	}
	return cells
}

// correctTones finds how far the net tone is off in each language: the shares of
// tones are multiplied by the inverse of the model's confusion matrix (Bella et
// al. 2010), cut off at 0 and scaled to 1 again, and mixed with the shares as
// judged, which weigh as much as TonePriorMentions voices.
func (e *Evaluator) correctTones(company *Company, cells []Tone) {
	tongues, shifts := e.reputation.tongues, e.reputation.shifts
	clear(tongues)
	clear(shifts)
	for i := range cells {
		tongues[e.in.Tones[int(company.Tones.From)+i].Tongue].plus(&cells[i], 1)
	}
	for l := range tongues {
		sum, tongue := &tongues[l], &e.in.Tongues[l]
		if sum.Weight <= 0 || !tongue.HasCorrection {
			continue
		}
		negative, positive := sum.Negative/sum.Weight, sum.Positive/sum.Weight
		judged := [3]float64{negative, 1 - (negative + positive), positive}
		var corrected [3]float64
		var total float64
		for i := range corrected {
			for j, share := range judged {
				corrected[i] += float64(tongue.Correction[i][j] * share)
			}
			corrected[i] = max(corrected[i], 0)
			total += corrected[i]
		}
		if total <= 0 {
			continue
		}
		prior := e.in.Constants.TonePriorMentions
		mix := func(corrected, judged float64) float64 {
			return (float64(sum.Count*corrected/total) + float64(prior*judged)) / (sum.Count + prior)
		}
		shifts[l] = round12(mix(corrected[2], positive) - mix(corrected[0], negative) - (positive - negative))
	}
}

// toneSums are the sums of a company over countries.
type toneSums struct {
	Tone
	net      float64 // sum of weight times net tone, corrected, above that of the country
	positive float64 // weight of countries by how well they speak
	judged   float64 // weight of countries by how much they speak
}

// holdAgainstCountries sums up what each country says above what is usual there.
// Tone cells of a country follow each other.
func (e *Evaluator) holdAgainstCountries(company *Company, cells []Tone) toneSums {
	var sums toneSums
	tones := e.in.Tones[company.Tones.From:company.Tones.To]
	for i := 0; i < len(cells); {
		country := tones[i].Country
		var said, judged, net float64
		for ; i < len(cells) && tones[i].Country == country; i++ {
			cell := &cells[i]
			sums.plus(cell, 1)
			judged += cell.Positive - cell.Negative + float64(cell.Weight*e.reputation.shifts[tones[i].Tongue])
			said += cell.Weight
			net += cell.Net
		}
		sums.net += judged - float64(said*e.in.CountryTones[country])
		weight := e.panel.countries[country].weight
		net = max(min(net, 1), -1)
		sums.positive += float64(weight * max(net, 0))
		sums.judged += float64(weight * max(net, -net))
	}
	return sums
}
