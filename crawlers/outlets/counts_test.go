package outlets

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/sql/seeds"
)

var update = flag.Bool("update", false, "write the counts of README.md anew")

// The counts in README.md are those of the registry: everything between the two
// marks is written from it.
func TestReadmeCountsTheRegistry(t *testing.T) {
	t.Parallel()
	list, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- counts: go test ./crawlers/outlets -run Readme -update -->\n", "<!-- end of counts -->"
	readme := readReadme(t)
	before, rest, hasBegin := strings.Cut(readme, begin)
	got, after, hasEnd := strings.Cut(rest, end)
	if !hasBegin || !hasEnd {
		t.Fatal("README.md has lost the marks around its counts")
	}
	want := counts(list, set)
	if *update {
		if err := os.WriteFile("README.md", []byte(before+begin+want+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("counts in README.md (-registry +README), write them anew with -update:\n%s", diff)
	}
}

// What README.md says of where single addresses come from names outlets that are
// there, as many as it says.
func TestReadmeNamesOutletsThatAreThere(t *testing.T) {
	t.Parallel()
	if *update {
		t.Skip("README.md is being written")
	}
	list, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, o := range list {
		there[o.ID] = true
	}
	paragraphs := regexp.MustCompile(`(?m)^(Derived|From general knowledge), ([0-9]+) outlets: (.*)$`).FindAllStringSubmatch(readReadme(t), -1)
	if len(paragraphs) != 2 {
		t.Fatalf("%d paragraphs on the origin of addresses, want 2", len(paragraphs))
	}
	named := map[string]bool{}
	for _, p := range paragraphs {
		ids := strings.Split(strings.TrimSuffix(p[3], "."), ", ")
		if fmt.Sprint(len(ids)) != p[2] {
			t.Errorf("%s: says %s outlets, names %d", p[1], p[2], len(ids))
		}
		for _, id := range ids {
			if !there[id] {
				t.Errorf("%s: outlet %q is not in the registry", p[1], id)
			}
			if named[id] {
				t.Errorf("outlet %q is named twice", id)
			}
			named[id] = true
		}
	}
}

func readReadme(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// counts is what README.md says of the size of the registry.
func counts(list []Outlet, set seeds.Set) string {
	region := map[string]string{}
	for _, c := range set.Countries {
		region[c.Code] = c.Region
	}
	regions, countries, languages, tiers, reaches, kinds, publishers := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	inPanel, channels, expecting, both, zoned := 0, 0, 0, 0, 0
	zones := seeds.MainZones()
	for _, o := range list {
		if o.IsInPanel() {
			inPanel++
		}
		regions[region[o.Country]]++
		countries[o.Country]++
		languages[primary(o.Language)]++
		tiers[fmt.Sprint(o.Tier)]++
		reaches[o.Reach]++
		publishers[o.Publisher]++
		if o.Expect != nil {
			expecting++
		}
		if o.TimeZone != zones[o.Country] {
			zoned++
		}
		own := map[string]bool{}
		for _, c := range o.Channels {
			own[c.Kind] = true
			kinds[c.Kind]++
			channels++
		}
		if len(own) > 1 {
			both++
		}
	}
	shared := 0
	for _, n := range publishers {
		if n > 1 {
			shared++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d outlets, %d of them in the panel, of %d publishers in %d countries and %d languages, read by %d channels.\n", len(list), inPanel, len(publishers), len(countries), len(languages), channels)
	fmt.Fprintf(&b, "%d have channels of two kinds, %d declare what to expect, %d a time zone other than their country's main one; %d publishers have more than one outlet.\n\n", both, expecting, zoned, shared)
	fmt.Fprintf(&b, "| by | counts |\n|---|---|\n")
	for _, row := range []struct {
		by     string
		counts map[string]int
	}{{"region", regions}, {"tier", tiers}, {"reach", reaches}, {"channel kind", kinds}, {"language", languages}, {"country", countries}} {
		fmt.Fprintf(&b, "| %s | %s |\n", row.by, ranked(row.counts, 1))
	}
	fmt.Fprintf(&b, "| publisher, those of eight or more | %s |\n", ranked(publishers, 8))
	return b.String()
}

// ranked writes counts, the greatest first, without those below the least.
func ranked(counts map[string]int, least int) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, name := range names {
		if counts[name] >= least {
			parts = append(parts, fmt.Sprintf("%s %d", name, counts[name]))
		}
	}
	return strings.Join(parts, ", ")
}
