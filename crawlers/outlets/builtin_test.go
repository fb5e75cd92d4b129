package outlets

import (
	"net/url"
	"strings"
	"testing"
)

func TestBuiltInIsWithoutFault(t *testing.T) {
	t.Parallel()
	if _, err := BuiltIn(); err != nil {
		t.Error(err)
	}
}

func TestBuiltInIsLargeEnough(t *testing.T) {
	t.Parallel()
	list, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	countries, languages, publishers, inCountry := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, o := range list {
		countries[o.Country] = true
		language, _, _ := strings.Cut(o.Language, "-")
		languages[language] = true
		publishers[o.Publisher] = true
		inCountry[o.Country]++
	}
	tests := []struct {
		what         string
		got, atLeast int
	}{
		{"outlets", len(list), 400},
		{"countries", len(countries), 100},
		{"languages", len(languages), 50},
		{"publishers", len(publishers), 300},
	}
	for _, test := range tests {
		if test.got < test.atLeast {
			t.Errorf("%s: %d, want at least %d", test.what, test.got, test.atLeast)
		}
	}
	for country, n := range inCountry {
		if n*5 > len(list) {
			t.Errorf("%s has %d of %d outlets: more than a fifth", country, n, len(list))
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
	aggregators := []string{"news.google.com", "news.yahoo.com", "msn.com", "allafrica.com", "feedburner.com", "wn.com", "naslovi.net", "flipboard.com", "follow.it"}
	for _, o := range list {
		switch o.Country {
		case "CN", "HK", "MO", "ZZ":
			t.Errorf("%s:%d: outlet %q of country %s", o.File, o.Line, o.ID, o.Country)
		}
		if !strings.HasPrefix(o.HomeURL, "https://") {
			t.Errorf("%s:%d: outlet %q: home_url %s", o.File, o.Line, o.ID, o.HomeURL)
		}
		for _, c := range o.Channels {
			u, err := url.Parse(c.URL)
			if err != nil {
				t.Fatal(err)
			}
			for _, aggregator := range aggregators {
				if u.Hostname() == aggregator || strings.HasSuffix(u.Hostname(), "."+aggregator) {
					t.Errorf("%s:%d: outlet %q is read through %s", o.File, o.Line, o.ID, aggregator)
				}
			}
		}
	}
}
