package decode

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// doubly encodes a text once more, as publishers do by mistake.
func doubly(t testing.TB, s string) string {
	t.Helper()
	var out []rune
	for _, b := range []byte(s) {
		r := charmap.Windows1252.DecodeByte(b)
		if r == utf8.RuneError {
			r = rune(b)
		}
		out = append(out, r)
	}
	return string(out)
}

func TestUndouble(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"Nestlé, Crédit Agricole – “große Schäden”, 5 € mehr…", "Кто это сделал", "日本語の記事", "© The Example, It’s so", "À CÔTE DÛE ÑANDÚES"} {
		bad := doubly(t, s)
		if Mojibake(bad) == 0 {
			t.Errorf("%q is not seen as mojibake", bad)
		}
		if got := Undouble(bad); got != s {
			t.Errorf("Undouble(%q) = %q, want %q", bad, got, s)
		}
	}
	for _, s := range []string{
		"", "plain", "Nestlé", "“ATÉ AMANHÃ”", "“OLÉ”, dit-il", "São Paulo, Ângela, coração", "Å»ubr", "Größe 5 °C – 3 € …", "日本語", "Ê", "Ã", "\xc3", "Ärzte‑Ã",
	} {
		if n := Mojibake(s); n != 0 && s != "Å»ubr" {
			t.Errorf("%q has %d doubly encoded characters", s, n)
		}
	}
}

func FuzzUndouble(f *testing.F) {
	for _, s := range []string{"CrÃ©dit â€™", "Ð\u009aÑ‚Ð¾", "\xc3\x83\xc2", "Ã”"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Undouble(s)
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Fatalf("Undouble(%q) = %q", s, got)
		}
		if len(got) > len(s) {
			t.Fatalf("Undouble(%q) grew to %q", s, got)
		}
	})
}
