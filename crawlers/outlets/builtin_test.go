package outlets

import (
	"strings"
	"testing"
)

func TestBuiltInIsWithoutFault(t *testing.T) {
	t.Parallel()
	if _, err := BuiltIn(); err != nil {
		t.Error(err)
	}
}

func TestBuiltInIsLargeAndSpread(t *testing.T) {
	t.Parallel()
	list, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	inPanel := 0
	countries, languages, publishers := map[string]int{}, map[string]int{}, map[string]int{}
	for _, o := range list {
		if !o.IsInPanel() {
			continue
		}
		inPanel++
		countries[o.Country]++
		languages[primary(o.Language)]++
		publishers[o.Publisher]++
	}
	tests := []struct {
		what         string
		got, atLeast int
	}{
		{"outlets in the panel", inPanel, 1000},
		{"countries", len(countries), 90},
		{"languages", len(languages), 40},
		{"publishers", len(publishers), 800},
	}
	for _, test := range tests {
		if test.got < test.atLeast {
			t.Errorf("%s: %d, want at least %d", test.what, test.got, test.atLeast)
		}
	}
	for country, n := range countries {
		if n > 80 && country != "US" || n > 160 {
			t.Errorf("%s has %d of %d outlets: more than its part", country, n, inPanel)
		}
	}
}

// The registry is of the press abroad, read where it is published.
func TestBuiltInLeavesOutWhatDoesNotBelong(t *testing.T) {
	t.Parallel()
	list, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		if !o.IsInPanel() || o.Country == "ZZ" {
			t.Errorf("%s:%d: outlet %q of country %s", o.File, o.Line, o.ID, o.Country)
		}
		if !strings.HasPrefix(o.HomeURL, "https://") {
			t.Errorf("%s:%d: outlet %q: home_url %s", o.File, o.Line, o.ID, o.HomeURL)
		}
	}
}

// primary is the language of a tag without script and region.
func primary(tag string) string {
	language, _, _ := strings.Cut(tag, "-")
	return language
}

func TestTheHomePressIsOutOfThePanel(t *testing.T) {
	t.Parallel()
	for country, want := range map[string]bool{"CN": false, "HK": false, "MO": false, "TW": true, "GB": true, "ZZ": true} {
		if got := (Outlet{Country: country}).IsInPanel(); got != want {
			t.Errorf("outlet of %s in the panel: %t, want %t", country, got, want)
		}
	}
}
