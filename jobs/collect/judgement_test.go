package collect_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/transform/judge"
	"github.com/overheard-news/overheard/transform/match"
)

// opinion is a judge that says the same of every company.
type opinion struct{ judge.Judgement }

func (o *opinion) Judge(string, []match.Quote) judge.Judgement { return o.Judgement }

// TestJudgementsAreStored: unknown is not the same as none, and a matching that says
// the same again writes nothing.
func TestJudgementsAreStored(t *testing.T) {
	t.Parallel()
	said := &opinion{}
	st := newStand(t, newScript(1), func(c *collect.Config) { c.Judge = said })
	st.collect()
	const stored = `
		select concat_ws(' ', coalesce(cast(tone_negative as text), 'unknown'), coalesce(cast(tone_positive as text), 'unknown'),
			coalesce(cast(dimensions as text), 'unknown'), coalesce(cast(dimension_probabilities as text), 'unknown'),
			coalesce(cast(dimension_evidence as text), 'unknown'))
		from staging.mentions where outlet_id = 'gazette'`
	layout := judge.Dimension{Name: "global_layout", Probability: 0.8765, Evidence: "opens a \"plant\",\x00 in {Brno}"}
	for _, test := range []struct {
		name string
		says judge.Judgement
		want string
	}{
		{"unknown", judge.Judgement{}, "unknown unknown unknown unknown unknown"},
		{"none", judge.Judgement{Dimensions: []judge.Dimension{}}, "unknown unknown {} {} {}"},
		{"tone", judge.Judgement{Tone: &judge.Tone{Negative: 0.123456, Positive: 2.0 / 3}, Dimensions: []judge.Dimension{}}, "0.1235 0.6667 {} {} {}"},
		{"a dimension", judge.Judgement{Dimensions: []judge.Dimension{layout}}, `unknown unknown {global_layout} {0.877} {"opens a \"plant\", in {Brno}"}`},
		{"two", judge.Judgement{Dimensions: []judge.Dimension{layout, {Name: "corporate_culture", Probability: 1}}},
			`unknown unknown {global_layout,corporate_culture} {0.877,1.000} {"opens a \"plant\", in {Brno}",""}`},
	} {
		said.Judgement = test.says
		counts := st.rematch("gazette", testNight)
		if test.name != "unknown" && counts["mention_changed"] != 1 {
			t.Errorf("%s: %v, want one mention changed", test.name, counts)
		}
		if diff := gocmp.Diff([]string{test.want}, st.lines(stored)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		before := st.versions()
		if counts := st.rematch("gazette", testNight); counts["mention_changed"] != 0 || !slices.Equal(before, st.versions()) {
			t.Errorf("%s: said again, it was written again: %v", test.name, counts)
		}
	}
}
