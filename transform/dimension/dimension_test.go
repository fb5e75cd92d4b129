package dimension

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/transform/match"
)

// quoteOf makes a quote of a sentence with the company in square brackets.
func quoteOf(t testing.TB, text string) match.Quote {
	t.Helper()
	before, rest, hasOpen := strings.Cut(text, "[")
	name, after, hasClose := strings.Cut(rest, "]")
	if !hasOpen || !hasClose {
		t.Fatalf("no [company] in %q", text)
	}
	return match.Quote{Text: before + name + after, Start: len(before), End: len(before) + len(name)}
}

func mustLoad(t testing.TB) *Labeller {
	t.Helper()
	l, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The contract of the rules: ten for each dimension in English, five in ten others.
func TestEveryLanguageHasRulesForEveryDimension(t *testing.T) {
	t.Parallel()
	least := map[string]int{"en": 10}
	for _, language := range []string{"ar", "de", "es", "fr", "ja", "ko", "pt", "ru", "tr", "zh"} {
		least[language] = 5
	}
	for _, f := range builtInRules(t) {
		var count [5]int
		guards := 0
		for _, r := range f.rules {
			count[r.dimension]++
			guards += len(r.guards)
		}
		for d, n := range count {
			if n < least[f.language] {
				t.Errorf("%s has %d rules for %s, want %d", f.language, n, dimensions[d], least[f.language])
			}
		}
		if guards < 20 {
			t.Errorf("%s has %d guards", f.language, guards)
		}
		delete(least, f.language)
	}
	if len(least) > 0 {
		t.Errorf("no rules for %v", least)
	}
}

func TestLabel(t *testing.T) {
	t.Parallel()
	l := mustLoad(t)
	tests := []struct {
		name, language string
		quotes         []string
		want           []string // dimension: evidence
		isAbstained    bool
	}{
		{"a plant abroad", "en", []string{"[BYD] will build a plant in Hungary."}, []string{"global_layout: build a plant"}, false},
		{"a plant in a pot", "en", []string{"[BYD] gave out potted plants, and they build nests in flower pots."}, nil, false},
		{"two at once", "en-GB", []string{"[Temu] was fined 200 million euros after toys were found to be unsafe."}, []string{"social_responsibility: unsafe", "global_governance: fined 200 million"}, false},
		{"another's clause", "en", []string{"[BYD] said nothing while Tesla faces an antitrust probe."}, nil, false},
		{"traditional characters", "zh-Hant", []string{"[比亞迪]在匈牙利興建工廠。"}, []string{"global_layout: 匈牙利興建工廠"}, false},
		{"an Arabic article and pronoun", "ar", []string{"تراجعت أرباحها فجأة، هكذا قالت [شاومي]."}, []string{"global_competitiveness: أرباحها"}, false},
		{"capitals without accents", "fr", []string{"[SHEIN] CONDAMNE A UNE AMENDE"}, []string{"global_governance: CONDAMNE"}, false},
		{"the second quote", "en", []string{"[Anker] sells chargers.", "[Anker] recalls 500,000 power banks."}, []string{"social_responsibility: recalls 500,000"}, false},
		{"nothing said", "en", []string{"The sun shone on [BYD]."}, nil, false},
		{"no rules for Swahili", "sw", []string{"[BYD] ilijenga kiwanda."}, nil, true},
		{"no quotes", "en", nil, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var quotes []match.Quote
			for _, q := range tt.quotes {
				quotes = append(quotes, quoteOf(t, q))
			}
			labels, ok := l.Label(tt.language, quotes)
			if ok == tt.isAbstained {
				t.Errorf("ok is %v", ok)
			}
			var got []string
			for _, label := range labels {
				got = append(got, label.Dimension+": "+label.Evidence)
				if evidence := quotes[label.Quote].Text[label.Start:label.End]; evidence != label.Evidence {
					t.Errorf("bytes %d to %d of quote %d are %q, not the evidence %q", label.Start, label.End, label.Quote, evidence, label.Evidence)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
		})
	}
}

// Rules add up as causes do, and a rule counts once however often it is repeated.
func TestVote(t *testing.T) {
	t.Parallel()
	quotes := []match.Quote{{Text: "one two"}, {Text: "one two"}}
	weak, weaker, other := &rule{weight: 0.4}, &rule{weight: 0.3}, &rule{weight: 0.9, dimension: 4}
	tests := []struct {
		name string
		cast []*rule
		want map[string]string
	}{
		{"one weak rule", []*rule{weak}, map[string]string{}},
		{"the same twice", []*rule{weak, weak}, map[string]string{}},
		{"two weak rules", []*rule{weak, weaker}, map[string]string{"global_layout": "0.58"}},
		{"two dimensions", []*rule{weak, weaker, other}, map[string]string{"global_layout": "0.58", "global_governance": "0.90"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var v vote
			for i, r := range tt.cast {
				v.add(r, firing{start: 0, end: 3}, i%2)
			}
			got := map[string]string{}
			for _, label := range v.labels(quotes) {
				got[label.Dimension] = fmt.Sprintf("%.2f", label.Probability)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLabellerIsUsedByManyAtOnce(t *testing.T) {
	t.Parallel()
	l := mustLoad(t)
	q := []match.Quote{quoteOf(t, "[BYD] will build a plant in Hungary.")}
	want, _ := l.Label("en", q)
	for range 8 {
		t.Run("reader", func(t *testing.T) {
			t.Parallel()
			for range 50 {
				if got, _ := l.Label("en", q); !slices.Equal(got, want) {
					t.Errorf("labels %v, want %v", got, want)
				}
			}
		})
	}
}

func BenchmarkLabel(b *testing.B) {
	l := mustLoad(b)
	for _, f := range builtInRules(b) {
		var quotes [][]match.Quote
		for _, r := range f.rules {
			for _, e := range r.yes {
				quotes = append(quotes, []match.Quote{{Text: e.text, Start: e.start, End: e.end}})
			}
		}
		b.Run(f.language, func(b *testing.B) {
			b.ReportAllocs()
			start := time.Now()
			for i := range b.N {
				l.Label(f.language, quotes[i%len(quotes)])
			}
			b.ReportMetric(float64(time.Since(start).Microseconds())/float64(b.N), "µs/quote")
		})
	}
}
