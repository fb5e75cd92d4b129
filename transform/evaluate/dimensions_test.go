package evaluate

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/transform/dimension"
)

func loadDimensions(t testing.TB) *dimension.Labeller {
	t.Helper()
	l, err := dimension.Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// dimensionLine writes a line about BYD, which begins the text; evidence is
// dimension: words.
func dimensionLine(language, text string, evidence ...string) string {
	var labels []string
	for _, e := range evidence {
		name, words, _ := strings.Cut(e, ": ")
		start := len([]rune(text[:strings.Index(text, words)]))
		labels = append(labels, fmt.Sprintf(`{"dimension":%q,"start":%d,"end":%d,"text":%q}`, name, start, start+len([]rune(words)), words))
	}
	return fmt.Sprintf(`{"id":"1","lang":%q,"text":%q,"target":"BYD","start":0,"end":3,"dimensions":[%s]}`, language, text, strings.Join(labels, ","))
}

func TestDimensionsAreScored(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "set.jsonl")
	lines := []string{
		dimensionLine("en", "BYD will build a plant in Hungary.", "global_layout: plant in Hungary"), // right, evidence overlaps
		dimensionLine("en", "BYD, of Zürich, was fined by a court.", "global_governance: of Zürich"), // right, evidence elsewhere
		dimensionLine("en", "BYD slept well.", "global_layout: slept"),                               // missed
		dimensionLine("de", "BYD baut ein Werk in Ungarn."),                                          // told, not labelled
		dimensionLine("sw", "BYD ilijenga kiwanda.", "global_layout: kiwanda"),                       // no rules
		`{"id":"1"}`,
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	var wrong []string
	r, err := Dimensions(t.Context(), []string{path}, loadDimensions(t), DimensionOptions{Observe: func(c DimensionCase) {
		if !c.IsRight() {
			wrong = append(wrong, c.Text)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{
		"rows": float64(r.Rows), "ruleless": float64(r.WithoutRules), "damaged": float64(len(r.Damaged)),
		"macro": r.MacroF1.Value, "exact": r.ExactShare.Value, "abstained": r.Abstained.Value, "evidence": r.EvidenceShare.Value,
		"layout precision": r.ByDimension[0].Precision.Value, "layout recall": r.ByDimension[0].Recall.Value, "layout F1": r.ByDimension[0].F1.Value,
		"governance F1": r.ByDimension[4].F1.Value, "de": r.ByLanguage[0].MacroF1.Value, "en": r.ByLanguage[1].MacroF1.Value,
	}
	want := map[string]float64{
		"rows": 5, "ruleless": 1, "damaged": 1,
		"macro": (0.4 + 1 + 1 + 1 + 1) / 5, "exact": 0.4, "abstained": 0.4, "evidence": 0.5,
		"layout precision": 0.5, "layout recall": 1.0 / 3, "layout F1": 0.4,
		"governance F1": 1, "de": 0.8, "en": (2.0/3 + 4) / 5,
	}
	for name, value := range want {
		if math.Abs(got[name]-value) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, got[name], value)
		}
	}
	if len(wrong) != 3 {
		t.Errorf("%d texts are wrong, want 3: %q", len(wrong), wrong)
	}
	rows := r.Quality("set", "dev", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC))
	found := map[string]string{}
	for _, q := range rows {
		if q.Stage != "dimensions" || q.Set != "set" || q.Split != "dev" || q.Count == 0 {
			t.Errorf("row %+v", q)
		}
		found[q.Breakdown+" "+q.Part+" "+q.Measure] = q.Value
	}
	for key, value := range map[string]string{"all all macro_f1": "0.880000", "dimension global_layout recall": "0.333333", "language de macro_f1": "0.800000", "all all abstained": "0.400000"} {
		if diff := cmp.Diff(value, found[key]); diff != "" {
			t.Errorf("quality %s (-want +got):\n%s", key, diff)
		}
	}
}

// The rules on the set they were written with: what is below this has been broken.
func TestDimensionsOfTheDevelopmentSet(t *testing.T) {
	t.Parallel()
	r, err := Dimensions(t.Context(), []string{"../testdata/dimensions/dev.jsonl"}, loadDimensions(t), DimensionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Damaged) > 0 || r.Rows < 300 {
		t.Fatalf("%d rows, damaged: %v", r.Rows, r.Damaged)
	}
	if r.MacroF1.Value < 0.85 || r.MacroF1.Value < r.Baseline.Value+0.4 || r.EvidenceShare.Value < 0.8 {
		t.Errorf("macro-F1 %.3f (words alone %.3f), evidence %.3f", r.MacroF1.Value, r.Baseline.Value, r.EvidenceShare.Value)
	}
	for _, g := range r.ByLanguage {
		if g.MacroF1.Value < 0.7 {
			t.Errorf("%s: macro-F1 %.3f", g.Name, g.MacroF1.Value)
		}
	}
}

// What ships: a linear model beside the rules does not do better than they do.
func TestRulesAloneAreBetterThanWithAModel(t *testing.T) {
	t.Parallel()
	c, damaged, err := CompareDimensions(t.Context(), []string{"../testdata/dimensions/dev.jsonl"}, loadDimensions(t), 5)
	if err != nil || len(damaged) > 0 {
		t.Fatal(err, damaged)
	}
	if c.Both > c.Rules {
		t.Errorf("rules and words reach %.3f, the rules alone %.3f: ship the model", c.Both, c.Rules)
	}
}
