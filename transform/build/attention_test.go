package build

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// reading is one article of the random fixture, with the companies it names.
type reading struct {
	night     time.Time
	outlet    int
	id        int64
	text      string
	companies map[int]string // company to place
}

// press is a random fixture: outlets of several publishers, countries and tiers
// that print stories of their own and of each other.
type press struct {
	countries  []string
	outlets    []pressOutlet
	nights     []time.Time
	articles   []reading
	nCompanies int
}

type pressOutlet struct {
	publisher, country string
	tier               int
}

func randomPress(seed uint64) press {
	r := rand.New(rand.NewPCG(seed, 1))
	p := press{nCompanies: 12}
	for i := range 20 {
		p.countries = append(p.countries, fmt.Sprintf("Q%c", 'A'+i))
	}
	for range 45 {
		p.outlets = append(p.outlets, pressOutlet{
			publisher: fmt.Sprintf("p%d", r.IntN(30)),
			country:   p.countries[r.IntN(len(p.countries))],
			tier:      1 + r.IntN(3),
		})
	}
	places := []string{"headline", "lead", "body", "passing"}
	for _, day := range []int{1, 2, 3, 5, 10} {
		p.nights = append(p.nights, time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC))
	}
	var id int64
	for _, night := range p.nights {
		for range 300 {
			id++
			a := reading{night: night, outlet: r.IntN(len(p.outlets)), id: id, companies: map[int]string{}}
			a.text = fmt.Sprintf("own %d", id)
			if r.IntN(3) == 0 {
				a.text = fmt.Sprintf("wire %d", r.IntN(40))
			}
			for range r.IntN(3) {
				a.companies[r.IntN(p.nCompanies)] = places[r.IntN(4)]
			}
			p.articles = append(p.articles, a)
		}
	}
	return p
}

func (p press) given() string {
	var s strings.Builder
	for i, country := range p.countries {
		fmt.Fprintf(&s, "insert into seeds.countries values ('%s', 'Q', 'Asia', %d);\n", country, 100+i*i*9000)
	}
	for c := range p.nCompanies {
		fmt.Fprintf(&s, "select given.company('c%02d');\n", c)
	}
	for i, o := range p.outlets {
		fmt.Fprintf(&s, "select given.outlet('o%02d', '%s', '%s', %d);\n", i, o.publisher, o.country, o.tier)
	}
	for _, a := range p.articles {
		night := a.night.Format(time.DateOnly)
		fmt.Fprintf(&s, "select given.article('%s', 'o%02d', %d, '%s');\n", night, a.outlet, a.id, a.text)
		for c := range p.nCompanies {
			if place, isNamed := a.companies[c]; isNamed {
				fmt.Fprintf(&s, "select given.mention('%s', 'c%02d', %d, '%s');\n", night, c, a.id, place)
			}
		}
	}
	return s.String()
}

// weights follows the definition by repeated cutting, where the SQL solves it in
// one pass.
func (p press) weights() []float64 {
	share := map[string]float64{}
	for _, o := range p.outlets {
		for i, country := range p.countries {
			if country == o.country {
				share[country] = math.Sqrt(float64(100 + i*i*9000))
			}
		}
	}
	const limit = 0.08
	capped := map[string]bool{}
	for range 100 {
		free, mass := 1.0, 0.0
		for country := range share {
			if capped[country] {
				free -= limit
			} else {
				mass += share[country]
			}
		}
		for country := range share {
			if !capped[country] {
				share[country] *= free / mass
			}
		}
		isDone := true
		for country := range share {
			if !capped[country] && share[country] > limit+1e-15 {
				capped[country], share[country], isDone = true, limit, false
			}
		}
		if isDone {
			break
		}
	}
	reach := []float64{0, 4, 2, 1}
	total := map[string]float64{}
	for _, o := range p.outlets {
		total[o.country] += reach[o.tier]
	}
	weights := make([]float64, len(p.outlets))
	for i, o := range p.outlets {
		weights[i] = share[o.country] * reach[o.tier] / total[o.country]
	}
	return weights
}

// attention works through the nights in floating point, straight from the
// definitions of the method: every outlet with every company.
func (p press) attention() map[string]float64 {
	salience := map[string]float64{"headline": 1, "lead": 0.6, "body": 0.35, "passing": 0.15}
	x := make([][]float64, len(p.outlets))
	for i := range x {
		x[i] = make([]float64, p.nCompanies)
	}
	n := make([]float64, len(p.outlets))
	for at, night := range p.nights {
		if at > 0 {
			decay := math.Exp2(-night.Sub(p.nights[at-1]).Hours() / 24 / 7)
			for o := range p.outlets {
				n[o] *= decay
				for c := range x[o] {
					x[o][c] *= decay
				}
			}
		}
		p.addNight(night, salience, n, x)
	}
	return p.shrink(n, x)
}

// addNight adds one night's articles and mentions to the sums.
func (p press) addNight(night time.Time, salience map[string]float64, n []float64, x [][]float64) {
	root := p.roots()
	within := func(then time.Time) bool {
		return !then.After(night) && night.Sub(then) <= 3*24*time.Hour
	}
	publishers := map[int64]map[string]bool{}
	for _, a := range p.articles {
		if within(a.night) {
			story := root[a.id]
			if publishers[story] == nil {
				publishers[story] = map[string]bool{}
			}
			publishers[story][p.outlets[a.outlet].publisher] = true
		}
	}
	type telling struct {
		outlet int
		story  int64
	}
	type voice struct {
		publisher string
		story     int64
		company   int
	}
	told := map[telling]bool{}
	spoken := map[voice]bool{}
	for _, a := range p.articles {
		if within(a.night) && a.night.Before(night) {
			told[telling{a.outlet, root[a.id]}] = true
			for c := range a.companies {
				spoken[voice{p.outlets[a.outlet].publisher, root[a.id], c}] = true
			}
		}
	}
	best := map[voice]reading{}
	better := func(a, b reading, c int) bool {
		sa, sb := salience[a.companies[c]], salience[b.companies[c]]
		ta, tb := p.outlets[a.outlet].tier, p.outlets[b.outlet].tier
		switch {
		case sa != sb:
			return sa > sb
		case ta != tb:
			return ta < tb
		case a.outlet != b.outlet:
			return a.outlet < b.outlet
		}
		return a.id < b.id
	}
	for _, a := range p.articles {
		if !a.night.Equal(night) {
			continue
		}
		if key := (telling{a.outlet, root[a.id]}); !told[key] {
			told[key] = true
			n[a.outlet]++
		}
		for c := range a.companies {
			key := voice{p.outlets[a.outlet].publisher, root[a.id], c}
			if spoken[key] {
				continue
			}
			if b, isThere := best[key]; !isThere || better(a, b, c) {
				best[key] = a
			}
		}
	}
	sums := map[int]map[int]float64{}
	for key, a := range best {
		copies := float64(len(publishers[key.story]))
		if sums[a.outlet] == nil {
			sums[a.outlet] = map[int]float64{}
		}
		sums[a.outlet][key.company] += salience[a.companies[key.company]] * (1 + 0.5*math.Log2(copies)) / copies
	}
	for o := range sums {
		for c, sum := range sums[o] {
			x[o][c] += math.Log2(1 + sum)
		}
	}
}

// roots gives each article the root of the first one of the same text among the
// nights it is clustered with: its own and the three before.
func (p press) roots() map[int64]int64 {
	root := map[int64]int64{}
	for _, a := range p.articles {
		for _, b := range p.articles {
			if b.text == a.text && !b.night.After(a.night) && a.night.Sub(b.night) <= 3*24*time.Hour {
				root[a.id] = b.id
				if earlier, isTold := root[b.id]; isTold {
					root[a.id] = earlier
				}
				break
			}
		}
	}
	return root
}

func (p press) shrink(n []float64, x [][]float64) map[string]float64 {
	weights := p.weights()
	countryN := map[string]float64{}
	panelN := 0.0
	for i, o := range p.outlets {
		countryN[o.country] += n[i]
		panelN += n[i]
	}
	attention := map[string]float64{}
	for c := range p.nCompanies {
		countryX := map[string]float64{}
		panelX := 0.0
		for i, o := range p.outlets {
			countryX[o.country] += x[i][c]
			panelX += x[i][c]
		}
		sum := 0.0
		for i, o := range p.outlets {
			prior := (countryX[o.country] + 500*panelX/panelN) / (countryN[o.country] + 500)
			sum += weights[i] * (x[i][c] + 100*prior) / (n[i] + 100)
		}
		attention[fmt.Sprintf("c%02d", c)] = sum
	}
	return attention
}

func TestAttentionAgreesWithTheDefinition(t *testing.T) {
	t.Parallel()
	p := randomPress(7)
	db := newDB(t, p.given())
	b := newBuilder(t, db)
	for _, night := range p.nights {
		mustBuild(t, b, night.Format(time.DateOnly))
	}
	rows := []struct {
		CompanyID string  `db:"company_id"`
		Attention float64 `db:"attention"`
	}{}
	err := db.SelectContext(t.Context(), &rows, `
		select t.company_id, t.attention
		from intermediate.int_attention_shrunk as t
		where t.night = $1
		order by t.company_id`, dateText(p.nights[len(p.nights)-1]))
	if err != nil {
		t.Fatal(err)
	}
	want := p.attention()
	if len(rows) != len(want) {
		t.Fatalf("%d companies have attention, want %d", len(rows), len(want))
	}
	largest := 0.0
	for _, row := range rows {
		difference := math.Abs(row.Attention - want[row.CompanyID])
		largest = max(largest, difference)
		if difference > 1e-9 {
			t.Errorf("%s: attention %.12f, want %.12f", row.CompanyID, row.Attention, want[row.CompanyID])
		}
	}
	t.Logf("largest difference of %d companies: %.1e", len(rows), largest)
}

// TestDuplicatesLeaveScoresAlone prints every article five times in its outlet.
func TestDuplicatesLeaveScoresAlone(t *testing.T) {
	t.Parallel()
	p := randomPress(8)
	scores := func(given string) []string {
		db := newDB(t, given)
		b := newBuilder(t, db)
		for _, night := range p.nights {
			mustBuild(t, b, night.Format(time.DateOnly))
		}
		var found []string
		err := db.SelectContext(t.Context(), &found, `
			select concat(t.night, ' ', t.company_id, ' ', t.attention, ' ', t.attention_tier_1)
			from intermediate.int_attention_shrunk as t`)
		if err != nil {
			t.Fatal(err)
		}
		sort.Strings(found)
		return found
	}
	once := scores(p.given())
	multiplied := p
	multiplied.articles = nil
	// New numbers in random order, so that no order of numbers is kept.
	numbers := rand.New(rand.NewPCG(8, 2)).Perm(5 * len(p.articles))
	for i, a := range p.articles {
		for k := range 5 {
			a.id = int64(numbers[5*i+k] + 1)
			multiplied.articles = append(multiplied.articles, a)
		}
	}
	five := scores(multiplied.given())
	if diff := cmp.Diff(once, five); diff != "" {
		t.Errorf("scores differ once articles are printed five times (-once +five):\n%s", diff)
	}
}
