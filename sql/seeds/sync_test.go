package seeds_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

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
union all select concat_ws(' ', 'outlet', outlet_id, xmin) from seeds.outlets
order by 1`

func TestSyncOfTheBuiltInSetTwiceWritesOnce(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	outlet := seeds.OutletRow{OutletID: "a", Name: "A", PublisherID: "p", CountryCode: "DE", LanguageCode: "de", Tier: 1, HomeURL: "https://a.example/", IsActive: true}
	sync(t, db, set)
	syncOutlets(t, db, outlet)
	before := rows(t, db, versions)
	if want := len(set.Countries) + len(set.Languages) + len(set.Constants) + len(set.Companies) + len(set.Aliases) + 1; len(before) != want {
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
		Companies: []seeds.Company{{ID: "a", Name: "A, \"B\"", Sector: "banking", Ownership: "state", HomeCountry: "CN"}},
		Aliases: []seeds.Alias{{CompanyID: "a", Alias: "A {x}", Language: "und", Class: "C", IsCaseSensitive: true, Anchors: []string{"bank", "loan"},
			ValidFrom: time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC)}},
	})
	tests := []struct {
		query string
		want  []string
	}{
		{"select concat_ws('|', country_code, name, region, coalesce(cast(gdp_musd as text), 'null')) from seeds.countries order by 1", []string{"CN|China|Asia|17795000", "ZZ|Unknown|Unknown|null"}},
		{"select concat_ws('|', method_version, constant_name, value, unit, reason) from seeds.method_constants", []string{"ocpi-v1|cap|0.080000000|share|Why."}},
		{"select concat_ws('|', company_id, name, coalesce(name_zh, 'null'), sector, ownership, home_country, coalesce(ticker, 'null'), is_comparator, is_active) from seeds.companies", []string{`a|A, "B"|null|banking|state|CN|null|f|t`}},
		{"select concat_ws('|', company_id, alias, language_code, class, is_case_sensitive, replace(anchors, '|', '+'), valid_from, coalesce(cast(valid_to as text), 'null')) from seeds.company_aliases", []string{"a|A {x}|und|C|t|bank+loan|2024-01-02|null"}},
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
