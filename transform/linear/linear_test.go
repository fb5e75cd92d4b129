package linear

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// weather is a set whose words tell the label but for one row.
func weather() []Example {
	rows := []struct {
		text  string
		label int
	}{
		{"rain cold wind", 0}, {"rain storm", 0}, {"cold storm wind", 0}, {"storm", 0}, {"rain grey", 0},
		{"mild grey", 1}, {"mild wind", 1}, {"grey", 1}, {"mild", 1}, {"grey mild today", 1},
		{"sun warm", 2}, {"sun", 2}, {"warm wind sun", 2}, {"warm today", 2}, {"sun rain warm", 2},
	}
	var list []Example
	for _, r := range rows {
		list = append(list, Example{Features: words(r.text), Label: r.label})
	}
	return list
}

func words(text string) []uint32 {
	var list []uint32
	for _, w := range strings.Fields(text) {
		list = append(list, Hash(w))
	}
	return list
}

func train(t *testing.T, examples []Example, cfg Config) *Model {
	t.Helper()
	cfg.Classes = 3
	m, err := Train(examples, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTrainLearnsWhichWordsTellTheLabel(t *testing.T) {
	t.Parallel()
	m := train(t, weather(), Config{L2: 1e-3})
	for text, want := range map[string]int{"storm today": 0, "mild today": 1, "warm": 2, "sun storm sun": 2} {
		p := m.Probabilities(words(text), nil)
		best, sum := 0, 0.0
		for c := range p {
			sum += p[c]
			if p[c] > p[best] {
				best = c
			}
		}
		if best != want || math.Abs(sum-1) > 1e-12 {
			t.Errorf("%q is %v, want class %d", text, p, want)
		}
	}
}

// The gradient of the penalised loss must vanish at the optimum, which is checked
// from outside: by differences of the loss as the definition has it.
func TestTrainEndsAtTheOptimum(t *testing.T) {
	t.Parallel()
	examples := weather()
	examples[3].Weight = 2.5
	for i := range examples {
		examples[i].Values = make([]float32, len(examples[i].Features))
		for j := range examples[i].Values {
			examples[i].Values[j] = 1 + float32(i%3)/2
		}
	}
	cfg := Config{Classes: 3, L2: 0.02, Weights: []float64{1, 0.5, 2}}
	m := train(t, examples, cfg)
	loss := func(m *Model) float64 {
		sum, total, squares := 0.0, 0.0, 0.0
		for _, e := range examples {
			weight := cfg.Weights[e.Label]
			if e.Weight != 0 {
				weight *= float64(e.Weight)
			}
			sum -= weight * math.Log(m.Probabilities(e.Features, e.Values)[e.Label])
			total += weight
		}
		for _, w := range m.weights {
			squares += float64(w) * float64(w)
		}
		return sum/total + cfg.L2/2*squares
	}
	at := loss(m)
	for i := range m.weights {
		for _, step := range []float32{-0.05, 0.05} {
			m.weights[i] += step
			if moved := loss(m); moved < at-1e-6 {
				t.Errorf("weight %d moved by %v gives %v, below %v", i, step, moved, at)
			}
			m.weights[i] -= step
		}
	}
}

func TestTrainGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{
		"converged":    {L2: 1e-3},
		"held out":     {HeldOut: weather()[10:], MinCount: 2},
		"ratio scaled": {L2: 1e-2, IsRatioScaled: true},
	} {
		first, second := train(t, weather(), cfg).Encode(), train(t, weather(), cfg).Encode()
		if !bytes.Equal(first, second) {
			t.Errorf("%s: two trainings differ", name)
		}
	}
	// The bytes of one training on every machine; a change of the algorithm changes it.
	const want = "11a992a5469d7b4f"
	sum := sha256.Sum256(train(t, weather(), Config{L2: 1e-3}).Encode())
	if got := hex.EncodeToString(sum[:8]); got != want {
		t.Errorf("training gives a model with hash %s, want %s", got, want)
	}
}

func TestTrainStopsWhereHeldOutRowsAreBest(t *testing.T) {
	t.Parallel()
	// Labels of held-out rows that contradict what is learned: the less the better.
	against := weather()
	for i := range against {
		against[i].Label = (against[i].Label + 1) % 3
	}
	free, stopped := train(t, weather(), Config{}), train(t, weather(), Config{HeldOut: against})
	sharp := free.Probabilities(words("sun"), nil)[2]
	mild := stopped.Probabilities(words("sun"), nil)[2]
	if sharp < 0.95 || mild > 0.6 {
		t.Errorf("without held-out rows sun is warm with %v, with contradicting ones with %v", sharp, mild)
	}
}

func TestTrainLeavesOutRareFeatures(t *testing.T) {
	t.Parallel()
	m := train(t, weather(), Config{L2: 1e-3, MinCount: 2})
	if m.Weights(Hash("cold")) == nil || m.Weights(Hash("never")) != nil {
		t.Error("cold has no weight or never has one")
	}
	if m := train(t, weather(), Config{L2: 1e-3, MinCount: 3}); m.Weights(Hash("cold")) != nil {
		t.Error("cold is in two examples and has a weight with MinCount 3")
	}
}

func TestTrainRefusesWhatItCannotLearn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		examples []Example
		cfg      Config
	}{
		"none":        {nil, Config{Classes: 2}},
		"label":       {[]Example{{Label: 2}}, Config{Classes: 2}},
		"values":      {[]Example{{Features: []uint32{1}, Values: []float32{}}}, Config{Classes: 2}},
		"weight":      {[]Example{{Weight: -1}}, Config{Classes: 2}},
		"held out":    {[]Example{{}}, Config{Classes: 2, HeldOut: []Example{{Label: 7}}}},
		"one class":   {[]Example{{}}, Config{Classes: 1}},
		"few weights": {[]Example{{}}, Config{Classes: 2, Weights: []float64{1}}},
	} {
		if _, err := Train(c.examples, c.cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Train([]Example{{Label: -1}}, Config{Classes: 2}); !errors.Is(err, ErrExamples) {
		t.Errorf("error %v is not ErrExamples", err)
	}
}

func TestEncodeKeepsTheScores(t *testing.T) {
	t.Parallel()
	m := train(t, weather(), Config{L2: 1e-3})
	back, err := Decode(m.Encode())
	if err != nil {
		t.Fatal(err)
	}
	text := words("sun warm grey unknown")
	if diff := cmp.Diff(m.Quantised().Scores(text, nil), back.Scores(text, nil)); diff != "" {
		t.Errorf("scores after Decode (-want +got):\n%s", diff)
	}
	for c, s := range m.Scores(text, nil) {
		if got := back.Scores(text, nil)[c]; math.Abs(got-s) > 0.1 {
			t.Errorf("class %d scores %v, before it was written %v", c, got, s)
		}
	}
}

func TestDecodeRefusesDamage(t *testing.T) {
	t.Parallel()
	file := train(t, weather(), Config{L2: 1e-3}).Encode()
	for i := range file {
		damaged := bytes.Clone(file)
		damaged[i] ^= 4
		if _, err := Decode(damaged); !errors.Is(err, ErrEncoding) {
			t.Fatalf("byte %d of %d changed: %v", i, len(file), err)
		}
	}
	for _, cut := range []int{0, 3, 5, 40, len(file) - 1} {
		if _, err := Decode(file[:cut]); !errors.Is(err, ErrEncoding) {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
	resealed := func(change func(body []byte) []byte) []byte {
		body := change(bytes.Clone(file[:len(file)-sha256.Size]))
		sum := sha256.Sum256(body)
		return append(body, sum[:]...)
	}
	for name, other := range map[string][]byte{
		"next version":   resealed(func(b []byte) []byte { b[4]++; return b }),
		"no classes":     resealed(func(b []byte) []byte { b[5] = 0; return b }),
		"weight of -128": resealed(func(b []byte) []byte { b[len(b)-1] = 0x80; return b }),
		"trailing byte":  resealed(func(b []byte) []byte { return append(b, 1) }),
		"bias is NaN":    resealed(func(b []byte) []byte { copy(b[6:], []byte{0, 0, 0xC0, 0x7F}); return b }),
		"scale of zero":  resealed(func(b []byte) []byte { copy(b[18:], []byte{0, 0, 0, 0}); return b }),
	} {
		if _, err := Decode(other); !errors.Is(err, ErrEncoding) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	m, err := Train(weather(), Config{Classes: 3, L2: 1e-3})
	if err != nil {
		f.Fatal(err)
	}
	file := m.Encode()
	f.Add(file[:len(file)-sha256.Size])
	f.Add([]byte("OVLM\x01\x02"))
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha256.Sum256(body) // else the checksum is all that is tried
		sealed := append(bytes.Clone(body), sum[:]...)
		m, err := Decode(sealed)
		if err != nil {
			return
		}
		if !bytes.Equal(m.Encode(), sealed) {
			t.Error("read and written again it differs")
		}
		for _, p := range m.Probabilities([]uint32{0, 1, 7}, nil) {
			if math.IsNaN(p) {
				t.Error("a probability is not a number")
			}
		}
	})
}

func TestFunctionsAgreeWithMath(t *testing.T) {
	t.Parallel()
	for x := -600.0; x < 600; x += 0.37 {
		if got, want := exp(x), math.Exp(x); math.Abs(got-want) > 4e-15*want {
			t.Errorf("exp(%v) = %v, want %v", x, got, want)
		}
	}
	for x := 1e-12; x < 1e12; x *= 1.37 {
		if got, want := logarithm(x), math.Log(x); math.Abs(got-want) > 4e-15*max(1, math.Abs(want)) {
			t.Errorf("logarithm(%v) = %v, want %v", x, got, want)
		}
	}
}

func BenchmarkProbabilities(b *testing.B) {
	m, err := Train(weather(), Config{Classes: 3, L2: 1e-3})
	if err != nil {
		b.Fatal(err)
	}
	text := words(strings.Repeat("sun rain unknown ", 100))
	for b.Loop() {
		m.Probabilities(text, nil)
	}
}

func TestAverageGivesTheMeanScore(t *testing.T) {
	t.Parallel()
	a, b := train(t, weather()[:12], Config{L2: 1e-3}), train(t, weather()[3:], Config{L2: 1e-2})
	mean, err := Average(a, b)
	if err != nil {
		t.Fatal(err)
	}
	text := words("sun cold mild today")
	for c, s := range mean.Scores(text, nil) {
		if want := (a.Scores(text, nil)[c] + b.Scores(text, nil)[c]) / 2; math.Abs(s-want) > 1e-5 {
			t.Errorf("class %d scores %v, the mean is %v", c, s, want)
		}
	}
	if _, err := Average(); err == nil {
		t.Error("the average of nothing is no error")
	}
}

func TestPrunedKeepsTheHeaviest(t *testing.T) {
	t.Parallel()
	m := train(t, weather(), Config{L2: 1e-3})
	p := m.Pruned(3)
	if p.Features() != 3 {
		t.Fatalf("%d features, want 3", p.Features())
	}
	least := math.Inf(1)
	for _, key := range p.keys {
		least = min(least, heaviest(p.Weights(key)))
	}
	for _, key := range m.keys {
		if p.Weights(key) == nil && heaviest(m.Weights(key)) > least {
			t.Errorf("feature %d weighs more than what was kept", key)
		}
	}
}

func heaviest(weights []float32) float64 {
	most := 0.0
	for _, w := range weights {
		most = max(most, math.Abs(float64(w)))
	}
	return most
}
