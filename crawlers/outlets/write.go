package outlets

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/overheard-news/overheard/sql/seeds"
)

// Write writes a registry into a folder, one file a country, so that Load reads
// the same outlets back. The folder is made if it is not there; files of
// countries that are not in the list are left alone. A time zone and a reach
// that Load would give anyway are left out.
func Write(dir string, list []Outlet) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write outlet registry: %w", err)
	}
	zones := seeds.MainZones()
	ordered := slices.SortedFunc(slices.Values(list), func(a, b Outlet) int {
		return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.ID, b.ID))
	})
	for len(ordered) > 0 {
		country := ordered[0].Country
		end := slices.IndexFunc(ordered, func(o Outlet) bool { return o.Country != country })
		if end < 0 {
			end = len(ordered)
		}
		if !countryName.MatchString(country) {
			return fmt.Errorf("write outlet registry: outlet %q has country %q, which cannot name a file", ordered[0].ID, country)
		}
		var text strings.Builder
		for _, o := range ordered[:end] {
			writeOutlet(&text, o, zones[o.Country])
		}
		file := filepath.Join(dir, strings.ToLower(country)+".yaml")
		if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
			return fmt.Errorf("write outlet registry: %w", err)
		}
		ordered = ordered[end:]
	}
	return nil
}

func writeOutlet(text *strings.Builder, o Outlet, mainZone string) {
	fmt.Fprintf(text, "- id: %s\n", scalar(o.ID))
	fmt.Fprintf(text, "  name: %s\n", scalar(o.Name))
	fmt.Fprintf(text, "  publisher: %s\n", scalar(o.Publisher))
	fmt.Fprintf(text, "  country: %s\n", scalar(o.Country))
	fmt.Fprintf(text, "  language: %s\n", scalar(o.Language))
	fmt.Fprintf(text, "  tier: %d\n", o.Tier)
	if o.TimeZone != "" && o.TimeZone != mainZone {
		fmt.Fprintf(text, "  time_zone: %s\n", scalar(o.TimeZone))
	}
	if o.Reach != "" && o.Reach != usualReach(o.Tier) {
		fmt.Fprintf(text, "  reach: %s\n", scalar(o.Reach))
	}
	fmt.Fprintf(text, "  home_url: %s\n", scalar(o.HomeURL))
	fmt.Fprintf(text, "  channels:\n")
	for _, c := range o.Channels {
		fmt.Fprintf(text, "    - {kind: %s, url: %s}\n", scalar(c.Kind), strconv.Quote(c.URL))
	}
	if o.Expect != nil {
		fmt.Fprintf(text, "  expect: {articles_per_day: {min: %d, max: %d}}\n", o.Expect.ArticlesPerDay.Min, o.Expect.ArticlesPerDay.Max)
	}
}

var (
	countryName = regexp.MustCompile(`^[A-Z]{2}$`)
	// plainScalar is what no YAML reader, old or new, takes for syntax: words of
	// letters and digits, and addresses without a colon that ends a word.
	plainScalar = regexp.MustCompile(`^[\pL][\pL\pN ._/'()&+-]*$|^https?://[A-Za-z0-9._~/%?=&+:-]*[A-Za-z0-9/]$`)
	// Readers of YAML 1.1 see a truth value or nothing in these: Norway is false.
	takenForOther = []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
)

// scalar writes a value so that every reader sees text.
func scalar(value string) string {
	if plainScalar.MatchString(value) && !strings.HasSuffix(value, " ") && !slices.Contains(takenForOther, strings.ToLower(value)) {
		return value
	}
	return strconv.Quote(value)
}
