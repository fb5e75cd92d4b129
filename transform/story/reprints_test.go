package story

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// clipping is a generated article: which report it copies, and how it came about.
type clipping struct {
	item     Item
	original int64
	kind     string
}

// clippings writes reprints of wire and house reports in six languages, and among
// them what is hard to tell from reprints.
func clippings(t testing.TB, seed uint64, perLanguage int) []clipping {
	n := newNewsroom(t, seed)
	var list []clipping
	add := func(language, text, kind string, original int64, hours int) int64 {
		id := int64(len(list) + 1)
		if original == 0 {
			original = id
		}
		at := time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC).Add(time.Duration(hours) * time.Hour)
		list = append(list, clipping{newItem(id, at, language, "", text), original, kind})
		return id
	}
	for _, language := range proseLanguages {
		for range perLanguage {
			e, hours := n.event(), n.IntN(300)
			sentences := n.report(language, e, 9+n.IntN(10))
			agency := ""
			if n.IntN(5) > 0 {
				agency = proseAgencies[language][n.IntN(len(proseAgencies[language]))]
				sentences = credited(language, agency, e, sentences)
			}
			first := add(language, n.layOut(language, sentences), "original", 0, hours)
			for range n.IntN(5) {
				text, kind := n.reprint(language, sentences, agency != "")
				add(language, text, kind, first, hours+n.IntN(48))
			}
			n.addNegatives(language, agency, e, sentences, func(text, kind string) { add(language, text, kind, 0, hours+n.IntN(48)) })
		}
	}
	return list
}

func newItem(id int64, at time.Time, language, title, body string) Item {
	return Item{
		ID: id, Night: at.Truncate(24 * time.Hour), PublishedAt: at, Sketch: Sketch(body), Characters: len([]rune(body)), ContentHash: title + "\n" + body,
		Credit: Credit(language, title, body), Facts: Facts(language, title, body), Language: language,
	}
}

// reprint copies a report as houses do.
func (n *newsroom) reprint(language string, sentences []string, isWire bool) (text, kind string) {
	local := func(count int) []string {
		var out []string
		e := n.event()
		for range count {
			list := n.sentences[language]
			out = append(out, n.put(language, list[4+n.IntN(len(list)-4)], e))
		}
		return out
	}
	keep := func(share float64) []string { return sentences[:max(3, int(share*float64(len(sentences))+0.5))] }
	switch n.IntN(10) {
	case 8:
		return n.deskEdit(language, n.layOut(language, sentences), 0.06), "six words in a hundred changed"
	case 9:
		if isWire {
			return n.deskEdit(language, n.layOut(language, keep(0.7)), 0.12), "wire cut, twelve words in a hundred changed"
		}
		return n.deskEdit(language, n.layOut(language, slices.Concat(local(1), sentences)), 0.03), "local lead, three words in a hundred changed"
	case 0:
		return n.layOut(language, sentences), "word for word"
	case 1:
		return n.layOut(language, slices.Concat(local(1+n.IntN(2)), sentences)), "local lead"
	case 2:
		return n.layOut(language, keep(0.5+0.4*n.Float64())), "cut"
	case 3:
		return n.layOut(language, slices.Concat(local(1), keep(0.6+0.3*n.Float64()))), "local lead and cut"
	case 4:
		at := 1 + n.IntN(len(sentences)-1)
		return n.layOut(language, slices.Insert(slices.Clone(sentences), at, local(1+n.IntN(2))...)), "inserted paragraph"
	case 5:
		return houseStyle(language, n.layOut(language, sentences)), "house style"
	case 6:
		if isWire {
			return n.layOut(language, keep(0.34)), "wire cut to a third"
		}
		return houseStyle(language, n.layOut(language, keep(0.8))), "house style and cut"
	}
	if isWire {
		return houseStyle(language, n.layOut(language, slices.Concat(keep(0.6), local(2)))), "wire in house style, cut, local tail"
	}
	return n.layOut(language, slices.Concat(local(1), sentences)), "local lead"
}

// deskEdit replaces a share of the words, or letters that stand alone, by others
// of the text; never one with a digit.
func (n *newsroom) deskEdit(language, text string, share float64) string {
	space := " "
	if language == "zh" {
		space, share = "", share/2
	}
	words := strings.Split(text, space)
	plain := func(word string) bool { return !strings.ContainsAny(word, "0123456789\n(") }
	for i := range words {
		if with := words[n.IntN(len(words))]; i > 3 && n.Float64() < share && plain(words[i]) && plain(with) {
			words[i] = strings.ToLower(with)
		}
	}
	return strings.Join(words, space)
}

// addNegatives writes what is not a reprint of the report.
func (n *newsroom) addNegatives(language, agency string, e event, sentences []string, add func(text, kind string)) {
	again := func(agency string) []string {
		list := n.report(language, e, 8+n.IntN(8))
		if agency != "" {
			list = credited(language, agency, e, list)
		}
		return list
	}
	switch n.IntN(5) {
	case 0:
		add(n.layOut(language, again("")), "same event, own words")
	case 1:
		other := proseAgencies[language][n.IntN(len(proseAgencies[language]))]
		add(n.layOut(language, again(other)), "same event, own words of an agency")
	case 2:
		// A follow-up: news of its own, and the background as it stood.
		next := n.event()
		next.firm, next.rival, next.city, next.person = e.firm, e.rival, e.city, e.person
		list := n.report(language, next, 8+n.IntN(4))
		background := sentences[len(sentences)-min(4, len(sentences)/3):]
		if agency != "" {
			list = credited(language, agency, next, list)
		}
		add(n.layOut(language, slices.Concat(list, background)), "follow-up with old background")
	case 3:
		form := n.form(language)
		for range 3 {
			other := n.event()
			list := make([]string, len(form))
			for i, sentence := range form {
				list[i] = n.put(language, sentence, other)
			}
			if agency != "" {
				list = credited(language, agency, other, list)
			}
			add(n.layOut(language, list), "form filled in")
		}
	case 4:
		form := n.form(language)
		other := n.event()
		for range 3 { // the same names, day after day
			next := n.event()
			next.firm, next.rival, next.bank, next.person, next.person2, next.city, next.city2 = other.firm, other.rival, other.bank, other.person, other.person2, other.city, other.city2
			list := make([]string, len(form))
			for i, sentence := range form {
				list[i] = n.put(language, sentence, next)
			}
			add(n.layOut(language, list), "form filled in, same names")
		}
	}
}

// form makes the choices of seven sentences once and leaves the slots open.
func (n *newsroom) form(language string) []string {
	list := n.sentences[language]
	var out []string
	for _, i := range n.Perm(len(list))[:7] {
		rest, sentence := list[i], ""
		for {
			a := strings.IndexByte(rest, '(')
			if a < 0 {
				break
			}
			b := a + strings.IndexByte(rest[a:], ')')
			options := strings.Split(rest[a+1:b], "|")
			sentence += rest[:a] + options[n.IntN(len(options))]
			rest = rest[b+1:]
		}
		out = append(out, sentence+rest)
	}
	return out
}

// pairScore counts pairs found and true.
type pairScore struct{ both, found, real int }

func (s pairScore) precision() float64 { return share(s.both, s.found) }
func (s pairScore) recall() float64    { return share(s.both, s.real) }
func (s pairScore) f1() float64        { return share(2*s.both, s.found+s.real) }
func (s pairScore) String() string {
	return fmt.Sprintf("pairs %d, precision %.3f, recall %.3f, F1 %.3f", s.real, s.precision(), s.recall(), s.f1())
}

// scoreClippings counts pairs within the window; kinds counts, for pairs of an
// original with something made from it or like it, how many were right.
func scoreClippings(list []clipping, tellings map[int64]Telling) (score pairScore, wrong map[string][2]int) {
	wrong = map[string][2]int{}
	for i, a := range list {
		for _, b := range list[i+1:] {
			days := dayOf(b.item.Night) - dayOf(a.item.Night)
			if days > Window || days < -Window {
				continue
			}
			isFound := tellings[a.item.ID].ID == tellings[b.item.ID].ID
			isReal := a.original == b.original
			if isFound {
				score.found++
			}
			if isReal {
				score.real++
			}
			if isFound && isReal {
				score.both++
			}
			if isReal && a.kind == "original" {
				w := wrong[b.kind]
				w[1]++
				if !isFound {
					w[0]++
				}
				wrong[b.kind] = w
			}
			if isFound && !isReal {
				w := wrong["joined: "+a.kind+" / "+b.kind]
				w[0]++
				wrong["joined: "+a.kind+" / "+b.kind] = w
			}
		}
	}
	return score, wrong
}

func clusterClippings(list []clipping) map[int64]Telling {
	items := make([]Item, len(list))
	for i, c := range list {
		items[i] = c.item
	}
	return Cluster(items)
}

func TestGeneratedReprints(t *testing.T) {
	t.Parallel()
	list := clippings(t, 2026, 60)
	score, wrong := scoreClippings(list, clusterClippings(list))
	t.Logf("%d articles: %s", len(list), score)
	for _, kind := range slices.Sorted(maps.Keys(wrong)) {
		t.Logf("%-60s %d of %d wrong", kind, wrong[kind][0], wrong[kind][1])
	}
	if score.real < 500 || score.f1() < 0.97 {
		t.Errorf("%s, want an F1 of .97", score)
	}
	negatives := map[string]int{}
	for _, c := range list {
		if c.original == c.item.ID {
			negatives[c.kind]++
		}
	}
	t.Logf("stories of their own: %v", negatives)
}

// TestGeneratedReprintsWithoutFacts shows what the text alone would do.
func TestGeneratedReprintsWithoutFacts(t *testing.T) {
	t.Parallel()
	list := clippings(t, 2026, 60)
	full, _ := scoreClippings(list, clusterClippings(list))
	for i := range list {
		list[i].item.Facts, list[i].item.Credit = nil, ""
	}
	bare, _ := scoreClippings(list, clusterClippings(list))
	t.Logf("with facts and credits: %s; without: %s", full, bare)
	if bare.f1() >= full.f1() {
		t.Error("facts and credits are of no use")
	}
}

func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	t.Parallel()
	list := clippings(t, 7, 12)
	want := clusterClippings(list)
	source := rand.New(rand.NewPCG(1, 2))
	for range 15 {
		source.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		if diff := cmp.Diff(want, clusterClippings(list)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
}
