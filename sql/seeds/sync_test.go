package seeds_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func inTx(t *testing.T, db *sqlx.DB, work func(tx *sqlx.Tx) error) {
	t.Helper()
	tx, err := db.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if err := work(tx); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func sync(t *testing.T, db *sqlx.DB, set seeds.Set) {
	t.Helper()
	inTx(t, db, func(tx *sqlx.Tx) error { return seeds.Sync(t.Context(), tx, set) })
}

func syncOutlets(t *testing.T, db *sqlx.DB, rows ...seeds.OutletRow) {
	t.Helper()
	inTx(t, db, func(tx *sqlx.Tx) error { return seeds.SyncOutlets(t.Context(), tx, rows) })
}

// rows reads one text column of a query.
func rows(t *testing.T, db *sqlx.DB, query string) []string {
	t.Helper()
	all := []string{}
	if err := db.SelectContext(t.Context(), &all, query); err != nil {
		t.Fatal(err)
	}
	return all
}

// versions tells which transaction wrote each row last: a row that is written
// again, with the same values, changes its version.
const versions = `
select concat_ws(' ', 'country', country_code, xmin) from seeds.countries
union all select concat_ws(' ', 'language', language_code, xmin) from seeds.languages
union all select concat_ws(' ', 'constant', constant_name, xmin) from seeds.method_constants
union all select concat_ws(' ', 'company', company_id, xmin) from seeds.companies
union all select concat_ws(' ', 'alias', company_id, alias, language_code, xmin) from seeds.company_aliases
union all select concat_ws(' ', 'anchor', company_id, anchor, xmin) from seeds.company_anchors
union all select concat_ws(' ', 'sense', company_id, alias, sense, xmin) from seeds.company_senses
union all select concat_ws(' ', 'code', dimension, framework, code, xmin) from seeds.dimension_codes
union all select concat_ws(' ', 'tone', language_code, true_tone, judged_tone, xmin) from seeds.tone_confusions
union all select concat_ws(' ', 'quality', stage, set_name, split, breakdown, part, measure, xmin) from seeds.quality
union all select concat_ws(' ', 'change', change_id) from ops.alias_changes
union all select concat_ws(' ', 'outlet', outlet_id, xmin) from seeds.outlets
order by 1`

func TestSyncOfTheBuiltInSetTwiceWritesOnce(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	set.Codes = append(set.Codes, seeds.DimensionCode{Dimension: "global_layout", Framework: "SDG", Code: "made up", Name: "Made up"})
	set.Tones = append(set.Tones, seeds.ToneConfusion{Language: "aa", True: "negative", Judged: "neutral", Confusion: "0.123456789", Correction: "-0.123456789"})
	set.Quality = append(set.Quality, seeds.Quality{Stage: "tone", Set: "made up", Split: "dev", Breakdown: "all", Part: "all", Measure: "f1", Value: "0.1234567", Count: 3, MeasuredOn: day(2026, 11, 22)})
	outlet := seeds.OutletRow{OutletID: "a", Name: "A", PublisherID: "p", CountryCode: "DE", LanguageCode: "de", Tier: 1, HomeURL: "https://a.example/", IsActive: true}
	sync(t, db, set)
	syncOutlets(t, db, outlet)
	before := rows(t, db, versions)
	if want := len(set.Countries) + len(set.Languages) + len(set.Constants) + len(set.Companies) + len(set.Aliases) +
		len(set.Anchors) + len(set.Senses) + len(set.Codes) + len(set.Tones) + len(set.Quality) + 1; len(before) != want {
		t.Fatalf("%d rows written, want %d", len(before), want)
	}
	sync(t, db, set)
	syncOutlets(t, db, outlet)
	if diff := cmp.Diff(before, rows(t, db, versions)); diff != "" {
		t.Errorf("row versions (-first +second):\n%s", diff)
	}
}

func TestSyncWritesWhatTheSetSays(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	sync(t, db, seeds.Set{
		Countries: []seeds.Country{{Code: "CN", Name: "China", Region: "Asia", GDPMUSD: 17795000}, {Code: "ZZ", Name: "Unknown", Region: "Unknown"}},
		Languages: []seeds.Language{{Code: "und", Name: "Undetermined"}},
		Constants: []seeds.Constant{{MethodVersion: "ocpi-v1", Name: "cap", Value: "0.08", Unit: "share", Reason: "Why."}},
		Companies: []seeds.Company{
			{ID: "a", Name: "A, \"B\"", Sector: "banking", Ownership: "state", HomeCountry: "CN"},
			{ID: "b", Name: "B", Sector: "banking", Ownership: "state", HomeCountry: "CN", ParentID: "a", CountsFor: "a", ValidFrom: day(2021, 5, 8), ValidTo: day(2025, 1, 1)},
		},
		Aliases: []seeds.Alias{
			{CompanyID: "a", Alias: "A {x}", Language: "und", Class: "C", Kind: "brand", IsCaseSensitive: true, Anchors: []string{"bank", "loan"}, ValidFrom: day(2024, 1, 2)},
			{CompanyID: "a", Alias: "AA", Language: "und", Class: "A"},
		},
		Anchors: []seeds.Anchor{{CompanyID: "a", Anchor: "Boss", Kind: "executive", ValidFrom: day(2020, 1, 2)}},
		Senses:  []seeds.Sense{{CompanyID: "a", Alias: "A {x}", Sense: "a letter", Cues: []string{"alphabet", "vowel"}, Countries: []string{"CN", "ZZ"}}},
		Codes:   []seeds.DimensionCode{{Dimension: "global_layout", Framework: "SDG", Code: "9", Name: "Industry"}},
		Tones:   []seeds.ToneConfusion{{Language: "en", True: "negative", Judged: "neutral", Confusion: "0.25", Correction: "-1.5"}},
		Quality: []seeds.Quality{{Stage: "tone", Set: "news", Split: "dev", Breakdown: "all", Part: "all", Measure: "f1", Value: "0.69", Count: 12, MeasuredOn: day(2026, 11, 22)}},
	})
	tests := []struct {
		query string
		want  []string
	}{
		{"select concat_ws('|', country_code, name, region, coalesce(cast(gdp_musd as text), 'null')) from seeds.countries order by 1", []string{"CN|China|Asia|17795000", "ZZ|Unknown|Unknown|null"}},
		{"select concat_ws('|', method_version, constant_name, value, unit, reason) from seeds.method_constants", []string{"ocpi-v1|cap|0.080000000|share|Why."}},
		{"select concat_ws('|', company_id, name, coalesce(name_zh, 'null'), sector, ownership, home_country, coalesce(ticker, 'null'), is_comparator, coalesce(parent_id, 'null'), coalesce(counts_for, 'null'), coalesce(cast(valid_from as text), 'null'), coalesce(cast(valid_to as text), 'null'), is_active) from seeds.companies order by 1", []string{
			`a|A, "B"|null|banking|state|CN|null|f|null|null|null|null|t`, "b|B|null|banking|state|CN|null|f|a|a|2021-05-08|2025-01-01|t"}},
		{"select concat_ws('|', company_id, alias, language_code, class, kind, is_case_sensitive, coalesce(replace(anchors, '|', '+'), 'null'), coalesce(cast(valid_from as text), 'null'), coalesce(cast(valid_to as text), 'null')) from seeds.company_aliases order by 1", []string{
			"a|A {x}|und|C|brand|t|bank+loan|2024-01-02|null", "a|AA|und|A|name|f|null|null|null"}},
		{"select concat_ws('|', company_id, anchor, kind, valid_from, coalesce(cast(valid_to as text), 'null')) from seeds.company_anchors", []string{"a|Boss|executive|2020-01-02|null"}},
		{"select concat_ws(' ', company_id, alias, sense, cues, countries) from seeds.company_senses", []string{"a A {x} a letter alphabet|vowel CN|ZZ"}},
		{"select concat_ws('|', dimension, framework, code, name) from seeds.dimension_codes", []string{"global_layout|SDG|9|Industry"}},
		{"select concat_ws('|', language_code, true_tone, judged_tone, confusion, correction) from seeds.tone_confusions", []string{"en|negative|neutral|0.25000000|-1.50000000"}},
		{"select concat_ws('|', stage, set_name, split, breakdown, part, measure, value, coalesce(cast(value_low as text), 'null'), coalesce(cast(value_high as text), 'null'), sample_count, measured_on) from seeds.quality", []string{"tone|news|dev|all|all|f1|0.690000|null|null|12|2026-11-22"}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, rows(t, db, test.query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.query, diff)
		}
	}
}

func TestSyncRetiresCompaniesAndDeletesAliases(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	company := func(id string) seeds.Company {
		return seeds.Company{ID: id, Name: id, Sector: "banking", Ownership: "state", HomeCountry: "CN"}
	}
	alias := func(id, text, class string) seeds.Alias {
		return seeds.Alias{CompanyID: id, Alias: text, Language: "und", Class: class}
	}
	set := seeds.Set{
		Countries: []seeds.Country{{Code: "CN", Name: "China", Region: "Asia"}},
		Companies: []seeds.Company{company("a"), company("b")},
		Aliases:   []seeds.Alias{alias("a", "A1", "A"), alias("a", "A2", "A"), alias("b", "B1", "A")},
	}
	active := "select concat_ws(' ', company_id, is_active) from seeds.companies order by 1"
	aliases := "select concat_ws(' ', company_id, alias, class) from seeds.company_aliases order by 1"
	steps := []struct {
		name      string
		companies []seeds.Company
		aliases   []seeds.Alias
		active    []string
		want      []string
	}{
		{"first", set.Companies, set.Aliases, []string{"a t", "b t"}, []string{"a A1 A", "a A2 A", "b B1 A"}},
		{"one company and its alias leave, another alias changes", set.Companies[:1], []seeds.Alias{alias("a", "A1", "B")}, []string{"a t", "b f"}, []string{"a A1 B"}},
		{"it comes back", set.Companies, set.Aliases, []string{"a t", "b t"}, []string{"a A1 A", "a A2 A", "b B1 A"}},
		{"all leave", nil, nil, []string{"a f", "b f"}, []string{}},
	}
	for _, step := range steps {
		set.Companies, set.Aliases = step.companies, step.aliases
		sync(t, db, set)
		if diff := cmp.Diff(step.active, rows(t, db, active)); diff != "" {
			t.Errorf("%s: companies (-want +got):\n%s", step.name, diff)
		}
		if diff := cmp.Diff(step.want, rows(t, db, aliases)); diff != "" {
			t.Errorf("%s: aliases (-want +got):\n%s", step.name, diff)
		}
	}
}

// Stored text is matched again where a change of names can matter: every change is
// noted once, and a new database has nothing to match again.
func TestSyncNotesWhatChangesInNames(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	alias := func(text, language, class string, anchors ...string) seeds.Alias {
		return seeds.Alias{CompanyID: "a", Alias: text, Language: language, Class: class, Anchors: anchors}
	}
	brand := alias("A1", "und", "A")
	brand.Kind = "brand"
	ended := alias("A1", "und", "A")
	ended.ValidTo = day(2025, 1, 1)
	anchor := seeds.Anchor{CompanyID: "a", Anchor: "Boss", Kind: "executive"}
	retired := anchor
	retired.ValidTo = day(2025, 1, 1)
	sense := seeds.Sense{CompanyID: "a", Alias: "A2", Sense: "a road", Cues: []string{"traffic"}, Countries: []string{"CN"}}
	wider := sense
	wider.Cues = []string{"traffic", "lane"}
	a1, a2 := alias("A1", "und", "A"), alias("A2", "en", "C", "bank")
	steps := []struct {
		name    string
		aliases []seeds.Alias
		anchors []seeds.Anchor
		senses  []seeds.Sense
		want    []string
	}{
		{"a new database", []seeds.Alias{a1}, nil, nil, nil},
		{"a name is added", []seeds.Alias{a1, a2}, nil, nil, []string{"A2 added"}},
		{"nothing happens", []seeds.Alias{a1, a2}, nil, nil, nil},
		{"an anchor and a sense are added", []seeds.Alias{a1, a2}, []seeds.Anchor{anchor}, []seeds.Sense{sense}, []string{"A2 added", "Boss added"}},
		{"what decides nothing changes", []seeds.Alias{brand, a2}, []seeds.Anchor{anchor}, []seeds.Sense{sense}, nil},
		{"a name ends, an anchor ends, a sense is told by more words", []seeds.Alias{ended, a2}, []seeds.Anchor{retired}, []seeds.Sense{wider}, []string{"A1 changed", "A2 changed", "Boss changed"}},
		{"a name needs other anchors, and another language has it", []seeds.Alias{ended, alias("A2", "en", "C", "loan"), alias("A2", "de", "C", "loan")}, []seeds.Anchor{retired}, []seeds.Sense{wider}, []string{"A2 added", "A2 changed"}},
		{"all leave", nil, nil, nil, []string{"A1 removed", "A2 removed", "Boss removed"}},
		{"one comes back", []seeds.Alias{a1}, nil, nil, []string{"A1 added"}},
	}
	noted := 0
	for _, step := range steps {
		sync(t, db, seeds.Set{
			Countries: []seeds.Country{{Code: "CN", Name: "China", Region: "Asia"}},
			Companies: []seeds.Company{{ID: "a", Name: "A", Sector: "banking", Ownership: "state", HomeCountry: "CN"}},
			Aliases:   step.aliases, Anchors: step.anchors, Senses: step.senses,
		})
		got := rows(t, db, "select concat_ws(' ', alias, change) from ops.alias_changes where company_id = 'a' order by change_id")
		if diff := cmp.Diff(step.want, got[noted:], cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
		noted = len(got)
	}
}

func TestSyncOutletsRetiresAndRevives(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	sync(t, db, seeds.Set{Countries: []seeds.Country{{Code: "DE", Name: "Germany", Region: "Europe"}, {Code: "ZZ", Name: "Unknown", Region: "Unknown"}}})
	lowest, highest := 20, 400
	a := seeds.OutletRow{OutletID: "a", Name: "A", PublisherID: "p", CountryCode: "DE", LanguageCode: "de", Tier: 1, HomeURL: "https://a.example/", IsInPanel: true, ExpectedArticlesMin: &lowest, ExpectedArticlesMax: &highest, IsActive: true}
	b := seeds.OutletRow{OutletID: "b", Name: "B", PublisherID: "p", CountryCode: "ZZ", LanguageCode: "und", Tier: 3, HomeURL: "https://b.example/", TimeZone: "Asia/Shanghai", Reach: "local", IsActive: true}
	moved := a
	moved.PublisherID, moved.ExpectedArticlesMin, moved.ExpectedArticlesMax = "q", nil, nil
	moved.TimeZone, moved.Reach, moved.IsInPanel = "Europe/Berlin", "global", false
	query := "select concat_ws(' ', outlet_id, publisher_id, country_code, tier, time_zone, reach, is_in_panel, coalesce(cast(expected_articles_min as text), 'null'), coalesce(cast(expected_articles_max as text), 'null'), is_active) from seeds.outlets order by 1"
	steps := []struct {
		name string
		give []seeds.OutletRow
		want []string
	}{
		{"first", []seeds.OutletRow{a, b}, []string{"a p DE 1 UTC national t 20 400 t", "b p ZZ 3 Asia/Shanghai local f null null t"}},
		{"one leaves, one is sold", []seeds.OutletRow{moved}, []string{"a q DE 1 Europe/Berlin global f null null t", "b p ZZ 3 Asia/Shanghai local f null null f"}},
		{"it comes back", []seeds.OutletRow{moved, b}, []string{"a q DE 1 Europe/Berlin global f null null t", "b p ZZ 3 Asia/Shanghai local f null null t"}},
		{"empty registry", nil, []string{"a q DE 1 Europe/Berlin global f null null f", "b p ZZ 3 Asia/Shanghai local f null null f"}},
	}
	for _, step := range steps {
		syncOutlets(t, db, step.give...)
		if diff := cmp.Diff(step.want, rows(t, db, query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}
