package seeds

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sound is a set without faults, small enough to see at a glance which line a
// case breaks.
var sound = map[string]string{
	"countries.csv": lines("country_code,name,region,gdp_musd,time_zone",
		"CN,China,Asia,17795000,Asia/Shanghai",
		"DE,Germany,Europe,4526000,Europe/Berlin",
		"ZZ,Unknown,Unknown,,UTC"),
	"languages.csv": lines("language_code,name",
		"en,English",
		"und,Undetermined",
		"zh,Chinese"),
	"method_constants.csv": lines("method_version,constant_name,value,unit,reason",
		"ocpi-v1,salience_headline,1.0,ratio,The headline is the measure."),
	"companies.csv": lines("company_id,name,name_zh,sector,ownership,home_country,hq_city,ticker,wikidata_id,is_comparator",
		"huawei,Huawei,华为,telecom equipment,private,CN,Shenzhen,,Q160120,false",
		"siemens,Siemens,西门子,machinery,foreign,DE,Munich,XETRA:SIE,Q81230,true"),
	"company_aliases.csv": lines("company_id,alias,language,class,is_case_sensitive,anchors,valid_from,valid_to",
		"huawei,Huawei,und,A,false,,,",
		"siemens,Siemens,und,A,false,,,"),
}

func lines(all ...string) string { return strings.Join(all, "\n") + "\n" }

// with gives the sound set with one file replaced.
func with(file, content string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range sound {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	fsys[file] = &fstest.MapFile{Data: []byte(content)}
	return fsys
}

func told(problems []Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Error())
	}
	return all
}

func TestLintAcceptsASoundSet(t *testing.T) {
	t.Parallel()
	set, problems := Lint(with("languages.csv", sound["languages.csv"]))
	if diff := cmp.Diff([]string(nil), told(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	want := Company{ID: "siemens", Name: "Siemens", NameZH: "西门子", Sector: "machinery", Ownership: "foreign", HomeCountry: "DE", HQCity: "Munich", Ticker: "XETRA:SIE", WikidataID: "Q81230", IsComparator: true}
	if diff := cmp.Diff(want, set.Companies[1]); diff != "" {
		t.Errorf("company (-want +got):\n%s", diff)
	}
}

func TestLintReadsAliases(t *testing.T) {
	t.Parallel()
	set, problems := Lint(with("company_aliases.csv", sound["company_aliases.csv"]+
		"huawei,\"Mate, P\",en,C,true,phone|Huawei P,2019-01-31,2024-12-31\n"))
	if diff := cmp.Diff([]string(nil), told(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	want := Alias{
		CompanyID: "huawei", Alias: "Mate, P", Language: "en", Class: "C", IsCaseSensitive: true, Anchors: []string{"phone", "Huawei P"},
		ValidFrom: time.Date(2019, 1, 31, 0, 0, 0, 0, time.UTC), ValidTo: time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, set.Aliases[2]); diff != "" {
		t.Errorf("alias (-want +got):\n%s", diff)
	}
}

func TestLintReadsAFileWithByteOrderMark(t *testing.T) {
	t.Parallel()
	_, problems := Lint(with("languages.csv", utf8BOM+sound["languages.csv"]))
	if diff := cmp.Diff([]string(nil), told(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// Every fault, by the lines that are added to a sound file.
func TestLintTellsFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, added string
		want              []string
	}{
		{"country code in small letters", "countries.csv", "fr,France,Europe,1,Europe/Paris",
			[]string{`countries.csv:5: country_code "fr" is not two capital letters (write the ISO 3166-1 alpha-2 code)`}},
		{"country twice", "countries.csv", "CN,China,Asia,,UTC",
			[]string{`countries.csv:5: country_code "CN" is there twice, first in line 2 (delete or rename one of them)`}},
		{"unknown region and missing name", "countries.csv", "FR,,Eurpe,1,Europe/Paris", []string{
			`countries.csv:5: name is missing (every row has to give name)`,
			`countries.csv:5: region "Eurpe" is not known (did you mean "Europe"? use one of: Africa, Americas, Asia, Europe, Oceania, Unknown)`}},
		{"country without a time zone", "countries.csv", "FR,France,Europe,1,",
			[]string{`countries.csv:5: time_zone is missing (every row has to give time_zone)`}},
		{"time zone of no place", "countries.csv", "FR,France,Europe,1,CET+1",
			[]string{`countries.csv:5: time_zone "CET+1" is not an IANA zone (write a name such as Europe/Berlin, or UTC)`}},
		{"time zone of wherever we run", "countries.csv", "FR,France,Europe,1,Local",
			[]string{`countries.csv:5: time_zone "Local" is not an IANA zone (write a name such as Europe/Berlin, or UTC)`}},
		{"gross domestic product with a point", "countries.csv", "FR,France,Europe,3.1,Europe/Paris",
			[]string{`countries.csv:5: gdp_musd "3.1" is not a whole number of millions (write digits only, or leave it empty)`}},
		{"language code with a region", "languages.csv", "pt-BR,Portuguese",
			[]string{`languages.csv:5: language_code "pt-BR" is not two or three small letters (write the ISO 639 code)`}},
		{"language twice", "languages.csv", "en,English",
			[]string{`languages.csv:5: language_code "en" is there twice, first in line 2 (delete or rename one of them)`}},
		{"constant that is no number, without a reason", "method_constants.csv", "ocpi-v1,Cap,8%,share,", []string{
			`method_constants.csv:3: reason is missing (every row has to give reason)`,
			`method_constants.csv:3: constant_name "Cap" is not in snake_case (use small letters, digits and _)`,
			`method_constants.csv:3: value "8%" is not a decimal (write at most 9 digits before and 9 after the point)`}},
		{"constant twice in a version", "method_constants.csv", "ocpi-v1,salience_headline,0.9,ratio,Another.",
			[]string{`method_constants.csv:3: constant "salience_headline" is there twice, first in line 2 (delete or rename one of them)`}},
		{"too few values", "companies.csv", "zte,ZTE",
			[]string{`companies.csv:4: has 2 values, not 10 (give one value a column: company_id,name,name_zh,sector,ownership,home_country,hq_city,ticker,wikidata_id,is_comparator)`}},
		{"broken quotes, and the line after them is still read", "companies.csv", "zte,Z\"TE,,,,,,,,\nhuawei,Huawei,,telecom equipment,private,CN,,,,false", []string{
			`companies.csv:4: is broken CSV: bare " in non-quoted-field (write a value that holds a comma or a quote as "…", and each quote in it twice)`,
			`companies.csv:5: company_id "huawei" is there twice, first in line 2 (delete or rename one of them)`}},
		{"values missing", "companies.csv", ",,,,,,,,,", []string{
			`companies.csv:4: company_id is missing (every row has to give company_id)`,
			`companies.csv:4: name is missing (every row has to give name)`,
			`companies.csv:4: sector is missing (every row has to give sector)`,
			`companies.csv:4: ownership is missing (every row has to give ownership)`,
			`companies.csv:4: home_country is missing (every row has to give home_country)`,
			`companies.csv:4: is_comparator is missing (every row has to give is_comparator)`}},
		{"company with unknown words", "companies.csv", "Huawei_2,Huawei,,telecom equipmnt,privat,XX,,700,160120,yes\n", []string{
			`companies.csv:4: sector "telecom equipmnt" is not known (did you mean "telecom equipment"? use one of: ` + strings.Join(sectors, ", ") + `)`,
			`companies.csv:4: ownership "privat" is not known (did you mean "private"? use one of: state, state_backed, private, foreign)`,
			`companies.csv:4: is_comparator "yes" is not known (use one of: true, false)`,
			`companies.csv:4: company_id "Huawei_2" is not an identifier (use small letters, digits and single hyphens)`,
			`companies.csv:4: home_country "XX" is not in countries.csv (write an ISO 3166-1 alpha-2 code in capitals)`,
			`companies.csv:4: wikidata_id "160120" is not an item (write it like Q160120, or leave it empty)`,
			`companies.csv:4: ticker "700" is not EXCHANGE:CODE (write it like HKEX:0700, or leave it empty)`,
			`companies.csv:4: company "Huawei_2" has no alias (add its names to company_aliases.csv)`}},
		{"two companies with one ticker and item", "companies.csv", "simens,Simens,,machinery,foreign,DE,,XETRA:SIE,Q81230,true", []string{
			`companies.csv:4: wikidata_id "Q81230" is there twice, first in line 3 (delete or rename one of them)`,
			`companies.csv:4: ticker "XETRA:SIE" is there twice, first in line 3 (delete or rename one of them)`,
			`companies.csv:4: company "simens" has no alias (add its names to company_aliases.csv)`}},
		{"Chinese company to compare with", "companies.csv", "zte,ZTE,,telecom equipment,private,CN,,,,true", []string{
			`companies.csv:4: is_comparator is true and ownership is "private" (comparators, and only they, are foreign)`,
			`companies.csv:4: company "zte" has no alias (add its names to company_aliases.csv)`}},
		{"white space and control characters", "company_aliases.csv", "huawei,\"Hua\twei \",en,A,false,,,", []string{
			`company_aliases.csv:4: alias "Hua\twei " has white space around it (take the white space away)`,
			`company_aliases.csv:4: alias "Hua\twei " holds a control character (take the control character out)`}},
		{"alias of nobody in no language", "company_aliases.csv", "hauwei,HW1,xx,A,false,,,", []string{
			`company_aliases.csv:4: company_id "hauwei" is not in companies.csv (did you mean "huawei"? add the company first)`,
			`company_aliases.csv:4: language "xx" is not in languages.csv (write a code such as en, und, zh, or und for all languages)`}},
		{"class out of the list", "company_aliases.csv", "huawei,HW,und,E,maybe,,,", []string{
			`company_aliases.csv:4: class "E" is not known (use one of: A, B, C, D)`,
			`company_aliases.csv:4: is_case_sensitive "maybe" is not known (use one of: true, false)`}},
		{"class C without anchors", "company_aliases.csv", "huawei,Mate,und,C,true,,,",
			[]string{`company_aliases.csv:4: alias "Mate" is of class C and has no anchors (list words that stand in articles about the company, separated by |)`}},
		{"anchors of another class", "company_aliases.csv", "huawei,Mate,und,B,true,phone,,",
			[]string{`company_aliases.csv:4: alias "Mate" is of class B and has anchors (only class C reads anchors: make it C or empty them)`}},
		{"useless anchors", "company_aliases.csv", "huawei,Mate,und,C,true,phone||Phone|mate,,", []string{
			`company_aliases.csv:4: anchor "" is empty or has white space around it (write anchors as one|two|three)`,
			`company_aliases.csv:4: anchor "Phone" is there twice (delete one of them)`,
			`company_aliases.csv:4: anchor "mate" is the alias itself (an anchor must add something: delete it)`}},
		{"dates that are none", "company_aliases.csv", "huawei,Mate,und,A,true,,2024-02-30,1.1.2025", []string{
			`company_aliases.csv:4: valid_from "2024-02-30" is not a date (write YYYY-MM-DD, or leave it empty)`,
			`company_aliases.csv:4: valid_to "1.1.2025" is not a date (write YYYY-MM-DD, or leave it empty)`}},
		{"ends before it begins", "company_aliases.csv", "huawei,Mate,und,A,true,,2025-01-02,2025-01-01",
			[]string{`company_aliases.csv:4: valid_to 2025-01-01 is before valid_from 2025-01-02 (swap the dates)`}},
		{"one character", "company_aliases.csv", "huawei,华,zh,A,false,,,",
			[]string{`company_aliases.csv:4: alias "华" is a single character (use a longer form)`}},
		{"alias twice, the second in capitals", "company_aliases.csv", "huawei,HUAWEI,und,B,true,,,",
			[]string{`company_aliases.csv:4: alias "HUAWEI" (und) of "huawei" is there twice, first in line 2 (delete one of them)`}},
		{"alias of two companies", "company_aliases.csv", "huawei,Siemens,en,B,true,,,",
			[]string{`company_aliases.csv:4: alias "Siemens" is claimed by "siemens" too, in line 3 (give it to one of them, make one class C with anchors, or end its validity)`}},
		{"alias of two companies that share one night", "company_aliases.csv",
			"huawei,Mate,en,A,true,,,2024-06-30\nsiemens,Mate,und,A,true,,2024-06-30,",
			[]string{`company_aliases.csv:5: alias "Mate" is claimed by "huawei" too, in line 4 (give it to one of them, make one class C with anchors, or end its validity)`}},
		{"alias that changes its owner", "company_aliases.csv",
			"huawei,Mate,en,A,true,,,2024-06-30\nsiemens,Mate,und,A,true,,2024-07-01,", nil},
		{"alias of two companies in two languages", "company_aliases.csv",
			"huawei,Mate,en,A,true,,,\nsiemens,Mate,zh,A,true,,,", nil},
		{"alias of two companies, one with anchors", "company_aliases.csv",
			"huawei,Mate,en,A,true,,,\nsiemens,Mate,en,C,true,turbine,,", nil},
		{"two spellings, each of them exact", "company_aliases.csv",
			"huawei,MATE,en,A,true,,,\nhuawei,Mate,en,C,true,phone,,", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, problems := Lint(with(test.file, sound[test.file]+strings.TrimSuffix(test.added, "\n")+"\n"))
			if diff := cmp.Diff(test.want, told(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLintTellsFaultsOfWholeFiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, content string
		want                []string
	}{
		{"empty file is told once, not by all that refers to it", "languages.csv", "",
			[]string{`languages.csv:1: has no header (begin the file with language_code,name)`}},
		{"empty file of countries", "countries.csv", "",
			[]string{`countries.csv:1: has no header (begin the file with country_code,name,region,gdp_musd,time_zone)`}},
		{"empty file of companies", "companies.csv", "",
			[]string{`companies.csv:1: has no header (begin the file with ` + strings.Join(companyColumns, ",") + `)`}},
		{"empty file of aliases", "company_aliases.csv", "",
			[]string{`company_aliases.csv:1: has no header (begin the file with ` + strings.Join(aliasColumns, ",") + `)`}},
		{"unknown and missing column", "method_constants.csv", "method_version,name,value,unit,reason\n", []string{
			`method_constants.csv:1: unknown column "name" (the header is method_version,constant_name,value,unit,reason)`,
			`method_constants.csv:1: column "constant_name" is missing (the header is method_version,constant_name,value,unit,reason)`}},
		{"columns in another order", "method_constants.csv", "constant_name,method_version,value,unit,reason\n",
			[]string{`method_constants.csv:1: columns are doubled or in another order (the header is method_version,constant_name,value,unit,reason)`}},
		{"not UTF-8", "method_constants.csv", "method_version,constant_name,value,unit,reason\nocpi-v1,a,1,share,caf\xe9\n",
			[]string{`method_constants.csv:2: is not UTF-8 (save the file as UTF-8)`}},
		{"no unknown country", "countries.csv", "country_code,name,region,gdp_musd,time_zone\nCN,China,Asia,,Asia/Shanghai\nDE,Germany,Europe,,Europe/Berlin\n",
			[]string{`countries.csv:1: ZZ is missing (outlets of unknown country need the row ZZ,Unknown,Unknown,,UTC)`}},
		{"no undetermined language", "languages.csv", "language_code,name\nen,English\n", []string{
			`company_aliases.csv:2: language "und" is not in languages.csv (write a code such as en, or und for all languages)`,
			`company_aliases.csv:3: language "und" is not in languages.csv (write a code such as en, or und for all languages)`,
			`languages.csv:1: und is missing (articles of undetermined language need the row und,Undetermined)`}},
		{"company without a name to find it by", "company_aliases.csv", "company_id,alias,language,class,is_case_sensitive,anchors,valid_from,valid_to\nhuawei,Huawei,und,A,false,,,\nsiemens,Siemens Street,und,D,false,,,\n",
			[]string{`companies.csv:3: company "siemens" has no alias (add its names to company_aliases.csv)`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, problems := Lint(with(test.file, test.content))
			if diff := cmp.Diff(test.want, told(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLintTellsMissingFiles(t *testing.T) {
	t.Parallel()
	_, problems := Lint(fstest.MapFS{})
	got := map[string]int{}
	for _, p := range problems {
		got[p.File] = p.Line
	}
	want := maps.Collect(maps.All(map[string]int{"countries.csv": 1, "languages.csv": 1, "method_constants.csv": 1, "companies.csv": 1, "company_aliases.csv": 1}))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	tests := []struct{ written, want string }{
		{"bankng", `did you mean "banking"? `},
		{"Airline", `did you mean "airlines"? `},
		{"zoology", ""},
		{strings.Repeat("x", 100), ""},
	}
	for _, test := range tests {
		if got := Suggest(test.written, sectors); got != test.want {
			t.Errorf("Suggest(%q) = %q, want %q", test.written, got, test.want)
		}
	}
}
