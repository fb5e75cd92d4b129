package build

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/jmoiron/sqlx"
)

// TestAcceptanceGoldenNumbers holds normalisation and aggregation against numbers an
// independent implementation worked out to fifty digits (testdata/golden/golden.py):
// ten companies, thirteen indicators, values beyond goalposts, missing indicators, a
// missing pillar, a floor that holds, links (method, section 10, test 12).
func TestAcceptanceGoldenNumbers(t *testing.T) {
	t.Parallel()
	const night = "2026-11-20"
	db := newDB(t, goldenConstants)
	b := newBuilder(t, db)
	tx, err := db.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	tables, err := readCatalog(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	rebuild := func(names ...string) {
		t.Helper()
		for _, name := range names {
			for _, m := range b.intermediate {
				if m.Table != "intermediate."+name {
					continue
				}
				if _, err := b.rebuild(t.Context(), tx, tables, m, arguments{"night": night}); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
	}
	rebuild("int_constants_pivoted", "int_nights_chained", "int_indicators_declared", "int_goalposts_frozen", "int_links_frozen")
	fillGolden(t, tx, night)
	rebuild("int_indicators_scored", "int_pillars_scored", "int_companies_scored")
	compareGolden(t, tx)
}

// goldenConstants are the goalposts of golden.py.
const goldenConstants = `
update seeds.method_constants as c set value = g.value
from (values
	('goalpost_attention_low', -11.5), ('goalpost_attention_high', -5),
	('goalpost_attention_tier_1_low', -11.5), ('goalpost_attention_tier_1_high', -5),
	('goalpost_outlet_breadth_low', -6), ('goalpost_outlet_breadth_high', 1),
	('goalpost_effective_countries_low', 0), ('goalpost_effective_countries_high', 3),
	('goalpost_effective_languages_low', 0), ('goalpost_effective_languages_high', 2),
	('goalpost_likes_high', 2.5), ('goalpost_shares_high', 2.5), ('goalpost_comments_high', 2.5),
	('goalpost_pickups_low', 0.1), ('goalpost_pickups_high', 0.6),
	('goalpost_headline_prominence_low', -1), ('goalpost_headline_prominence_high', 0.5),
	('goalpost_net_tone_low', -0.3), ('goalpost_net_tone_high', 0.3),
	('goalpost_no_strong_negative_low', 1), ('goalpost_no_strong_negative_high', 4),
	('goalpost_positive_countries_low', -1.5), ('goalpost_positive_countries_high', 1.5)
) as g (constant_name, value)
where c.constant_name = g.constant_name;`

// fillGolden writes what the companies measured into the tables of measurement.
func fillGolden(t *testing.T, tx *sqlx.Tx, night string) {
	t.Helper()
	exec := func(statement string, args ...any) {
		t.Helper()
		if _, err := tx.ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("update intermediate.int_links_frozen set link_factor = case pillar when 'spread' then 1.05 when 'reputation' then 0.98 else 1 end")
	pillars := map[string]string{
		"net_tone": "reputation", "no_strong_negative": "reputation", "positive_countries": "reputation",
		"likes": "influence", "shares": "influence", "comments": "influence", "pickups": "influence", "headline_prominence": "influence",
	}
	seen := map[string]bool{}
	for _, row := range readGolden(t, "raw.csv") {
		if !seen[row[0]] {
			seen[row[0]] = true
			exec(`insert into intermediate.int_attention_shrunk (night, company_id, panel_share, attention, attention_with_quarantined)
				values (cast($1 as date), $2, 0.001, 0.001, 0.001)`, night, row[0])
		}
		switch pillars[row[1]] {
		case "reputation":
			exec("insert into intermediate.int_reputation_measured (night, company_id, indicator, raw_value, is_insufficient) values (cast($1 as date), $2, $3, cast($4 as numeric), false)",
				night, row[0], row[1], row[2])
		case "influence":
			exec("insert into intermediate.int_influence_measured (night, company_id, indicator, raw_value) values (cast($1 as date), $2, $3, cast($4 as numeric))", night, row[0], row[1], row[2])
		default:
			exec("insert into intermediate.int_spread_measured (night, company_id, indicator, raw_value) values (cast($1 as date), $2, $3, cast($4 as numeric))", night, row[0], row[1], row[2])
		}
	}
}

func compareGolden(t *testing.T, tx *sqlx.Tx) {
	t.Helper()
	rows := []struct {
		Company string  `db:"company_id"`
		What    string  `db:"what"`
		Name    string  `db:"name"`
		Value   float64 `db:"value"`
	}{}
	err := tx.SelectContext(t.Context(), &rows, `
		select company_id, 'indicator' as what, indicator as name, normalised_value as value
		from intermediate.int_indicators_scored where not is_missing
		union all
		select company_id, 'pillar', pillar, link_factor * score from intermediate.int_pillars_scored where score is not null
		union all
		select company_id, 'score', 'score', score from intermediate.int_companies_scored`)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, r := range rows {
		got[fmt.Sprint(r.Company, " ", r.What, " ", r.Name)] = r.Value
	}
	worst := 0.0
	wants := readGolden(t, "want.csv")
	for _, row := range wants {
		key := fmt.Sprint(row[0], " ", row[1], " ", row[2])
		want, err := strconv.ParseFloat(row[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		value, isThere := got[key]
		if !isThere || math.Abs(value-want) > 1e-7 {
			t.Errorf("%s is %.9f (there: %t), the golden number is %.9f", key, value, isThere, want)
		}
		worst = max(worst, math.Abs(value-want))
		delete(got, key)
	}
	for key := range got {
		t.Errorf("%s has no golden number", key)
	}
	t.Logf("%d golden numbers, greatest difference %.2g", len(wants), worst)
}

// readGolden reads a file of the golden fixture, without its head.
func readGolden(t *testing.T, name string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}
