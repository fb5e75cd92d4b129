package story

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func night(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }

const wire = `HAMBURG, March 3 - The Chinese car maker opened its first European battery plant on Tuesday, a site on the Elbe that will employ
two thousand people and supply three German manufacturers. Production starts in May with one line, two more follow next year, the plant manager said at the
ceremony. The state gave eighty million euros towards the building, a sum that competitors have called a distortion and that the European Commission approved
only after an inquiry of fourteen months. Unions welcomed the jobs but asked for a wage agreement before the first shift. "We will not work below the tariff of
the metal industry," said their local leader. The company answered that talks had begun. Analysts expect that cells made in Hamburg cost about a fifth more than
those from Fujian, a gap that falls to a tenth once freight and duties are counted. The plant draws its power from wind parks in the North Sea under a contract
of fifteen years. Neighbours had sued over water use; a court threw the case out in January. The river authority limits what the plant may take in dry summers.
Sales of the company's cars in Europe doubled last year, from a low base, and its shares have gained a third since the autumn.`

const localLead = `Good news for our region: several suppliers from Lower Saxony hope for orders from the new factory, which lies only an hour from here by train,
as the chamber of commerce told this newspaper yesterday.
`

const sameTopic = `In Hamburg the ribbon was cut on Tuesday for a factory that divides the city. Two thousand jobs are promised, and three carmakers from
Germany have signed up as buyers. But eighty million euros of public money went into it, and Brussels needed more than a year to give its blessing. On the pier we meet
fishermen who fear for the river. One of them, a man of seventy, has kept a diary of water levels since his youth. He does not trust the limits that the authority has set.
In the canteen of the works council the mood is better, although nobody there has seen a wage agreement yet. A professor of economics in Kiel calls the subsidy a bet on
cheap wind. If the bet fails, he says, the town will be left with a hall and a debt. The firm itself, which doubled its European sales, let the mayor do the talking.`

func stories(t *testing.T, texts ...string) map[int64]int64 {
	t.Helper()
	var items []Item
	for i, text := range texts {
		items = append(items, Item{ID: int64(i + 1), Night: night(1), Sketch: Sketch(text)})
	}
	return ids(Cluster(items))
}

// ids leaves out the nights.
func ids(stories map[int64]Telling) map[int64]int64 {
	list := make(map[int64]int64, len(stories))
	for article, told := range stories {
		list[article] = told.ID
	}
	return list
}

func TestReprintsAreOneStory(t *testing.T) {
	t.Parallel()
	spanish := `La fabricante china de automóviles inauguró el martes su primera planta de baterías en Europa, junto al río Elba, que dará trabajo a dos mil personas y abastecerá a
tres marcas alemanas. La producción comenzará en mayo con una línea y el año próximo se sumarán otras dos, según el director de la planta durante la ceremonia.`
	chinese := `这家中国汽车制造商周二在易北河畔启用了其在欧洲的首座电池工厂，将雇用两千名员工，并向三家德国车企供货。厂长在仪式上表示，第一条生产线五月投产，明年再增加两条。州政府为建设提供了八千万欧元补贴。`
	for _, test := range []struct {
		name, text string
		want       bool
	}{
		{"word for word", wire, true},
		{"other layout, curly quotes, capitals", strings.ToUpper(strings.NewReplacer("\n", " ", `"`, "“", "'", "’", " - ", " — ").Replace(wire)), true},
		{"local lead", localLead + wire, true},
		{"tail cut to two thirds", tailCut(wire, 0.67), true},
		{"local lead and tail cut to two thirds", localLead + tailCut(wire, 0.67), true},
		{"dateline and credit changed", "(Agency) " + strings.TrimPrefix(wire, "HAMBURG, March 3 - ") + " Additional reporting by our staff.", true},
		{"same topic, own words", sameTopic, false},
		{"another language", spanish, false},
		{"Chinese", chinese, false},
	} {
		got := stories(t, wire, test.text)
		if (got[2] == 1) != test.want {
			t.Errorf("%s: one story is %v, want %v (similarity %.2f)", test.name, got[2] == 1, test.want, similarity(Sketch(wire), Sketch(test.text)))
		}
	}
	if got := stories(t, chinese, "本报讯 "+chinese+"记者还获悉。"); got[2] != 1 {
		t.Error("a Chinese reprint is a story of its own")
	}
}

func TestWindowHashAndNames(t *testing.T) {
	t.Parallel()
	sketch := Sketch(wire)
	for _, test := range []struct {
		name  string
		items []Item
		want  map[int64]int64
	}{
		{"nothing", nil, map[int64]int64{}},
		{
			"named for the earliest night, then the least id",
			[]Item{{ID: 9, Night: night(2), Sketch: sketch}, {ID: 5, Night: night(3), Sketch: sketch}, {ID: 7, Night: night(2), Sketch: sketch}},
			map[int64]int64{5: 7, 7: 7, 9: 7},
		},
		{
			"four nights apart",
			[]Item{{ID: 1, Night: night(1), Sketch: sketch}, {ID: 2, Night: night(5), Sketch: sketch}},
			map[int64]int64{1: 1, 2: 2},
		},
		{
			"three nights apart, whatever the clock",
			[]Item{{ID: 1, Night: night(1), Sketch: sketch}, {ID: 2, Night: night(4).Add(23 * time.Hour), Sketch: sketch}},
			map[int64]int64{1: 1, 2: 1},
		},
		{
			"short texts by hash alone",
			[]Item{{ID: 1, Night: night(1), ContentHash: "a"}, {ID: 2, Night: night(1), ContentHash: "a"}, {ID: 3, Night: night(1), ContentHash: "b"}, {ID: 4, Night: night(1)}, {ID: 5, Night: night(1)}},
			map[int64]int64{1: 1, 2: 1, 3: 3, 4: 4, 5: 5},
		},
		{"empty sketch as the database gives it", []Item{{ID: 1, Night: night(1), Sketch: []int32{}}}, map[int64]int64{1: 1}},
	} {
		if diff := cmp.Diff(test.want, ids(Cluster(test.items))); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestStoriesKeepTheirNames: Told is what earlier builds found.
func TestStoriesKeepTheirNames(t *testing.T) {
	t.Parallel()
	item := func(id int64, n int, text string, told ...int) Item {
		i := Item{ID: id, Night: night(n), ContentHash: text}
		if len(told) > 0 {
			i.Told = Story{int64(told[0]), night(told[1])}
		}
		return i
	}
	for _, test := range []struct {
		name  string
		items []Item
		want  map[int64]int64
	}{
		{
			"a retelling tells the story of the telling before, whose first article has left the window",
			[]Item{item(19, 19, "wire", 17, 17), item(21, 21, "wire")},
			map[int64]int64{19: 17, 21: 17},
		},
		{
			"the older of two stories told, not the lesser number",
			[]Item{item(5, 19, "a", 3, 18), item(6, 19, "b", 4, 17), item(7, 20, "a"), item(8, 20, "b"), {ID: 9, Night: night(20), Sketch: Sketch(wire), ContentHash: "a"}, {ID: 10, Night: night(20), Sketch: Sketch(wire), ContentHash: "b"}},
			map[int64]int64{5: 3, 6: 4, 7: 4, 8: 4, 9: 4, 10: 4},
		},
		{
			"of the same night, the lesser number",
			[]Item{item(5, 19, "a", 4, 18), item(6, 19, "a", 3, 18), item(7, 20, "a")},
			map[int64]int64{5: 4, 6: 3, 7: 3},
		},
		{
			"a story told goes before an older article that was not there when it was",
			[]Item{item(4, 18, "a"), item(5, 19, "a", 5, 19), item(6, 20, "a")},
			map[int64]int64{4: 5, 5: 5, 6: 5},
		},
		{
			"what was found to be one story stays one",
			[]Item{item(5, 19, "a", 5, 19), item(6, 19, "b", 5, 19), item(7, 20, "b")},
			map[int64]int64{5: 5, 6: 5, 7: 5},
		},
	} {
		for range 2 {
			if diff := cmp.Diff(test.want, ids(Cluster(test.items))); diff != "" {
				t.Errorf("%s: (-want +got):\n%s", test.name, diff)
			}
			slices.Reverse(test.items)
		}
	}
}

// The sketch is stored: this golden must never change.
func TestSketchFormat(t *testing.T) {
	t.Parallel()
	if got := Sketch("too short to be compared with anything"); got != nil {
		t.Errorf("sketch of a short text: %v", got)
	}
	text := "Twenty-eight words, some of them don’t count: the Élan of 2026, 华为 and ファ, " + strings.Repeat("one two three four five six seven ", 3)
	want := goldenSketch
	if diff := cmp.Diff(want, Sketch(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	items, _ := reprints(3, 60, 6, 0.1, 0.7)
	want := Cluster(items)
	source := rand.New(rand.NewPCG(11, 12))
	for range 20 {
		source.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		if diff := cmp.Diff(want, Cluster(items)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
}

// reprints writes originals and copies of each, edited and cut, and says which
// original an article comes from.
func reprints(seed uint64, originals, copies int, edited, kept float64) ([]Item, map[int64]int64) {
	p := newPress(seed)
	var items []Item
	truth := map[int64]int64{}
	for o := range originals {
		text := p.report(12 + p.IntN(14))
		first := int64(o*1000 + 1)
		for c := range copies {
			body := text
			if c > 0 {
				body = p.report(p.IntN(3)) + "\n" + p.edit(tailCut(text, kept), edited)
			}
			id := first + int64(c)
			items = append(items, Item{ID: id, Night: night(1 + o%20 + min(c, 3)), Sketch: Sketch(body)})
			truth[id] = first
		}
	}
	return items, truth
}

// pairs counts pairs of articles: found and true, found, true.
func pairs(stories, truth map[int64]int64, items []Item) (both, found, real int) {
	for i := range items {
		for j := range i {
			a, b := items[i].ID, items[j].ID
			isFound, isReal := stories[a] == stories[b], truth[a] == truth[b]
			if isFound {
				found++
			}
			if isReal {
				real++
			}
			if isFound && isReal {
				both++
			}
		}
	}
	return both, found, real
}

func TestReprintsAtEditLevels(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		edited, kept float64
		recall       float64
	}{
		{0, 1, 1}, {0.02, 1, 0.99}, {0.05, 1, 0.95}, {0.08, 1, 0.6}, {0, 0.75, 0.97}, {0, 0.6, 0.9}, {0, 0.5, 0.6}, {0.03, 0.8, 0.85}, {0.15, 1, 0},
	} {
		items, truth := reprints(uint64(100*test.edited+10*test.kept), 80, 4, test.edited, test.kept)
		both, found, real := pairs(ids(Cluster(items)), truth, items)
		recall, precision := float64(both)/float64(real), float64(both)/float64(max(found, 1))
		t.Logf("words replaced %4.0f %%, kept %3.0f %%, local lead of 0-2 sentences: recall %.3f precision %.3f", 100*test.edited, 100*test.kept, recall, precision)
		if recall < test.recall || precision < 0.999 && found > 0 {
			t.Errorf("recall %.3f, want %.2f; precision %.3f", recall, test.recall, precision)
		}
	}
}

func BenchmarkCluster(b *testing.B) {
	for _, n := range []int{5_000, 20_000, 80_000} {
		items, _ := reprints(5, n/4, 4, 0.03, 0.8)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Cluster(items)
			}
		})
	}
	items, _ := reprints(5, 20_000, 4, 0.03, 0.8)
	for i := range items {
		items[i].Credit = []string{"reuters", "afp", ""}[i/4%3]
	}
	b.Run("80000, most of two agencies", func(b *testing.B) {
		for b.Loop() {
			Cluster(items)
		}
	})
	items, _ = reprints(6, 1, 20_000, 0.05, 0.9)
	b.Run("one story of 20000", func(b *testing.B) {
		for b.Loop() {
			Cluster(items)
		}
	})
}

func BenchmarkSketch(b *testing.B) {
	text := newPress(1).report(30)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Sketch(text)
	}
}

func FuzzSketch(f *testing.F) {
	f.Add(wire)
	f.Add("\xff华\x00")
	f.Fuzz(func(t *testing.T, text string) {
		got := Sketch(text)
		if got != nil && len(got) != Values {
			t.Fatalf("%d values", len(got))
		}
		for _, v := range got {
			if v < 0 {
				t.Fatalf("value %d", v)
			}
		}
	})
}
