package evaluate

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/match"
)

func matchingSeeds() seeds.Set {
	return seeds.Set{
		Companies: []seeds.Company{
			{ID: "huawei", WikidataID: "Q1"}, {ID: "honor", WikidataID: "Q2"}, {ID: "bytedance", WikidataID: "Q3"}, {ID: "shein"},
		},
		Aliases: []seeds.Alias{
			{CompanyID: "huawei", Alias: "Huawei", Language: "und", Class: "A"},
			{CompanyID: "huawei", Alias: "Хуавэй", Language: "ru", Class: "A"},
			{CompanyID: "huawei", Alias: "华为", Language: "zh", Class: "A"},
			{CompanyID: "honor", Alias: "Honor", Language: "und", Class: "C", IsCaseSensitive: true, Anchors: []string{"smartphone"}},
			{CompanyID: "honor", Alias: "Medal of Honor", Language: "und", Class: "D"},
			{CompanyID: "bytedance", Alias: "TikTok", Language: "und", Class: "A", Kind: "brand"},
			{CompanyID: "shein", Alias: "Shein", Language: "und", Class: "A"},
		},
	}
}

func scoreMatching(t *testing.T, opt MatchingOptions, files ...string) MatchingReport {
	t.Helper()
	m, err := match.New(matchingSeeds())
	if err != nil {
		t.Fatal(err)
	}
	r, err := Matching(context.Background(), files, m, matchingSeeds(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func writeLines(t *testing.T, lines ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "set.jsonl")
	if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// ownLabels has six cases of ours: three right, one wrong, two missed.
func ownLabels(t *testing.T) string {
	return writeLines(t,
		`{"id":"1","lang":"en","title":"Phones","text":"On Monday Huawei met Honor, whose smartphone sells.","alias":"Honor","class":"C","mentions":[{"start":10,"end":16,"text":"Huawei","company_id":"huawei"},{"start":21,"end":26,"text":"Honor","company_id":"honor"}]}`,
		`{"id":"2","lang":"en","title":"","text":"The smartphone was his, and Honor was due to nobody.","alias":"Honor","class":"C","mentions":[]}`,
		`{"id":"3","lang":"en","title":"","text":"On Monday Honor hired.","alias":"Honor","class":"C","mentions":[{"start":10,"end":15,"text":"Honor","company_id":"honor"}]}`,
		`{"id":"4","lang":"ru","title":"","text":"Новый завод Хуавэя открыт, а Хуавее рад.","alias":"Хуавэй","class":"A","mentions":[{"start":12,"end":18,"text":"Хуавэя","company_id":"huawei"}]}`,
		`{"id":"5","lang":"en","title":"","text":"The firm Hwawei is ours.","alias":"Huawei","class":"A","mentions":[{"start":9,"end":15,"text":"Hwawei","company_id":"nobody","wikidata_id":"Q1"}]}`,
	)
}

func TestMatchingCountsTextsAndCompanies(t *testing.T) {
	t.Parallel()
	var seen []MatchingCase
	r := scoreMatching(t, MatchingOptions{Observe: func(c MatchingCase) { seen = append(seen, c) }}, ownLabels(t))
	want := MatchingFigures{
		MatchingScore: score(3, 4, 3, 5),
		ByClass:       []MatchingGroup{{"A", score(2, 2, 2, 2)}, {"C", score(1, 2, 1, 2)}, {"none", score(0, 0, 0, 1)}},
		ByLanguage:    []MatchingGroup{{"en", score(2, 3, 2, 4)}, {"ru", score(1, 1, 1, 1)}},
		ByScript:      []MatchingGroup{{"Cyrillic", score(1, 1, 1, 1)}, {"Latin", score(2, 3, 2, 4)}},
		ByAlias: []MatchingGroup{
			{"Honor", score(1, 2, 1, 2)}, {"Huawei", score(1, 1, 1, 2)}, {"Хуавэй", score(1, 1, 1, 1)},
		},
	}
	if diff := cmp.Diff(want, r.MatchingFigures, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
	if r.Documents != 5 || len(r.Damaged) != 0 {
		t.Errorf("%d documents, damage %v", r.Documents, r.Damaged)
	}
	var faults []string
	for _, c := range seen {
		if c.IsFound != c.IsExpected {
			faults = append(faults, c.ID+" "+c.Company)
		}
	}
	if diff := cmp.Diff([]string{"2 honor", "3 honor", "5 huawei"}, faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	// The naive matcher takes every Honor and no ending.
	if diff := cmp.Diff(score(3, 4, 3, 5), r.Naive.MatchingScore, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("naive (-want +got):\n%s", diff)
	}
}

// score is what proportion makes of right of found and hit of expected.
func score(right, found, hit, expected int) MatchingScore {
	return count{found: found, right: right, expected: expected, hit: hit}.score()
}

func TestMatchingIntervalsAreWilsons(t *testing.T) {
	t.Parallel()
	s := score(3, 4, 3, 5)
	for _, test := range []struct {
		name      string
		got, want float64
	}{
		{"precision", *s.Precision, .75}, {"recall", *s.Recall, .6}, {"F1", *s.F1, 2 * .75 * .6 / 1.35},
		{"low", *s.PrecisionLow, .300642}, {"high", *s.PrecisionHigh, .954413}, // worked out by hand
	} {
		if math.Abs(test.got-test.want) > 1e-5 {
			t.Errorf("%s is %.6f, want %.6f", test.name, test.got, test.want)
		}
	}
	if empty := score(0, 0, 0, 0); empty.Precision != nil || empty.Recall != nil || empty.F1 != nil {
		t.Errorf("nothing has a score: %+v", empty)
	}
}

func TestMatchingReliabilityHoldsBeliefAgainstTruth(t *testing.T) {
	t.Parallel()
	r := scoreMatching(t, MatchingOptions{}, ownLabels(t))
	cases, distance := 0, 0.0
	for _, row := range r.Reliability {
		cases += row.Count
		distance += math.Abs(row.Expected-row.Observed) * float64(row.Count)
		if row.Ground == "C with one anchor" && (row.Count != 2 || row.Observed != .5) {
			t.Errorf("one of two is right: %+v", row)
		}
	}
	if cases != 4 {
		t.Errorf("%d cases, want the 4 that were found: %+v", cases, r.Reliability)
	}
	if r.CalibrationError == nil || math.Abs(*r.CalibrationError-distance/4) > 1e-9 || *r.CalibrationError == 0 {
		t.Errorf("calibration error %v, want %f", r.CalibrationError, distance/4)
	}
}

func TestMatchingByWikidataJudgesOnlyWhatItCan(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, line string
		want       MatchingScore
		unjudged   int
	}{
		{"right", `{"id":"1","title":"","text":"Then Huawei spoke.","mentions":[{"start":5,"end":11,"text":"Huawei","wikidata_id":"Q1"}]}`, score(1, 1, 1, 1), 0},
		{"another thing", `{"id":"1","title":"","text":"Then Huawei spoke.","mentions":[{"start":5,"end":11,"text":"Huawei","wikidata_id":"Q99"}]}`, score(0, 1, 0, 0), 0},
		{"unknown thing", `{"id":"1","title":"","text":"Then Huawei spoke.","mentions":[{"start":5,"end":11,"text":"Huawei","wikidata_id":""}]}`, score(0, 1, 0, 0), 0},
		{"no label", `{"id":"1","title":"","text":"Then Huawei spoke.","mentions":[]}`, score(0, 1, 0, 0), 0},
		{"missed", `{"id":"1","title":"","text":"Then Hwawei spoke.","mentions":[{"start":5,"end":11,"text":"Hwawei","wikidata_id":"Q1"}]}`, score(0, 0, 0, 1), 0},
		{"company without identifier", `{"id":"1","title":"","text":"Then Shein spoke.","mentions":[{"start":5,"end":10,"text":"Shein","wikidata_id":"Q9"}]}`, score(0, 0, 0, 0), 1},
		{"brand", `{"id":"1","title":"","text":"Then TikTok spoke.","mentions":[{"start":5,"end":11,"text":"TikTok","wikidata_id":"Q4"}]}`, score(0, 0, 0, 0), 1},
		{"title alone", `{"id":"1","title":"Huawei","text":"Then it spoke.","mentions":[]}`, score(0, 0, 0, 0), 1},
		{"title is an address", `{"id":"1","title":"http://x.org/Huawei","text":"Then it spoke.","mentions":[]}`, score(0, 0, 0, 0), 0},
		{"outside the span", `{"id":"1","title":"","text":"Then Huawei spoke.","mentions":[],"evaluation_span":[0,5]}`, score(0, 0, 0, 0), 1},
	} {
		r := scoreMatching(t, MatchingOptions{}, writeLines(t, test.line))
		if diff := cmp.Diff(test.want, r.MatchingScore); diff != "" || r.Unjudged != test.unjudged || len(r.Damaged) > 0 {
			t.Errorf("%s: unjudged %d, want %d, damage %v (-want +got):\n%s", test.name, r.Unjudged, test.unjudged, r.Damaged, diff)
		}
	}
}

func TestMatchingKnowsSourcesThatLabelLittle(t *testing.T) {
	t.Parallel()
	line := `{"id":"1","title":"","text":"Then Huawei met Shenzhen and Nokia in Paris.","mentions":[{"start":29,"end":34,"text":"Nokia","wikidata_id":"Q7"}],"source":"few"}`
	lines := slices.Repeat([]string{line}, 10)
	r := scoreMatching(t, MatchingOptions{}, writeLines(t, lines...))
	if diff := cmp.Diff([]string{"few"}, r.PartlyLabelled); diff != "" || r.Found != 0 || r.Unjudged != 10 {
		t.Errorf("found %d, unjudged %d: a name without a label proves nothing there (-want +got):\n%s", r.Found, r.Unjudged, diff)
	}
}

func TestMatchingByKindsTellsOnlyWhatIsWrong(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "set.jsonl.gz")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	for _, line := range []string{
		`{"id":"1","lang":"de","text":"Dann sprach Huawei .","mentions":[{"start":12,"end":18,"text":"Huawei","type":"ORG"}]}`,
		`{"id":"2","lang":"de","text":"Dann sprach Huawei .","mentions":[{"start":12,"end":18,"text":"Huawei","type":"PER"}]}`,
		`{"id":"3","lang":"de","text":"Dann sprach Honor .","mentions":[]}`,
	} {
		if _, err := z.Write([]byte(line + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	r := scoreMatching(t, MatchingOptions{}, name)
	group := TypedGroup{Name: "de", Bytes: 59, Found: 2, Wrong: 1, NaiveFound: 3, NaiveWrong: 2}
	want := TypedFigures{Documents: 3, Bytes: 59, Found: 2, Wrong: 1, NaiveFound: 3, NaiveWrong: 2, ByLanguage: []TypedGroup{group}}
	if diff := cmp.Diff(want, r.Typed); diff != "" || r.Precision != nil || r.Found != 0 {
		t.Errorf("precision %v (-want +got):\n%s", r.Precision, diff)
	}
}

func TestMatchingTellsDamage(t *testing.T) {
	t.Parallel()
	name := writeLines(t,
		`{"id":"1","lang":"en","title":"","text":"Then Huawei spoke.","alias":"Huawei","mentions":[{"start":4,"end":11,"text":"Huawei","company_id":"huawei"}]}`,
		`{"id":"2","lang":"en","title":"","text":"Then Huawei spoke.","alias":"Huawei","mentions":[{"start":5,"end":110,"text":"Huawei","company_id":"huawei"}]}`,
		`{"id":"3","lang":"en","title":"","text":"Then Huawei spoke.","alias":"Huawei","mentions":[{"start":5,"end":11,"text":"Huawei","company_id":"hwawei"}]}`,
		`{"id":"4","text":""}`,
		`{"id":`,
	)
	r := scoreMatching(t, MatchingOptions{}, name)
	var reasons []string
	for _, d := range r.Damaged {
		reasons = append(reasons, d.Reason)
	}
	want := []string{
		`mention 4 to 11 is "Huawei", the text there reads " Huawei"`,
		`mention "Huawei": span 5 to 110 is not inside the text of 18 characters`,
		`mention "Huawei" is of company "hwawei", which the seeds do not have`,
		`line "4" has no text`,
		`unexpected end of JSON input`,
	}
	if diff := cmp.Diff(want, reasons); diff != "" || r.Documents != 0 {
		t.Errorf("%d documents scored (-want +got):\n%s", r.Documents, diff)
	}
	if _, err := Matching(context.Background(), []string{name + ".gone"}, nil, seeds.Set{}, MatchingOptions{}); !errors.Is(err, ErrNoFile) {
		t.Errorf("a missing file gives %v", err)
	}
}

func TestMatchingReportIsReadByItsKeys(t *testing.T) {
	t.Parallel()
	r := scoreMatching(t, MatchingOptions{}, ownLabels(t))
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	for _, key := range strings.Fields("precision recall by_class by_language by_script by_alias naive reliability damaged") {
		if _, ok := keys[key]; !ok {
			t.Errorf("no key %s in %s", key, text)
		}
	}
	if got := string(keys["precision"]); got != "0.75" {
		t.Errorf("precision is %s, want a plain number", got)
	}
	rows := r.Quality("own", "dev", time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC))
	want := seeds.Quality{
		Stage: "matching", Set: "own", Split: "dev", Breakdown: "class", Part: "C", Measure: "recall",
		Value: "0.500000", Low: "0.094531", High: "0.905469", Count: 2, MeasuredOn: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
	}
	seen := map[[3]string]bool{}
	isThere := false
	for _, row := range rows {
		isThere = isThere || row == want
		key := [3]string{row.Breakdown, row.Part, row.Measure}
		if seen[key] {
			t.Errorf("two rows of %v", key)
		}
		seen[key] = true
	}
	if !isThere || !seen[[3]string{"all", "all", "naive_precision"}] {
		t.Errorf("rows %+v lack %+v or the naive figures", rows, want)
	}
}
