package build

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
)

// aPress is a panel of outlets of all tiers in three countries, read on two nights,
// and one company with a mention, so that all that is frozen exists.
const aPress = `
	select given.outlet(concat('o', i), concat('p', i), (array['GB', 'FR', 'TV'])[1 + i % 3], 1 + i / 3 % 3)
	from generate_series(0, 8) as i;
	select given.company('acme');
	select given.article('2026-11-20', 'o1', 1, 'x'), given.article('2026-11-21', 'o1', 2, 'y');
	select given.mention('2026-11-20', 'acme', 1), given.mention('2026-11-21', 'acme', 2);
	insert into seeds.tone_confusions (language_code, true_tone, judged_tone, confusion, correction)
	values
		('en', 'negative', 'negative', 0.8, 1.3), ('en', 'negative', 'neutral', 0.1, -0.2), ('en', 'negative', 'positive', 0.1, -0.1),
		('en', 'neutral', 'negative', 0.1, -0.2), ('en', 'neutral', 'neutral', 0.8, 1.4), ('en', 'neutral', 'positive', 0.1, -0.2),
		('en', 'positive', 'negative', 0.1, -0.1), ('en', 'positive', 'neutral', 0.1, -0.2), ('en', 'positive', 'positive', 0.8, 1.3);
`

// TestAPositiveHeadlineMoreNeverLowersReputation gives 400 companies random sums
// of tone and then each a headline more that is nothing but positive, in an outlet
// of any country, reach and language of articles, also outside the panel.
func TestAPositiveHeadlineMoreNeverLowersReputation(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, aPress))
	mustBuild(t, b, "2026-11-20", "2026-11-21")
	random := rand.New(rand.NewPCG(7, 11))
	var rows []toneRow
	// Norms as measured: what is usual differs from country to country.
	run(t, b.db, `
		update intermediate.int_tone_norms_frozen set net_tone = 0.1 where scope_key = 'FR';
		update intermediate.int_tone_norms_frozen set net_tone = -0.1 where scope_key = 'GB';
		insert into seeds.companies (company_id, name, sector, ownership, home_country, is_comparator, is_active)
		select concat('c', i), 'c', 'test', 'private', 'CN', false, true from generate_series(1, 400) as i;
		insert into intermediate.int_attention_shrunk
		select (jsonb_populate_record(a, jsonb_build_object('company_id', concat('c', i)))).*
		from intermediate.int_attention_shrunk as a cross join generate_series(1, 400) as i
		where a.night = '2026-11-21';
		delete from intermediate.int_company_tones_decayed`)
	for company := 1; company <= 400; company++ {
		for _, country := range []string{"GB", "FR", "TV", "ZZ"}[:1+random.IntN(4)] {
			for _, language := range []string{"en", "ru"}[:1+random.IntN(2)] {
				row := randomTone(random, 1+random.IntN(30))
				row.Company, row.Country, row.Language = fmt.Sprint("c", company), country, language
				rows = append(rows, row)
			}
		}
	}
	insertTones(t, b.db, rows)
	measure := func() map[string]float64 {
		for _, table := range []string{"int_language_tones_corrected", "int_reputation_measured"} {
			remake(t, b, "intermediate."+table, "2026-11-21")
		}
		return valuesOf(t, b.db, `
			select concat(company_id, ' ', indicator) as key, raw_value as value
			from intermediate.int_reputation_measured where night = '2026-11-21' and not is_insufficient`)
	}
	before := measure()
	rows = nil
	for company := 1; company <= 400; company++ {
		row := toneRow{Company: fmt.Sprint("c", company), Count: 1, Weight: 0.4 + 0.6*random.Float64(), Net: 1}
		row.Positive, row.Reach = row.Weight, row.Weight*[]float64{0, 0.15, 0.4, 1}[random.IntN(4)]
		row.Country = []string{"GB", "FR", "TV", "ZZ", "US"}[random.IntN(5)]
		row.Language = []string{"en", "ru", "fr"}[random.IntN(3)]
		rows = append(rows, row)
	}
	insertTones(t, b.db, rows)
	after := measure()
	if len(before) < 3*200 {
		t.Fatalf("%d values of companies of which enough is known: too few to say anything", len(before))
	}
	raised := map[string]int{}
	for key, value := range before {
		_, indicator, _ := strings.Cut(key, " ")
		switch {
		case after[key] < value-1e-12:
			t.Errorf("%s falls from %.12f to %.12f", key, value, after[key])
		case after[key] > value:
			raised[indicator]++
		}
	}
	for _, indicator := range []string{"net_tone", "no_strong_negative", "positive_countries"} {
		if raised[indicator] == 0 {
			t.Errorf("%s rises for nobody", indicator)
		}
	}
	t.Logf("raised: %v of %d", raised, len(before)/3)
}

// toneRow is a row of int_company_tones_decayed.
type toneRow struct {
	Company, Country, Language                            string
	Count, Weight, Negative, Positive, Reach, Strong, Net float64
}

// randomTone sums up voices of a press that may be kind or hostile.
func randomTone(random *rand.Rand, voices int) toneRow {
	var s toneRow
	hostility := random.Float64()
	reach := []float64{0.15, 0.4, 1}[random.IntN(3)]
	for range voices {
		weight := []float64{1, 0.6, 0.35, 0.15}[random.IntN(4)] * (0.1 + 0.9*random.Float64())
		negative := random.Float64()
		if random.Float64() > hostility {
			negative *= 0.2
		}
		positive := (1 - negative) * random.Float64()
		s.Count++
		s.Weight += weight
		s.Negative += weight * negative
		s.Positive += weight * positive
		s.Reach += weight * reach
		s.Net += positive - negative
		if negative >= 0.8 {
			s.Strong += weight * reach
		}
	}
	return s
}

// insertTones adds rows to what stands of the night, and to the night before, which
// decides whether enough is known.
func insertTones(t *testing.T, db *sqlx.DB, rows []toneRow) {
	t.Helper()
	text, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `
		insert into intermediate.int_company_tones_decayed as o (
			night, company_id, country_code, language_code, weight_sum, toned_weight_sum, toned_sum,
			negative_sum, positive_sum, toned_reach_sum, strong_negative_sum, net_sum
		)
		select
			night, r."Company", r."Country", r."Language", r."Weight", r."Weight", r."Count",
			r."Negative", r."Positive", r."Reach", r."Strong", r."Net"
		from jsonb_to_recordset($1) as r (
			"Company" text, "Country" text, "Language" text, "Weight" numeric, "Count" numeric,
			"Negative" numeric, "Positive" numeric, "Reach" numeric, "Strong" numeric, "Net" numeric
		)
		cross join unnest(array[date '2026-11-20', date '2026-11-21']) as night
		on conflict (night, company_id, country_code, language_code) do update set
			weight_sum = o.weight_sum + excluded.weight_sum,
			toned_weight_sum = o.toned_weight_sum + excluded.toned_weight_sum,
			toned_sum = o.toned_sum + excluded.toned_sum,
			negative_sum = o.negative_sum + excluded.negative_sum,
			positive_sum = o.positive_sum + excluded.positive_sum,
			toned_reach_sum = o.toned_reach_sum + excluded.toned_reach_sum,
			strong_negative_sum = o.strong_negative_sum + excluded.strong_negative_sum,
			net_sum = o.net_sum + excluded.net_sum`, string(text))
	if err != nil {
		t.Fatal(err)
	}
}

// remake makes one table's night anew, from what stands in the others.
func remake(t *testing.T, b *Builder, table, night string) {
	t.Helper()
	tx := b.db.MustBegin()
	defer tx.Rollback()
	tables, err := readCatalog(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range b.intermediate {
		if m.Table != table {
			continue
		}
		if _, err := b.rebuild(t.Context(), tx, tables, m, arguments{"night": night}); err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("no model makes %s", table)
}
