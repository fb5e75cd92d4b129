package simulate

import "math"

// position draws where a story names its company.
func (d *drawing) position(headline float64) int {
	switch x := d.r.Float64(); {
	case x < headline:
		return 0
	case x < headline+0.5*(1-headline):
		return 1
	case x < headline+0.8*(1-headline):
		return 2
	}
	return 3
}

// certainties of a match, as a matcher gives them.
var certainties = []float64{1, 0.98, 0.95, 0.9, 0.8, 0.65}

// judge is what a reader makes of one article about a company. A copy may have
// lost its headline, a text is read with errors, some languages are not read.
func (d *drawing) judge(s *telling, company, outlet, position int) Mention {
	o := &d.p.Outlets[outlet]
	c := &d.p.Companies[company]
	if d.r.Float64() < 0.15 {
		position = min(position+1, len(positions)-1)
	}
	m := Mention{
		Company: company, Position: positions[position],
		Probability: certainties[min(int(d.r.ExpFloat64()*1.5), len(certainties)-1)],
	}
	if !toneless[o.Language] && d.r.Float64() < 0.95 {
		m.HasTone = true
		m.Negative, m.Positive = d.tone(s, c.Tone[o.country])
	}
	for k, isAbout := range s.isAbout {
		// What is there is overlooked now and then, and what is not is seen.
		if x := d.r.Float64(); isAbout && x < 0.85 || !isAbout && x < 0.02 {
			m.Labels = append(m.Labels, Label{k, round3(0.6 + 0.38*d.r.Float64())})
		}
	}
	return m
}

// tone draws what a model says: of the story's true tone, with an error. A story
// that is among the better ones on a company is so for every outlet.
func (d *drawing) tone(s *telling, mean float64) (negative, positive float64) {
	const isNeutral = 0.4
	bad := (1 - isNeutral) * (1 - mean) / 2
	place := s.tone
	if d.r.Float64() < 0.15 { // the outlet has its own view
		place = d.r.Float64()
	}
	shares := [3]float64{0.1, 0.75, 0.15}
	switch {
	case place < bad:
		shares = [3]float64{0.75, 0.17, 0.08}
	case place > bad+isNeutral:
		shares = [3]float64{0.06, 0.19, 0.75}
	}
	judged := pick(d.r, []float64{shares[0], shares[0] + shares[1], 1})
	sure := 0.5 + 0.45*math.Sqrt(d.r.Float64())
	probabilities := [3]float64{(1 - sure) / 2, (1 - sure) / 2, (1 - sure) / 2}
	probabilities[judged] = sure
	return round3(probabilities[0]), round3(probabilities[2])
}

func round3(x float64) float64 { return math.Round(x*1000) / 1000 }
