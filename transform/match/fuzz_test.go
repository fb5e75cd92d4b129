package match

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func FuzzMatch(f *testing.F) {
	m := matcher(f)
	for _, text := range []string{
		"Huawei's", "“Honor” of Kings (ICBC) – Хуавэя", "ＢＯＥ\xff\xc2 dis\u00ADplay\x00", "e\u0301Ali\u0301baba", "ﷺ هواوي", "小米。手机！",
		"Industrial & Commercial Bank of China (ICBC", "NIO(Next In Order)", "@vivo-Vivo'vivo/vivo.vivo", strings.Repeat("Nio ", 900),
	} {
		f.Add(text, text, "en")
		f.Add("", text, "ru")
		f.Add(text, "", "de")
	}
	f.Fuzz(func(t *testing.T, title, body, language string) {
		doc := Document{Title: title, Body: body, Language: language}
		got := m.Match(doc)
		if diff := cmp.Diff(got, m.Match(doc)); diff != "" {
			t.Errorf("second reading differs:\n%s", diff)
		}
		if !slices.IsSortedFunc(got, func(a, b Mention) int { return strings.Compare(a.CompanyID, b.CompanyID) }) {
			t.Error("not sorted")
		}
		for _, mention := range got {
			if !utf8.ValidString(mention.Evidence) || strings.ContainsRune(mention.Evidence, 0) || mention.Evidence == "" ||
				utf8.RuneCountInString(mention.Evidence) > longestEvidence {
				t.Errorf("evidence %q", mention.Evidence)
			}
			if mention.Occurrences < 1 || mention.Salience <= 0 || mention.Probability <= 0 || mention.Probability > 1 {
				t.Errorf("mention %+v", mention)
			}
			if len(mention.Quotes) == 0 || len(mention.Quotes) > mostQuotes {
				t.Errorf("%d quotes", len(mention.Quotes))
			}
			for _, q := range mention.Quotes {
				if !utf8.ValidString(q.Text) || q.Start < 0 || q.End <= q.Start || q.End > len(q.Text) || utf8.RuneCountInString(q.Text) > longestQuote+longestAffix {
					t.Errorf("quote %+v", q)
				}
			}
		}
	})
}

// FuzzAutomaton holds the automaton against plain searching.
func FuzzAutomaton(f *testing.F) {
	f.Add("he she his hers", "ushers heh")
	f.Add("a aa aaa ab", "aaaab")
	f.Fuzz(func(t *testing.T, keys, text string) {
		list := strings.Fields(keys)
		slices.Sort(list)
		list = slices.Compact(list)
		a, err := newAutomaton(list)
		if err != nil {
			t.Skip()
		}
		got := map[hit]bool{}
		for _, h := range a.scan([]byte(text), nil) {
			got[h] = true
		}
		want := map[hit]bool{}
		for k, key := range list {
			for i := range len(text) {
				if strings.HasPrefix(text[i:], key) {
					want[hit{key: int32(k), end: int32(i + len(key))}] = true
				}
			}
		}
		if len(got) != len(want) {
			t.Fatalf("keys %q text %q: got %v, want %v", list, text, got, want)
		}
		for h := range want {
			if !got[h] {
				t.Fatalf("keys %q text %q: %v missing", list, text, h)
			}
		}
	})
}

// FuzzFold holds the offset map against its promises.
func FuzzFold(f *testing.F) {
	f.Add("ＨＵＡ\u00ADwei ﷺ e\u0301 İı")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip()
		}
		var got folded
		got.fold(s)
		if want := fold(s); string(got.text) != want {
			t.Fatalf("folded to %q, whole it is %q", got.text, want)
		}
		last := 0
		for i := 0; i < len(got.text); {
			_, size := utf8.DecodeRune(got.text[i:])
			from, to := got.original(int32(i), int32(i+size))
			if from < 0 || to > len(s) || from >= to || to < last || !utf8.ValidString(s[from:to]) {
				t.Fatalf("byte %d of %q leads to [%d, %d) of %q", i, got.text, from, to, s)
			}
			last = to
			i += size
		}
	})
}
