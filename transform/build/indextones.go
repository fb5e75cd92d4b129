package build

import (
	"cmp"
	"slices"

	"github.com/overheard-news/overheard/transform/index"
)

// toneKey says whose a tone cell is, in the order of the input.
type toneKey struct{ company, country, tongue int32 }

func compareToneKeys(a, b toneKey) int {
	return cmp.Or(cmp.Compare(a.company, b.company), cmp.Compare(a.country, b.country), cmp.Compare(a.tongue, b.tongue))
}

// readCountriesOfTones adds countries that have a voice and no outlet in the panel.
func (r *indexReader) readCountriesOfTones() error {
	return r.each(`
		select t.country_code
		from intermediate.int_company_tones_decayed as t
		where t.night = cast($1 as date)
		union
		select v.country_code
		from intermediate.int_voices_described as v
		where `+windowOf("v"), func(scan func(...any) error) error {
		var code string
		err := scan(&code)
		r.countries[code] = 0
		return err
	})
}

// readTones reads what is usual in each country, the corrections of each language
// and the sums of tone.
func (r *indexReader) readTones() error {
	r.in.CountryTones = make([]float64, len(r.in.Countries))
	err := r.each(`
		select n.scope_key, n.net_tone
		from intermediate.int_tone_norms_frozen as n
		where n.night = cast($1 as date) and n.scope = 'country'`, func(scan func(...any) error) error {
		var code string
		var tone float64
		err := scan(&code, &tone)
		if country, isKnown := r.countries[code]; isKnown {
			r.in.CountryTones[country] = tone
		}
		return err
	})
	if err != nil {
		return err
	}
	states, err := r.readToneStates()
	if err != nil {
		return err
	}
	keys := make([]toneKey, 0, len(states))
	for key := range states {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compareToneKeys)
	r.tones = make(map[toneKey]int32, len(keys))
	for i, key := range keys {
		r.tones[key] = int32(i)
		company := &r.in.Companies[key.company]
		if company.Tones.To == 0 {
			company.Tones.From = int32(i)
		}
		company.Tones.To = int32(i) + 1
		r.in.Tones = append(r.in.Tones, index.ToneCell{Country: key.country, Tongue: key.tongue})
		r.toneStates = append(r.toneStates, states[key])
	}
	return r.readCorrections()
}

// readToneStates reads the sums of the night, and makes empty ones for voices of
// the window of which nothing is left in them.
func (r *indexReader) readToneStates() (map[toneKey]index.Tone, error) {
	type row struct {
		company int32
		country int32
		tongue  string
		tone    index.Tone
	}
	var rows []row
	r.tongues = map[string]int32{}
	err := r.each(`
		select
			t.company_id, t.country_code, t.language_code, t.toned_weight_sum, t.toned_sum,
			t.negative_sum, t.positive_sum, t.toned_reach_sum, t.strong_negative_sum, t.net_sum
		from intermediate.int_company_tones_decayed as t
		where t.night = cast($1 as date)
		union all
		select distinct v.company_id, v.country_code, v.language_code, 0, 0, 0, 0, 0, 0, 0
		from intermediate.int_voices_described as v
		where `+windowOf("v")+` and v.tone_negative is not null`, func(scan func(...any) error) error {
		var companyID, country string
		var found row
		t := &found.tone
		err := scan(&companyID, &country, &found.tongue, &t.Weight, &t.Count,
			&t.Negative, &t.Positive, &t.Reach, &t.Strong, &t.Net)
		var isKnown bool
		if found.company, isKnown = r.companies[companyID]; isKnown {
			found.country = r.countries[country]
			r.tongues[found.tongue] = 0
			rows = append(rows, found)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, code := range number(r.tongues) {
		r.in.Tongues = append(r.in.Tongues, index.Tongue{Code: code})
	}
	states := map[toneKey]index.Tone{}
	for _, found := range rows {
		key := toneKey{found.company, found.country, r.tongues[found.tongue]}
		if _, isKnown := states[key]; !isKnown || found.tone != (index.Tone{}) {
			states[key] = found.tone
		}
	}
	return states, nil
}

// readCorrections reads the inverse confusion matrices of the languages.
func (r *indexReader) readCorrections() error {
	tones := map[string]int{"negative": 0, "neutral": 1, "positive": 2}
	return r.eachOf(`
		select c.language_code, c.true_tone, c.judged_tone, c.correction
		from seeds.tone_confusions as c`, nil, func(scan func(...any) error) error {
		var code, isTrue, isJudged string
		var correction float64
		err := scan(&code, &isTrue, &isJudged, &correction)
		if l, isKnown := r.tongues[code]; isKnown {
			r.in.Tongues[l].HasCorrection = true
			r.in.Tongues[l].Correction[tones[isTrue]][tones[isJudged]] = correction
		}
		return err
	})
}
