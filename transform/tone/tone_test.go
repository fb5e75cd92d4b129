package tone

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/overheard-news/overheard/transform/match"
)

func loaded(t testing.TB) *Model {
	t.Helper()
	m, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// quoteOf makes a quote of a text with its target in square brackets.
func quoteOf(marked string) match.Quote {
	before, rest, _ := strings.Cut(marked, "[")
	target, after, _ := strings.Cut(rest, "]")
	return match.Quote{Text: before + target + after, Start: len(before), End: len(before) + len(target)}
}

func judged(t testing.TB, m *Model, language string, quotes ...match.Quote) Tone {
	t.Helper()
	tone, ok := m.Judge(language, quotes)
	if !ok {
		t.Fatalf("%s is not judged", language)
	}
	if sum := tone.Negative + tone.Neutral + tone.Positive; math.Abs(sum-1) > 1e-9 {
		t.Errorf("%v sums to %v", tone, sum)
	}
	return tone
}

// Plain sentences that any model of tone must get right.
func TestJudgeReadsPlainSentences(t *testing.T) {
	t.Parallel()
	m := loaded(t)
	for _, c := range []struct {
		language, text string
		want           int
	}{
		{"en", "A court found [Foxglove] guilty of fraud and bribery.", -1},
		{"en", "[Foxglove] cheated thousands of customers and lied about it, the report said.", -1},
		{"en", "Critics praised [Foxglove] as a brilliant and honest company that helped the poor.", 1},
		{"en", "[Foxglove] won a prestigious award for its excellent work.", 1},
		{"en", "A spokesman for [Foxglove] was not available on Tuesday.", 0},
		{"en", "[Foxglove] said the meeting would take place on Monday.", 0},
		{"ru", "Власти обвинили [Ромашку] в мошенничестве и воровстве.", -1},
		{"ru", "[Ромашка] сообщила, что встреча пройдет в понедельник.", 0},
	} {
		tone := judged(t, m, c.language, quoteOf(c.text))
		if got := m.Label(c.language, tone); got != c.want {
			t.Errorf("%s: judged %d (%.2f %.2f %.2f), want %d", c.text, got, tone.Negative, tone.Neutral, tone.Positive, c.want)
		}
	}
}

// The tone is of the target, not of the sentence. Who blames and who is blamed is hard
// for a model of words by place (MODEL.md, limits): more than half must come out right.
func TestJudgeTellsTargetsOfOneSentenceApart(t *testing.T) {
	t.Parallel()
	m := loaded(t)
	texts := []string{
		"%Tansy% accused %Foxglove% of fraud",
		"%Tansy% sued %Foxglove% over a faulty battery",
		"%Tansy% blamed %Foxglove% for the deadly fire",
		"%Tansy% criticised the dishonest conduct of %Foxglove%",
		"%Tansy% said that %Foxglove% had cheated its customers",
		"%Tansy% fined %Foxglove% for dumping poison in the river",
		"%Tansy% condemned the lies of %Foxglove%",
		"%Tansy% attacked the corrupt and cruel policies of %Foxglove%",
	}
	right := 0
	for _, text := range texts {
		parts := strings.Split(text, "%")
		doer := judged(t, m, "en", quoteOf(parts[0]+"["+parts[1]+"]"+parts[2]+parts[3]))
		other := judged(t, m, "en", quoteOf(parts[0]+parts[1]+parts[2]+"["+parts[3]+"]"))
		t.Logf("%s: net tone %.2f towards who is blamed, %.2f towards who blames", text, other.Net(), doer.Net())
		if other.Net() < doer.Net() {
			right++
		}
	}
	if 2*right <= len(texts) {
		t.Errorf("%d of %d sentences are told apart, want more than half", right, len(texts))
	}
}

func TestJudgeDoesNotKnowNames(t *testing.T) {
	t.Parallel()
	m := loaded(t)
	first := judged(t, m, "en", quoteOf("The regulator fined [Huawei] for the spill."))
	second := judged(t, m, "en", quoteOf("The regulator fined [Nestlé Waters] for the spill."))
	if first != second {
		t.Errorf("tone towards one name is %v, towards another %v", first, second)
	}
}

func TestJudgeWeighsQuotesByPosition(t *testing.T) {
	t.Parallel()
	m := loaded(t)
	bad, good := quoteOf("[Foxglove] lied and cheated."), quoteOf("[Foxglove] won a great award.")
	bad.Position, good.Position = "headline", "body"
	b, g := judged(t, m, "en", bad), judged(t, m, "en", good)
	both := judged(t, m, "en", bad, good)
	want := Tone{
		Negative: (b.Negative + 0.35*g.Negative) / 1.35,
		Neutral:  (b.Neutral + 0.35*g.Neutral) / 1.35,
		Positive: (b.Positive + 0.35*g.Positive) / 1.35,
	}
	if diff := cmp.Diff(want, both, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Errorf("tone of both (-want +got):\n%s", diff)
	}
	if other := judged(t, m, "en", good, bad); math.Abs(other.Net()-both.Net()) > 1e-12 {
		t.Errorf("the other order gives %v", other)
	}
}

func TestJudgeAbstains(t *testing.T) {
	t.Parallel()
	m := loaded(t)
	good := quoteOf("[Foxglove] won.")
	for name, c := range map[string]struct {
		language string
		quotes   []match.Quote
	}{
		"a language not measured":     {"ka", []match.Quote{good}},
		"no language":                 {"", []match.Quote{good}},
		"the name of the shared":      {"shared", []match.Quote{good}},
		"no quotes":                   {"en", nil},
		"an empty quote":              {"en", []match.Quote{{}}},
		"a name that is not in it":    {"en", []match.Quote{{Text: "short", Start: 3, End: 30}}},
		"a name that ends before it":  {"en", []match.Quote{{Text: "short", Start: 3, End: 1}}},
		"a name that starts too soon": {"en", []match.Quote{{Text: "short", Start: -1, End: 1}}},
	} {
		if tone, ok := m.Judge(c.language, c.quotes); ok || tone != (Tone{}) {
			t.Errorf("%s is judged %v", name, tone)
		}
	}
}

func TestLanguagesAreThoseThatWereMeasured(t *testing.T) {
	t.Parallel()
	m := loaded(t)
	for _, v := range Validated() {
		_, low := wilson(v.Accuracy, v.Rows)
		if low <= v.Majority {
			t.Errorf("%s stands in the table with accuracy %.3f (from %.3f) against %.3f of saying always the same", v.Language, v.Accuracy, low, v.Majority)
		}
		if m.judgeOf(v.Language) == nil || m.lexica[v.Language] == nil {
			t.Errorf("%s is in the table and cannot be judged", v.Language)
		}
	}
	want := 2 + len(Validated())
	if got := m.Languages(); len(got) != want {
		t.Errorf("%d languages are judged (%v), want %d", len(got), got, want)
	}
}

// wilson is the share and the lower end of its 95 % interval.
func wilson(p float64, n int) (share, low float64) {
	const z = 1.959964
	c := float64(n)
	return p, (p + z*z/(2*c) - z*math.Sqrt(p*(1-p)/c+z*z/(4*c*c))) / (1 + z*z/c)
}

func FuzzJudge(f *testing.F) {
	m := loaded(f)
	f.Add("en", "“Foxglove's” car, he said, isn't good.", 3, 11)
	f.Add("ru", "«Ромашка» не виновата!", 2, 16)
	f.Add("zh", "华为不安全", 0, 6)
	f.Add("en", "\xff\xfe", 1, 2)
	f.Fuzz(func(t *testing.T, language, text string, start, end int) {
		tone, ok := m.Judge(language, []match.Quote{{Text: text, Start: start, End: end}})
		if sum := tone.Negative + tone.Neutral + tone.Positive; ok && (math.IsNaN(sum) || math.Abs(sum-1) > 1e-9) {
			t.Errorf("%v sums to %v", tone, sum)
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	m := loaded(b)
	for language, text := range map[string]string{
		"en": "Regulators in Seoul said on Monday that [Foxglove] had collected the data of shoppers without telling them and shipped it abroad, a charge the company denies.",
		"ru": "Власти сообщили в понедельник, что [Ромашка] собирала данные покупателей без их ведома и вывозила их за границу, что компания отрицает.",
	} {
		quotes := []match.Quote{quoteOf(text)}
		b.Run(language, func(b *testing.B) {
			for b.Loop() {
				m.Judge(language, quotes)
			}
		})
	}
}
