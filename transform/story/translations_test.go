package story

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// translated writes reports, for some a telling in another language, and other
// reports of the same companies in all languages. It returns which article
// translates which.
func translated(t testing.TB, seed uint64, count int) (items []Item, pairs map[[2]int64]bool) {
	n := newNewsroom(t, seed)
	pairs = map[[2]int64]bool{}
	add := func(language string, sentences []string, e event, hours int) int64 {
		id := int64(len(items) + 1)
		at := time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC).Add(time.Duration(hours) * time.Hour)
		item := newItem(id, at, language, "", n.layOut(language, sentences))
		item.Companies = []string{strings.ToLower(e.firm[0]), strings.ToLower(e.rival[0])}
		slices.Sort(item.Companies)
		items = append(items, item)
		return id
	}
	for i := range count {
		from, to := proseLanguages[i%6], proseLanguages[(i+1+n.IntN(5))%6]
		e, hours := n.event(), n.IntN(300)
		original, translation := n.translate(from, to, e, 6+n.IntN(10))
		first := add(from, original, e, hours)
		kept := max(4, int((0.5+n.Float64()/2)*float64(len(translation))))
		second := add(to, translation[:kept], e, hours+1+n.IntN(36))
		pairs[[2]int64{second, first}] = true
		// The same companies, city and people, but other news.
		next := n.event()
		next.firm, next.rival, next.bank, next.person, next.city = e.firm, e.rival, e.bank, e.person, e.city
		language := proseLanguages[n.IntN(6)]
		add(language, n.report(language, next, 6+n.IntN(8)), next, hours+n.IntN(36))
	}
	return items, pairs
}

func TestGeneratedTranslations(t *testing.T) {
	t.Parallel()
	items, pairs := translated(t, 99, 400)
	tellings := Cluster(items)
	found := Translations(items, tellings)
	right := 0
	for _, f := range found {
		if pairs[[2]int64{f.Story.ID, f.Original.ID}] {
			right++
		} else if testing.Verbose() {
			t.Logf("wrong: %s after %s, agreement %.2f", items[f.Story.ID-1].Language, items[f.Original.ID-1].Language, f.Agreement)
		}
	}
	missed := map[string]int{}
	byPair := map[string]int{}
	isFound := map[int64]bool{}
	for _, f := range found {
		isFound[f.Story.ID] = true
	}
	for p := range pairs {
		key := items[p[1]-1].Language + " to " + items[p[0]-1].Language
		byPair[key]++
		if !isFound[p[0]] {
			missed[key]++
		}
	}
	precision, recall := share(right, len(found)), share(right, len(pairs))
	t.Logf("%d articles, %d translations, %d found: precision %.3f, recall %.3f; missed %v", len(items), len(pairs), len(found), precision, recall, missed)
	if precision < 0.98 || recall < 0.7 {
		t.Error("want a precision of .98 and a recall of .7")
	}
	source := rand.New(rand.NewPCG(4, 4))
	for range 5 {
		source.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		if diff := cmp.Diff(found, Translations(items, Cluster(items))); diff != "" {
			t.Fatalf("depends on the order (-first +again):\n%s", diff)
		}
	}
}

func TestTranslationsAreCareful(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)
	const english = "BYD sold 31,400 cars in Europe, up 18.5 percent, and opened a plant for 2,150 workers with Lena Novak and 84 million euros."
	const german = "BYD verkaufte 31.400 Wagen in Europa, 18,5 Prozent mehr, und eröffnete ein Werk für 2.150 Menschen mit Lena Novak und 84 Millionen Euro."
	for _, c := range []struct {
		name   string
		change func(a, b *Item)
		want   bool
	}{
		{"as it is", func(_, _ *Item) {}, true},
		{"one language", func(_, b *Item) { b.Language = "en" }, false},
		{"language not known", func(_, b *Item) { b.Language = "und" }, false},
		{"other companies", func(_, b *Item) { b.Companies = []string{"geely"} }, false},
		{"one names no company", func(_, b *Item) { b.Companies = nil }, false},
		{"neither names a company", func(a, b *Item) { a.Companies, b.Companies = nil, nil }, true},
		{"five nights later", func(_, b *Item) { b.Night = b.Night.AddDate(0, 0, 5) }, false},
		{"other numbers", func(_, b *Item) {
			b.Facts = Facts("de", "", strings.NewReplacer("31.400", "31.500", "18,5", "18,6", "84 ", "85 ").Replace(german))
		}, false},
		{"names alone", func(a, b *Item) {
			a.Facts, b.Facts = Facts("en", "", "by Lena Novak of BYD"), Facts("de", "", "von Lena Novak bei BYD")
		}, false},
	} {
		a, b := newItem(1, at, "en", "", english), newItem(2, at.Add(time.Hour), "de", "", german)
		a.Companies, b.Companies = []string{"byd"}, []string{"byd", "nomura"}
		c.change(&a, &b)
		items := []Item{b, a}
		found := Translations(items, Cluster(items))
		if (len(found) == 1) != c.want {
			t.Errorf("%s: %v, want a translation: %v", c.name, found, c.want)
		}
		if len(found) == 1 && (found[0].Story.ID != 2 || found[0].Original.ID != 1 || found[0].Agreement <= 0.5) {
			t.Errorf("%s: %+v, want 2 after 1", c.name, found[0])
		}
	}
}
