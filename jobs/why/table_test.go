package why

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// drawn is a move with random effects of every size, some of them nothing.
func drawn(random *rand.Rand) *Move {
	m := &Move{State: StateMoved, LogScoreChange: new(0.0), News: new(0.0), Coverage: new(0.0), Method: new(0.0)}
	effect := func() float64 {
		if random.IntN(3) == 0 {
			return 0
		}
		return (random.Float64() - 0.5) * math.Pow(10, float64(-1-random.IntN(7)))
	}
	for i := range 1 + random.IntN(16) {
		p := Part{Indicator: fmt.Sprintf("indicator_%d", i), PartType: "indicator", News: effect(), Coverage: effect(), Method: effect()}
		p.Contribution = p.News + p.Coverage + p.Method
		*m.News += p.News
		*m.Coverage += p.Coverage
		*m.Method += p.Method
		m.Parts = append(m.Parts, p)
	}
	*m.LogScoreChange = *m.News + *m.Coverage + *m.Method
	return m
}

// TestWhatIsPrintedAddsUp holds tables of random moves: across, down, and close to
// what was rounded.
func TestWhatIsPrintedAddsUp(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3000) {
		m := drawn(rand.New(rand.NewPCG(seed, 1)))
		table := m.Table()
		var total, news, coverage, method Effect
		for i, row := range table.Rows {
			if row.News+row.Coverage+row.Method != row.Total {
				t.Fatalf("seed %d: row %d does not add up: %+v", seed, i, row)
			}
			for name, pair := range map[string][2]float64{
				"news":     {float64(row.News), m.Parts[i].News},
				"coverage": {float64(row.Coverage), m.Parts[i].Coverage},
				"method":   {float64(row.Method), m.Parts[i].Method},
			} {
				if off := math.Abs(pair[0] - pair[1]/effectUnit); off > 2 {
					t.Errorf("seed %d: %s of row %d is off by %g", seed, name, i, off)
				}
				if pair[1] == 0 && pair[0] != 0 {
					t.Errorf("seed %d: %s of row %d is made of nothing", seed, name, i)
				}
			}
			total, news = total+row.Total, news+row.News
			coverage, method = coverage+row.Coverage, method+row.Method
		}
		sum := table.Sum
		if total != sum.Total || news != sum.News || coverage != sum.Coverage || method != sum.Method {
			t.Fatalf("seed %d: columns come to %d = %d + %d + %d, the sum says %+v", seed, total, news, coverage, method, sum)
		}
		if sum.Total != EffectOf(*m.LogScoreChange) {
			t.Fatalf("seed %d: the table comes to %s, the change is %g", seed, sum.Total, *m.LogScoreChange)
		}
	}
}

func TestEffectsAsText(t *testing.T) {
	t.Parallel()
	for change, want := range map[float64]string{
		0: "0", 0.000004: "0", 0.00001: "+0.001", -0.00001: "−0.001", 0.0123449: "+1.234", -1.5: "−150.000",
	} {
		if got := EffectOf(change).String(); got != want {
			t.Errorf("%g: %s, want %s", change, got, want)
		}
	}
}

func TestPartsByPillarTheStrongestFirst(t *testing.T) {
	t.Parallel()
	m := &Move{Parts: []Part{
		{Indicator: "net_tone", Pillar: "reputation", Contribution: 9},
		{Indicator: "attention", Pillar: "spread", Contribution: 1},
		{Indicator: "outlet_breadth", Pillar: "spread", Contribution: -2},
		{Indicator: "pickups", Pillar: "influence", Contribution: 3},
	}}
	m.order()
	for i, want := range []string{"outlet_breadth", "attention", "pickups", "net_tone"} {
		if m.Parts[i].Indicator != want {
			t.Errorf("%d is %s, want %s", i, m.Parts[i].Indicator, want)
		}
	}
}
