package article

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// allPhrases are the expressions behind the words they need, by name.
func allPhrases() map[string]*phrases {
	all := map[string]*phrases{
		"missingTitle": missingTitle, "missingText": missingText, "wallTitle": wallTitle, "wallText": wallText,
		"payMarks": payMarks, "joinWords": joinWords, "readWords": readWords, "partLeft": partLeft,
	}
	for i, p := range consentSubjects {
		all[fmt.Sprintf("consent subject %d", i)] = p
	}
	return all
}

// checkPhrases fails where the words rule out a text that the expression matches.
func checkPhrases(t *testing.T, s string) {
	t.Helper()
	for name, p := range allPhrases() {
		if !p.need.isIn(s) && p.expr.MatchString(s) {
			t.Errorf("%s matches %q and needs none of the words in it", name, s)
		}
	}
	if !missingWordTree.isIn(s) && holdsOneOf(strings.ToLower(s), missingWord) {
		t.Errorf("a missing word is in %q and not found", s)
	}
}

func holdsOneOf(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

func TestPhrasesNeed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		expr string
		want []string
	}{
		{`abc`, []string{"abc"}},
		{`(?i)Straße`, []string{"STRAßE"}},
		{`a(bc|de)?f`, []string{"af", "abcf", "adef"}},
		{`(page|story) (not found|gone)`, []string{"page not found", "page gone", "story not found", "story gone"}},
		{`.{0,9}(left|gone)\b.{0,9}(of it|is lost)`, []string{"of it", "is lost"}},
		{`x.*needle.*yy`, []string{"needle" + more}},
		{`abonn\w*`, []string{"abonn" + more}},
		{`(?i)(^|\P{L})(abo|abonn\pL+)(\P{L}|$)`, []string{edge + "ABO" + edge, edge + "ABONN" + more}},
		{`(?i)(^|\P{L})(abo|log ?in|leer)(\P{L}|$)`, []string{edge + "ABO" + edge, edge + "LOG IN" + edge, edge + "LOGIN" + edge, edge + "LEER" + edge}},
		{`[кч]а`, []string{"Ка", "Ча"}},
		{`(abc)+d`, []string{"abc"}},
		{`(abc)*d`, []string{"d"}},
		{`(abc){2,3}d`, []string{"d"}},
		{`abc|.`, nil},
		{`a?`, nil},
	}
	for _, tt := range tests {
		got := needOf(t, tt.expr)
		slices.Sort(got)
		slices.Sort(tt.want)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s needs %q, want %q", tt.expr, got, tt.want)
		}
	}
}

func needOf(t *testing.T, expr string) []string {
	t.Helper()
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	need := spell(re).need()
	if leastSize(need) == 0 {
		return nil
	}
	return need
}

func TestPhrasesFold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		expr, text string
		want       bool
	}{
		{`(?i)sign`, "ſIGN up", true},
		{`(?i)book`, "BOO\u212a", true}, // Kelvin
		{`(?i)ångström`, "\u212bNGSTRÖM", true},
		{`(?i)ὀδός`, "ὈΔΌΣ", true},
		{`(?i)straße`, "STRAẞE", true},
		{`(?i)strasse`, "straße", false},
		{`(?i)giriş`, "GİRİŞ", false}, // one way of folding only: İ is no i here
		{`(?i)(^|\P{L})abo(\P{L}|$)`, "about", false},
		{`(?i)(^|\P{L})abo(\P{L}|$)`, "Ein Abo!", true},
		{`(?i)(^|\P{L})abo(\P{L}|$)`, "ABO", true},
		{`(?i)(^|\P{L})abo(\P{L}|$)`, "\xffabo\xc3", true},
		{`(?i)(^|\P{L})abo(\P{L}|$)`, "läabo", false},
		{`(?i)(^|\P{L})abo(\P{L}|$)`, "記abo", false},
		{`(?i)(^|\P{L})(abo|abonn\pL+)(\P{L}|$)`, "Abonnenten", true},
	}
	for _, tt := range tests {
		if got := mustPhrases(tt.expr).MatchString(tt.text); got != tt.want || got != regexp.MustCompile(tt.expr).MatchString(tt.text) {
			t.Errorf("%s on %q: %v, want %v", tt.expr, tt.text, got, tt.want)
		}
	}
}

// TestEveryCaseIsOneClass holds the tree against both ways of ignoring case: that of
// regexp and that of strings.ToLower.
func TestEveryCaseIsOneClass(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for r := rune(' '); r <= unicode.MaxRune; r++ {
		if unicode.SimpleFold(r) != r || unicode.ToLower(r) != r {
			all.WriteRune(r)
		}
	}
	tree := newWordTree([]string{all.String()})
	for _, r := range all.String() {
		class := tree.classOf(r)
		if class == 0 || class != tree.classOf(unicode.SimpleFold(r)) || class != tree.classOf(unicode.ToLower(r)) {
			t.Errorf("%q, %q and %q are of classes %d, %d and %d", r, unicode.SimpleFold(r), unicode.ToLower(r), class, tree.classOf(unicode.SimpleFold(r)), tree.classOf(unicode.ToLower(r)))
		}
	}
}

// TestPhrasesOnTheirOwnWords writes texts out of the words of the expressions, with
// letters changed for others that fold to them or look like them.
func TestPhrasesOnTheirOwnWords(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	var words []string
	for _, p := range allPhrases() {
		words = append(words, p.expr.String())
		for w := range strings.FieldsFuncSeq(p.expr.String(), func(r rune) bool { return strings.ContainsRune(`()|[]{}\?*+^$.`, r) }) {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	matched := 0
	n := 20_000
	if warehousetest.IsRaceBuild() || testing.Short() {
		n = 1000
	}
	for range n {
		s := disguise(rng, words)
		checkPhrases(t, s)
		if joinWords.expr.MatchString(s) {
			matched++
		}
		if t.Failed() {
			return
		}
	}
	if matched < n/20 || matched > n*19/20 {
		t.Errorf("%d of %d texts match: they try one side only", matched, n)
	}
}

// odd characters are those that fold in some way or stand at the ends of words.
var odd = []rune("ſ\u212a\u212bİıßẞΣς\u0345aя記 404%\n")

func disguise(rng *rand.Rand, words []string) string {
	var b strings.Builder
	for range 1 + rng.IntN(5) {
		w := words[rng.IntN(len(words))]
		if len(w) > 60 {
			w = missingWord[rng.IntN(len(missingWord))]
		}
		for _, r := range w {
			switch rng.IntN(12) {
			case 0:
				r = unicode.SimpleFold(r)
			case 1:
				r = unicode.ToUpper(r)
			case 2:
				if rng.IntN(6) == 0 {
					r = odd[rng.IntN(len(odd))]
				}
			}
			b.WriteRune(r)
		}
		b.WriteString([]string{" ", "", "", "12 % ", "\n", "x", "я", "記", "\xff", "-", "'", " of the "}[rng.IntN(12)])
	}
	return b.String()
}

func FuzzPhrases(f *testing.F) {
	for _, s := range []string{"Subscribe to read", "LOG ın to continue reading", "404 | \u212aein Artikel", "Sie haben noch 80 % des Artikels", "sayfa bulunamadİ", "\xffabo\xc3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkPhrases(t, s) })
}

// TestPhrasesOnRecordedPages tries all that the judge asks about real pages, and
// says how many texts the expressions are still tried on. It takes each tenth page,
// or all of them where OVERHEARD_VERBOSE is set.
func TestPhrasesOnRecordedPages(t *testing.T) {
	t.Parallel()
	warehousetest.SkipLong(t)
	tried, matched, texts := map[string]int{}, map[string]int{}, 0
	n := New(nil, Config{})
	for i, r := range readCorpus(t, corpusDir(t)) {
		if i%10 != 0 && os.Getenv("OVERHEARD_VERBOSE") == "" {
			continue
		}
		text, _, v := n.read(r.page())
		if v.Outcome != "" {
			continue
		}
		doc, v := n.parse(text)
		if v.Outcome != "" {
			continue
		}
		for _, s := range judgedTexts(t, n, doc, r.URL) {
			texts++
			checkPhrases(t, s)
			for name, p := range allPhrases() {
				if p.need.isIn(s) {
					tried[name]++
				}
				if p.MatchString(s) {
					matched[name]++
				}
			}
		}
	}
	t.Logf("of %d texts tried %v, matched %v", texts, tried, matched)
}

func judgedTexts(t *testing.T, n *Normaliser, doc *document, address string) []string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	title := chooseTitle(doc, u.Hostname(), "")
	body := []rune(n.body(doc, u, title).text)
	end := string(body[max(0, len(body)-500):])
	texts := append(strings.Split(end, "\n"), title, doc.title, string(body[:min(len(body), 1500)]), end)
	for _, h := range doc.headings {
		texts = append(texts, h.text)
	}
	for _, g := range doc.gates {
		texts = append(texts, g.text)
	}
	for _, notice := range doc.notices {
		texts = append(texts, line(textOf(notice)))
	}
	return texts
}
