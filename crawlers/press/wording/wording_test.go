package wording

import (
	"strings"
	"testing"
)

func TestWordingIsReadStrictly(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"text before the first section": "hello",
		"unknown setting":               "[settings]\ncolour = red",
		"is not closed":                 "[body]\nThe {co is open",
		"is not CODE":                   "[countries]\nGB Leeds",
		"time zone of":                  "[countries]\nGB Mars/Utopia Leeds",
		"is missing":                    "[countries]\nGB Europe/London Leeds",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := parse("xx", data); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("error %v, want one that says %q", err, name)
			}
		})
	}
}

func TestNumbersFitTheLanguage(t *testing.T) {
	t.Parallel()
	words, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		language string
		n        int
		want     string
	}{{"en", 4102, "4,102"}, {"de", 4102, "4.102"}, {"ru", 4102, "4 107"}, {"fr", 12, "12"}} {
		w := words[c.language]
		if got := w.Number(w.plural(c.n)); got != c.want {
			t.Errorf("%d in %s is %q, want %q", c.n, c.language, got, c.want)
		}
	}
}
