package seeds

import (
	"fmt"
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
	"companies.csv": lines("company_id,name,name_zh,sector,ownership,home_country,hq_city,ticker,wikidata_id,is_comparator,parent_id,counts_for,valid_from,valid_to",
		"huawei,Huawei,华为,telecom equipment,private,CN,Shenzhen,,Q160120,false,,,,",
		"siemens,Siemens,西门子,machinery,foreign,DE,Munich,XETRA:SIE,Q81230,true,,,,"),
	"company_aliases.csv": lines("company_id,alias,language,class,kind,is_case_sensitive,anchors,valid_from,valid_to",
		"huawei,Huawei,und,A,name,false,,,",
		"siemens,Siemens,und,A,name,false,,,"),
	"company_anchors.csv": lines("company_id,anchor,kind,valid_from,valid_to"),
	"company_senses.csv":  lines("company_id,alias,sense,cues,countries"),
	"dimension_codes.csv": lines("dimension,framework,code,name"),
	"tone_confusions.csv": lines("language_code,true_tone,judged_tone,confusion,correction"),
	"quality.csv":         lines("stage,set_name,split,breakdown,part,measure,value,value_low,value_high,sample_count,measured_on"),
}

// company is a row of companies.csv with who it belongs to and when it is followed.
func company(id, parent, countsFor, from, to string) string {
	return strings.Join([]string{id, "Name", "", "machinery", "private", "CN", "", "", "", "false", parent, countsFor, from, to}, ",")
}

// unnamed is what is said of every company without an alias.
func unnamed(line int, id string) string {
	return fmt.Sprintf("companies.csv:%d: company %q has no alias (add its names to company_aliases.csv)", line, id)
}

// tonesOf is a whole matrix; right is how sure the model is where a neutral text
// is judged neutral.
func tonesOf(language, right string) string {
	var all []string
	for _, truth := range tones {
		for _, judged := range tones {
			share := "0.1"
			switch {
			case truth == judged && truth == "neutral":
				share = right
			case truth == judged:
				share = "0.8"
			}
			all = append(all, strings.Join([]string{language, truth, judged, share, "1"}, ","))
		}
	}
	return strings.Join(all, "\n")
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
		"huawei,\"Mate, P\",en,C,brand,true,phone|Huawei P,2019-01-31,2024-12-31\n"))
	if diff := cmp.Diff([]string(nil), told(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	want := Alias{
		CompanyID: "huawei", Alias: "Mate, P", Language: "en", Class: "C", Kind: "brand", IsCaseSensitive: true, Anchors: []string{"phone", "Huawei P"},
		ValidFrom: time.Date(2019, 1, 31, 0, 0, 0, 0, time.UTC), ValidTo: time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, set.Aliases[2]); diff != "" {
		t.Errorf("alias (-want +got):\n%s", diff)
	}
}

func TestLintReadsFamiliesAnchorsAndSenses(t *testing.T) {
	t.Parallel()
	fsys := with("companies.csv", sound["companies.csv"]+company("zhaopin", "huawei", "huawei", "2016-02-18", "2019-12-31")+"\n")
	fsys["company_aliases.csv"].Data = append(fsys["company_aliases.csv"].Data, "zhaopin,Mate,und,B,former,false,,,\n"...)
	fsys["company_anchors.csv"].Data = append(fsys["company_anchors.csv"].Data, "zhaopin,Ren Zhengfei,executive,1987-09-15,\n"...)
	fsys["company_senses.csv"].Data = append(fsys["company_senses.csv"].Data, "zhaopin,Mate,a friend,pal|mates,DE|CN\n"...)
	set, problems := Lint(fsys)
	if diff := cmp.Diff([]string(nil), told(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	day := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	want := Set{
		Companies: []Company{{ID: "zhaopin", Name: "Name", Sector: "machinery", Ownership: "private", HomeCountry: "CN", ParentID: "huawei", CountsFor: "huawei", ValidFrom: day(2016, 2, 18), ValidTo: day(2019, 12, 31)}},
		Aliases:   []Alias{{CompanyID: "zhaopin", Alias: "Mate", Language: "und", Class: "B", Kind: "former"}},
		Anchors:   []Anchor{{CompanyID: "zhaopin", Anchor: "Ren Zhengfei", Kind: "executive", ValidFrom: day(1987, 9, 15)}},
		Senses:    []Sense{{CompanyID: "zhaopin", Alias: "Mate", Sense: "a friend", Cues: []string{"pal", "mates"}, Countries: []string{"DE", "CN"}}},
	}
	got := Set{Companies: set.Companies[2:], Aliases: set.Aliases[2:], Anchors: set.Anchors, Senses: set.Senses}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("set (-want +got):\n%s", diff)
	}
}

func TestLintReadsMeasures(t *testing.T) {
	t.Parallel()
	fsys := with("dimension_codes.csv", sound["dimension_codes.csv"]+"global_layout,SDG,9,Industry\n")
	fsys["tone_confusions.csv"].Data = []byte(sound["tone_confusions.csv"] + tonesOf("en", "0.8") + "\n")
	fsys["quality.csv"].Data = []byte(sound["quality.csv"] + "matching,gold,test,class,A,precision,0.98,0.97,0.99,412,2026-11-22\n")
	set, problems := Lint(fsys)
	if diff := cmp.Diff([]string(nil), told(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	want := Set{
		Codes: []DimensionCode{{"global_layout", "SDG", "9", "Industry"}},
		Tones: []ToneConfusion{{"en", "negative", "negative", "0.8", "1"}},
		Quality: []Quality{{
			Stage: "matching", Set: "gold", Split: "test", Breakdown: "class", Part: "A", Measure: "precision",
			Value: "0.98", Low: "0.97", High: "0.99", Count: 412, MeasuredOn: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		}},
	}
	if diff := cmp.Diff(want, Set{Codes: set.Codes, Tones: set.Tones[:1], Quality: set.Quality}); diff != "" {
		t.Errorf("set (-want +got):\n%s", diff)
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
			[]string{`companies.csv:4: has 2 values, not 14 (give one value a column: ` + strings.Join(companyColumns, ",") + `)`}},
		{"broken quotes, and the line after them is still read", "companies.csv", "zte,Z\"TE,,,,,,,,,,,,\nhuawei,Huawei,,telecom equipment,private,CN,,,,false,,,,", []string{
			`companies.csv:4: is broken CSV: bare " in non-quoted-field (write a value that holds a comma or a quote as "…", and each quote in it twice)`,
			`companies.csv:5: company_id "huawei" is there twice, first in line 2 (delete or rename one of them)`}},
		{"values missing", "companies.csv", ",,,,,,,,,,,,,", []string{
			`companies.csv:4: company_id is missing (every row has to give company_id)`,
			`companies.csv:4: name is missing (every row has to give name)`,
			`companies.csv:4: sector is missing (every row has to give sector)`,
			`companies.csv:4: ownership is missing (every row has to give ownership)`,
			`companies.csv:4: home_country is missing (every row has to give home_country)`,
			`companies.csv:4: is_comparator is missing (every row has to give is_comparator)`}},
		{"company with unknown words", "companies.csv", "Huawei_2,Huawei,,telecom equipmnt,privat,XX,,700,160120,yes,,,,\n", []string{
			`companies.csv:4: sector "telecom equipmnt" is not known (did you mean "telecom equipment"? use one of: ` + strings.Join(sectors, ", ") + `)`,
			`companies.csv:4: ownership "privat" is not known (did you mean "private"? use one of: state, state_backed, private, foreign)`,
			`companies.csv:4: is_comparator "yes" is not known (use one of: true, false)`,
			`companies.csv:4: company_id "Huawei_2" is not an identifier (use small letters, digits and single hyphens)`,
			`companies.csv:4: home_country "XX" is not in countries.csv (write an ISO 3166-1 alpha-2 code in capitals)`,
			`companies.csv:4: wikidata_id "160120" is not an item (write it like Q160120, or leave it empty)`,
			`companies.csv:4: ticker "700" is not EXCHANGE:CODE (write it like HKEX:0700, or leave it empty)`,
			`companies.csv:4: company "Huawei_2" has no alias (add its names to company_aliases.csv)`}},
		{"two companies with one ticker and item", "companies.csv", "simens,Simens,,machinery,foreign,DE,,XETRA:SIE,Q81230,true,,,,", []string{
			`companies.csv:4: wikidata_id "Q81230" is there twice, first in line 3 (delete or rename one of them)`,
			`companies.csv:4: ticker "XETRA:SIE" is there twice, first in line 3 (delete or rename one of them)`,
			`companies.csv:4: company "simens" has no alias (add its names to company_aliases.csv)`}},
		{"Chinese company to compare with", "companies.csv", "zte,ZTE,,telecom equipment,private,CN,,,,true,,,,", []string{
			`companies.csv:4: is_comparator is true and ownership is "private" (comparators, and only they, are foreign)`,
			`companies.csv:4: company "zte" has no alias (add its names to company_aliases.csv)`}},
		{"white space and control characters", "company_aliases.csv", "huawei,\"Hua\twei \",en,A,name,false,,,", []string{
			`company_aliases.csv:4: alias "Hua\twei " has white space around it (take the white space away)`,
			`company_aliases.csv:4: alias "Hua\twei " holds a control character (take the control character out)`}},
		{"alias of nobody in no language", "company_aliases.csv", "hauwei,HW1,xx,A,name,false,,,", []string{
			`company_aliases.csv:4: company_id "hauwei" is not in companies.csv (did you mean "huawei"? add the company first)`,
			`company_aliases.csv:4: language "xx" is not in languages.csv (write a code such as en, und, zh, or und for all languages)`}},
		{"class out of the list", "company_aliases.csv", "huawei,HW,und,E,name,maybe,,,", []string{
			`company_aliases.csv:4: class "E" is not known (use one of: A, B, C, D)`,
			`company_aliases.csv:4: is_case_sensitive "maybe" is not known (use one of: true, false)`}},
		{"class C without anchors", "company_aliases.csv", "huawei,Mate,und,C,name,true,,,",
			[]string{`company_aliases.csv:4: alias "Mate" is of class C and has no anchors (list words that stand in articles about the company, separated by |)`}},
		{"anchors of another class", "company_aliases.csv", "huawei,Mate,und,B,name,true,phone,,",
			[]string{`company_aliases.csv:4: alias "Mate" is of class B and has anchors (only class C reads anchors: make it C or empty them)`}},
		{"useless anchors", "company_aliases.csv", "huawei,Mate,und,C,name,true,phone||Phone|mate,,", []string{
			`company_aliases.csv:4: anchor "" is empty or has white space around it (write anchors as one|two|three)`,
			`company_aliases.csv:4: anchor "Phone" is there twice (delete one of them)`,
			`company_aliases.csv:4: anchor "mate" is the alias itself (an anchor must add something: delete it)`}},
		{"dates that are none", "company_aliases.csv", "huawei,Mate,und,A,name,true,,2024-02-30,1.1.2025", []string{
			`company_aliases.csv:4: valid_from "2024-02-30" is not a date (write YYYY-MM-DD, or leave it empty)`,
			`company_aliases.csv:4: valid_to "1.1.2025" is not a date (write YYYY-MM-DD, or leave it empty)`}},
		{"ends before it begins", "company_aliases.csv", "huawei,Mate,und,A,name,true,,2025-01-02,2025-01-01",
			[]string{`company_aliases.csv:4: valid_to 2025-01-01 is before valid_from 2025-01-02 (swap the dates)`}},
		{"one character", "company_aliases.csv", "huawei,华,zh,A,name,false,,,",
			[]string{`company_aliases.csv:4: alias "华" is a single character (use a longer form)`}},
		{"alias twice, the second in capitals", "company_aliases.csv", "huawei,HUAWEI,und,B,name,true,,,",
			[]string{`company_aliases.csv:4: alias "HUAWEI" (und) of "huawei" is there twice, first in line 2 (delete one of them)`}},
		{"alias of two companies", "company_aliases.csv", "huawei,Siemens,en,B,name,true,,,",
			[]string{`company_aliases.csv:4: alias "Siemens" is claimed by "siemens" too, in line 3 (class A says that it can be nothing else: give it to one of them, make both class C with anchors, or end its validity)`}},
		{"alias of two companies that share one night", "company_aliases.csv",
			"huawei,Mate,en,A,name,true,,,2024-06-30\nsiemens,Mate,und,A,name,true,,2024-06-30,",
			[]string{`company_aliases.csv:5: alias "Mate" is claimed by "huawei" too, in line 4 (class A says that it can be nothing else: give it to one of them, make both class C with anchors, or end its validity)`}},
		{"alias that changes its owner", "company_aliases.csv",
			"huawei,Mate,en,A,name,true,,,2024-06-30\nsiemens,Mate,und,A,name,true,,2024-07-01,", nil},
		{"alias of two companies in two languages", "company_aliases.csv",
			"huawei,Mate,en,A,name,true,,,\nsiemens,Mate,zh,A,name,true,,,", nil},
		{"alias of two companies, sure of one", "company_aliases.csv",
			"huawei,Mate,en,A,name,true,,,\nsiemens,Mate,en,C,name,true,turbine,,",
			[]string{`company_aliases.csv:5: alias "Mate" is claimed by "huawei" too, in line 4 (class A says that it can be nothing else: give it to one of them, make both class C with anchors, or end its validity)`}},
		{"alias of two companies, likely of both", "company_aliases.csv",
			"huawei,Mate,en,B,name,true,,,\nsiemens,Mate,en,B,name,true,,,",
			[]string{`company_aliases.csv:5: alias "Mate" is claimed by "huawei" too, in line 4 (give it to one of them, make one class C with anchors, or end its validity)`}},
		{"alias of two companies, one with anchors", "company_aliases.csv",
			"huawei,Mate,en,B,name,true,,,\nsiemens,Mate,en,C,name,true,turbine,,", nil},
		{"name of one company, blocker of another", "company_aliases.csv",
			"huawei,Siemens,en,D,other,true,,,", nil},
		{"blocker that is called a name, name that is called somebody else's", "company_aliases.csv",
			"huawei,Huaweiyan,en,D,name,true,,,\nhuawei,HUAWEI P,en,A,other,true,,,", []string{
				`company_aliases.csv:4: alias "Huaweiyan" is of class D and kind name (what is somebody else's is of class D and kind other, and nothing else is)`,
				`company_aliases.csv:5: alias "HUAWEI P" is of class A and kind other (what is somebody else's is of class D and kind other, and nothing else is)`}},
		{"alias of no kind", "company_aliases.csv", "huawei,HW1,en,A,nick,true,,,",
			[]string{`company_aliases.csv:4: kind "nick" is not known (use one of: name, brand, former, other)`}},
		{"ordinary word taken for sure in any case", "company_aliases.csv", "huawei,Honor,und,A,brand,false,,,\nhuawei,POWER,und,A,brand,true,,,",
			[]string{`company_aliases.csv:4: alias "Honor" is of class A and an ordinary word (make it B, or C with anchors)`}},
		{"unknown parent, close to a known one", "companies.csv", company("honor", "huawey", "", "", ""),
			[]string{`companies.csv:4: parent_id "huawey" is not in this file (did you mean "huawei"? add the parent, or leave it empty)`, unnamed(4, "honor")}},
		{"parents in a circle", "companies.csv", company("a", "b", "", "", "") + "\n" + company("b", "a", "", "", "") + "\n" + company("c", "a", "a", "", ""), []string{
			`companies.csv:4: company "a" is an ancestor of itself (empty one parent_id of the circle)`, unnamed(4, "a"),
			`companies.csv:5: company "b" is an ancestor of itself (empty one parent_id of the circle)`, unnamed(5, "b"),
			unnamed(6, "c")}},
		{"own parent", "companies.csv", company("a", "a", "", "", ""),
			[]string{`companies.csv:4: company "a" is an ancestor of itself (empty one parent_id of the circle)`, unnamed(4, "a")}},
		{"counts for its grandparent", "companies.csv", company("a", "b", "huawei", "", "") + "\n" + company("b", "huawei", "", "", ""),
			[]string{unnamed(4, "a"), unnamed(5, "b")}},
		{"counts for a stranger, and for a parent it does not have", "companies.csv", company("a", "huawei", "siemens", "", "") + "\n" + company("b", "", "huawei", "", ""), []string{
			`companies.csv:4: counts_for "siemens" is neither the parent of "a" nor above it (a company counts for one that controls it: give that as parent_id, or leave counts_for empty)`, unnamed(4, "a"),
			`companies.csv:5: counts_for "huawei" is neither the parent of "b" nor above it (a company counts for one that controls it: give that as parent_id, or leave counts_for empty)`, unnamed(5, "b")}},
		{"company that ends before it begins", "companies.csv", company("a", "", "", "2021-05-08", "2020-01-01"), []string{
			`companies.csv:4: valid_to 2020-01-01 is before valid_from 2021-05-08 (swap the dates)`, unnamed(4, "a")}},
		{"anchor of nobody, of no kind, too short, ending too early", "company_anchors.csv", "hauwei,R,boss,2020-02-02,2020-02-01", []string{
			`company_anchors.csv:2: kind "boss" is not known (use one of: executive, product, place, term)`,
			`company_anchors.csv:2: valid_to 2020-02-01 is before valid_from 2020-02-02 (swap the dates)`,
			`company_anchors.csv:2: company_id "hauwei" is not in companies.csv (did you mean "huawei"? add the company first)`,
			`company_anchors.csv:2: anchor "R" is a single character (use a longer word)`}},
		{"anchor that is a name, and one twice", "company_anchors.csv", "huawei,HUAWEI,term,,\nhuawei,Ren Zhengfei,executive,,\nhuawei,REN ZHENGFEI,term,,\nsiemens,Ren Zhengfei,executive,,", []string{
			`company_anchors.csv:2: anchor "HUAWEI" is an alias of "huawei" (an anchor must add something: delete it here or there)`,
			`company_anchors.csv:4: anchor of huawei "REN ZHENGFEI" is there twice, first in line 3 (delete or rename one of them)`}},
		{"sense of a sure name", "company_senses.csv", "huawei,Huawei,a village,village,",
			[]string{`company_senses.csv:2: alias "Huawei" of "huawei" is of class A (only B and C ask what else a name may mean: change its class, or delete the sense)`}},
		{"sense of a name that is not there, without cues, and twice", "company_senses.csv", "huawei,Mate,a friend,,\nhuawei,Mate,a friend,pal|Pal|mate,AU|XX", []string{
			`company_senses.csv:2: alias "Mate" is no alias of "huawei" (write it as company_aliases.csv has it, or add it there)`,
			`company_senses.csv:2: sense "a friend" has neither cues nor countries (list words that speak for it, or countries whose press means it)`,
			`company_senses.csv:3: cue "Pal" is there twice (delete one of them)`,
			`company_senses.csv:3: alias "Mate" is no alias of "huawei" (write it as company_aliases.csv has it, or add it there)`,
			`company_senses.csv:3: cue "mate" is the alias itself (a cue must add something: delete it)`,
			`company_senses.csv:3: country "AU" is not in countries.csv (write ISO 3166-1 alpha-2 codes in capitals, separated by |)`,
			`company_senses.csv:3: country "XX" is not in countries.csv (write ISO 3166-1 alpha-2 codes in capitals, separated by |)`,
			`company_senses.csv:3: sense of Mate "a friend" is there twice, first in line 2 (delete or rename one of them)`}},
		{"dimension and framework unknown, code twice", "dimension_codes.csv", "global_layouts,ISO,1,One\nglobal_layout,SDG,9,Nine\nglobal_layout,SDG,9,Neun", []string{
			`dimension_codes.csv:2: dimension "global_layouts" is not known (did you mean "global_layout"? use one of: ` + strings.Join(dimensions, ", ") + `)`,
			`dimension_codes.csv:2: framework "ISO" is not known (use one of: SASB, ESG, SDG)`,
			`dimension_codes.csv:4: code "global_layout SDG 9" is there twice, first in line 3 (delete or rename one of them)`}},
		{"tone matrix with an entry missing, and of no language", "tone_confusions.csv", "en,negative,negative,0.8,1.2\nxx,bad,negative,8%,1", []string{
			`tone_confusions.csv:2: language "en" has 1 of 9 entries (give all nine, one for each pair of tones)`,
			`tone_confusions.csv:3: true_tone "bad" is not known (use one of: negative, neutral, positive)`,
			`tone_confusions.csv:3: confusion "8%" is not a decimal (write at most 9 digits before and 9 after the point)`,
			`tone_confusions.csv:3: language_code "xx" is not in languages.csv (write a code such as en, und, zh)`,
			`tone_confusions.csv:3: language "xx" has 1 of 9 entries (give all nine, one for each pair of tones)`}},
		{"tone matrix that does not add up", "tone_confusions.csv", tonesOf("en", "0.81"),
			[]string{`tone_confusions.csv:2: confusion of neutral in language "en" sums to 1.010000 (the three judged tones of a true one must sum to 1)`}},
		{"tone matrix in order", "tone_confusions.csv", tonesOf("en", "0.8"), nil},
		{"figure of quality with faults", "quality.csv", "match,gold,train,all,all,f1,.9,0.8,,many,", []string{
			`quality.csv:2: stage "match" is not known (use one of: extraction, matching, tone, dimensions, stories)`,
			`quality.csv:2: split "train" is not known (use one of: dev, test)`,
			`quality.csv:2: value ".9" is not a decimal (write at most 9 digits before and 9 after the point)`,
			`quality.csv:2: measured_on is missing (every row has to give measured_on)`,
			`quality.csv:2: sample_count "many" is not a count (write digits only)`,
			`quality.csv:2: one end of the interval is missing (give value_low and value_high, or neither)`}},
		{"two spellings, each of them exact", "company_aliases.csv",
			"huawei,MATE,en,A,name,true,,,\nhuawei,Mate,en,C,name,true,phone,,", nil},
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
		{"company without a name to find it by", "company_aliases.csv", "company_id,alias,language,class,kind,is_case_sensitive,anchors,valid_from,valid_to\nhuawei,Huawei,und,A,name,false,,,\nsiemens,Siemens Street,und,D,other,false,,,\n",
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
	want := map[string]int{}
	for file := range sound {
		want[file] = 1
	}
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
