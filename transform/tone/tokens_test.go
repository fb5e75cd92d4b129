package tone

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cut writes the tokens of a text with its target in square brackets: distance:word,
// ! denied, " quoted, ^ a name, | where a clause begins.
func cut(t *testing.T, language, marked string) string {
	t.Helper()
	before, rest, hasTarget := strings.Cut(marked, "[")
	target, after, _ := strings.Cut(rest, "]")
	start, end := len(before), len(before)+len(target)
	if !hasTarget {
		start, end = 0, 0
	}
	lex, err := readLexicon(language)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	clause := 0
	for _, tk := range tokens(before+target+after, start, end, wordingOf(language), lex) {
		s := tk.word
		if tk.isTarget {
			s = "[]"
		}
		if tk.isDenied {
			s += "!"
		}
		if tk.isQuoted && !tk.isMark {
			s += `"`
		}
		if tk.isName && !tk.isTarget {
			s += "^"
		}
		if tk.clause != clause {
			s, clause = "|"+s, tk.clause
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestTokensTellNamesDenialsClausesAndQuotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ language, text, want string }{
		{"en", "Critics did not blame [BYD], but Tesla’s 2,500 buyers did.", "critics did not blame! [] |, |but tesla's^ 0 buyers did |."},
		{"en", "It isn't [Huawei]'s fault", "it isn't [] ' s! fault!"},
		{"en", "“A great car,” he said of [Nio].", "\" a\" great\" car\" |,\" \" he said of [] |."},
		{"en", "pre[Nio]post", "pre [] post"},
		{"en", "All good", "all good"},
		{"ru", "Завод [Хуавэй] не закрыт, он ещё работает", "завод [] не закрыт! |, он еще работает"},
		{"zh", "[华为]并不安全，但获得好评", "[] 并 不安全 |， |但 获 得 好评"},
		{"ja", "[BYD]の電池は安全だと評価され", "[] の 電 池 は 安全 だ と 評価され"},
	} {
		if got := cut(t, c.language, c.text); strings.ReplaceAll(got, ",\"", ",") != strings.ReplaceAll(c.want, ",\"", ",") {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestTokensCountWordsToTheTarget(t *testing.T) {
	t.Parallel()
	text := "Courts fined, again, the Nio unit"
	var got []int
	start := strings.Index(text, "Nio")
	for _, tk := range tokens(text, start, start+3, noWording, &lexicon{}) {
		got = append(got, tk.distance)
	}
	// courts fined , again , the Nio unit
	if diff := cmp.Diff([]int{-4, -3, -2, -2, -1, -1, 0, 1}, got); diff != "" {
		t.Errorf("distances (-want +got):\n%s", diff)
	}
}

func TestFrameSaysWhatTheTargetDoes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]byte{
		"[Nio] said it was sorry":               's',
		"The cars were made by the [Nio] group": 'b',
		"They went to former president [Nio]":   'p',
		"[Nio]'s cars":                          'g',
		"[Nio] sells cars":                      'f',
		"Yesterday many people bought [Nio]":    'o',
		"No name at all":                        '-',
	} {
		before, rest, hasTarget := strings.Cut(text, "[")
		target, after, _ := strings.Cut(rest, "]")
		start, end := len(before), len(before)+len(target)
		if !hasTarget {
			start, end = 0, 0
		}
		w := wordingOf("en")
		list := tokens(before+target+after, start, end, w, &lexicon{})
		if got := frameOf(list, targetOf(list), w); got != want {
			t.Errorf("%s: frame %c, want %c", text, got, want)
		}
	}
}
