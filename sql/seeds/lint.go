package seeds

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed *.csv
var files embed.FS

// The files of a set and their columns. The four of the companies are a contract
// with everybody who keeps a registry of their own.
var (
	countryColumns  = []string{"country_code", "name", "region", "gdp_musd", "time_zone"}
	languageColumns = []string{"language_code", "name"}
	constantColumns = []string{"method_version", "constant_name", "value", "unit", "reason"}
	companyColumns  = []string{
		"company_id", "name", "name_zh", "sector", "ownership", "home_country", "hq_city", "ticker", "wikidata_id", "is_comparator",
		"parent_id", "counts_for", "valid_from", "valid_to",
	}
	aliasColumns   = []string{"company_id", "alias", "language", "class", "kind", "is_case_sensitive", "anchors", "valid_from", "valid_to"}
	anchorColumns  = []string{"company_id", "anchor", "kind", "valid_from", "valid_to"}
	senseColumns   = []string{"company_id", "alias", "sense", "cues", "countries"}
	codeColumns    = []string{"dimension", "framework", "code", "name"}
	toneColumns    = []string{"language_code", "true_tone", "judged_tone", "confusion", "correction"}
	qualityColumns = []string{
		"stage", "set_name", "split", "breakdown", "part", "measure", "value", "value_low", "value_high", "sample_count", "measured_on",
	}
)

var (
	countryPattern  = regexp.MustCompile(`^[A-Z]{2}$`)
	languagePattern = regexp.MustCompile(`^[a-z]{2,3}$`)
	namePattern     = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	decimalPattern  = regexp.MustCompile(`^-?[0-9]{1,9}(\.[0-9]{1,9})?$`)
)

// Files is the folder of the built-in seed files, for Lint.
func Files() fs.FS { return files }

// BuiltIn gives the set this program was built with.
func BuiltIn() (Set, error) {
	set, problems := Lint(files)
	if err := Join(problems); err != nil {
		return Set{}, fmt.Errorf("read built-in seeds: %w", err)
	}
	return set, nil
}

// Codes gives the country and language codes of the built-in seeds, for linters
// of other registries; it does not read the companies.
func Codes() (countries, languages map[string]bool) {
	l := linter{fsys: files, isTrusted: true}
	l.countries()
	l.languages()
	return l.knownCountries(), l.knownLanguages()
}

// MainZones gives the main time zone of each country of the built-in seeds, by
// its code: the one most of its press is written in.
func MainZones() map[string]string {
	l := linter{fsys: files, isTrusted: true}
	l.countries()
	zones := make(map[string]string, len(l.set.Countries))
	for _, c := range l.set.Countries {
		zones[c.Code] = c.TimeZone
	}
	return zones
}

// zonePattern keeps out what only some systems know: Local, EST, posix/Europe/Paris.
var zonePattern = regexp.MustCompile(`^(UTC|[A-Z][A-Za-z_]*(/[A-Z][A-Za-z_-]*)+)$`)

// IsZone tells whether a name is a zone of the IANA database.
func IsZone(name string) bool {
	if !zonePattern.MatchString(name) {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// Lint reads a folder of seed files and tells all their faults, in the order of
// files and lines. The set holds what could be read, faulty or not: it is for
// showing, not for Sync, unless there are no problems.
func Lint(fsys fs.FS) (Set, []Problem) {
	l := linter{fsys: fsys}
	l.countries()
	l.languages()
	l.constants()
	l.companies()
	l.aliases()
	l.anchors()
	l.senses()
	l.codes()
	l.tones()
	l.quality()
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return l.set, l.problems
}

// Join makes one error of many problems, each on its own line; nil for none.
func Join(problems []Problem) error {
	var all []error
	for _, p := range problems {
		if !p.IsAdvice {
			all = append(all, p)
		}
	}
	return errors.Join(all...)
}

// linter carries what later files are checked against.
type linter struct {
	fsys         fs.FS
	isTrusted    bool // the built-in files, which a test lints: zones are not looked up
	set          Set
	problems     []Problem
	companyLines map[string]int // where each company stands in companies.csv
}

// isKnown reports a company_id that companies.csv does not have; if that could
// not be read it has been told once and is not held against every row.
func (l *linter) isKnown(t *table, r row, id string) bool {
	if _, ok := l.companyLines[id]; ok || id == "" || len(l.companyLines) == 0 {
		return ok
	}
	t.report(r.line, fmt.Sprintf("company_id %q is not in companies.csv", id), Suggest(id, keys(l.companyLines))+"add the company first")
	return false
}

func (l *linter) keep(t *table) { l.problems = append(l.problems, t.problems...) }

func (l *linter) countries() {
	t := readTable(l.fsys, "countries.csv", countryColumns)
	seen := map[string]int{}
	for _, r := range t.rows {
		c := Country{Code: t.need(r, "country_code"), Name: t.need(r, "name"), Region: t.oneOf(r, "region", regions)}
		if c.Code != "" && !countryPattern.MatchString(c.Code) {
			t.report(r.line, fmt.Sprintf("country_code %q is not two capital letters", c.Code), "write the ISO 3166-1 alpha-2 code")
		}
		t.unique(seen, r, "country_code", c.Code, c.Code)
		if gdp := t.get(r, "gdp_musd"); gdp != "" {
			amount, err := strconv.ParseInt(gdp, 10, 64)
			if err != nil || amount <= 0 || amount >= 1e12 {
				t.report(r.line, fmt.Sprintf("gdp_musd %q is not a whole number of millions", gdp), "write digits only, or leave it empty")
			} else {
				c.GDPMUSD = amount
			}
		}
		if c.TimeZone = t.need(r, "time_zone"); c.TimeZone != "" && !l.isTrusted && !IsZone(c.TimeZone) {
			t.report(r.line, fmt.Sprintf("time_zone %q is not an IANA zone", c.TimeZone), "write a name such as Europe/Berlin, or UTC")
		}
		l.set.Countries = append(l.set.Countries, c)
	}
	if _, ok := seen["ZZ"]; !ok && len(t.rows) > 0 {
		t.report(1, "ZZ is missing", "outlets of unknown country need the row ZZ,Unknown,Unknown,,UTC")
	}
	l.keep(t)
}

func (l *linter) languages() {
	t := readTable(l.fsys, "languages.csv", languageColumns)
	seen := map[string]int{}
	for _, r := range t.rows {
		g := Language{Code: t.need(r, "language_code"), Name: t.need(r, "name")}
		if g.Code != "" && !languagePattern.MatchString(g.Code) {
			t.report(r.line, fmt.Sprintf("language_code %q is not two or three small letters", g.Code), "write the ISO 639 code")
		}
		t.unique(seen, r, "language_code", g.Code, g.Code)
		l.set.Languages = append(l.set.Languages, g)
	}
	if _, ok := seen["und"]; !ok && len(t.rows) > 0 {
		t.report(1, "und is missing", "articles of undetermined language need the row und,Undetermined")
	}
	l.keep(t)
}

func (l *linter) constants() {
	t := readTable(l.fsys, "method_constants.csv", constantColumns)
	seen := map[string]int{}
	for _, r := range t.rows {
		c := Constant{
			MethodVersion: t.need(r, "method_version"),
			Name:          t.need(r, "constant_name"),
			Value:         t.need(r, "value"),
			Unit:          t.need(r, "unit"),
			Reason:        t.need(r, "reason"),
		}
		if c.Name != "" && !namePattern.MatchString(c.Name) {
			t.report(r.line, fmt.Sprintf("constant_name %q is not in snake_case", c.Name), "use small letters, digits and _")
		}
		if c.Value != "" && !decimalPattern.MatchString(c.Value) {
			t.report(r.line, fmt.Sprintf("value %q is not a decimal", c.Value), "write at most 9 digits before and 9 after the point")
		}
		if c.Name != "" {
			t.unique(seen, r, "constant", c.MethodVersion+"\x00"+c.Name, c.Name)
		}
		l.set.Constants = append(l.set.Constants, c)
	}
	l.keep(t)
}

func (l *linter) knownCountries() map[string]bool {
	known := make(map[string]bool, len(l.set.Countries))
	for _, c := range l.set.Countries {
		known[c.Code] = true
	}
	return known
}

func (l *linter) knownLanguages() map[string]bool {
	known := make(map[string]bool, len(l.set.Languages))
	for _, g := range l.set.Languages {
		known[g.Code] = true
	}
	return known
}

// listed writes a set of codes for a remedy, cut where nobody would read on.
func listed(known map[string]bool) string {
	codes := slices.Sorted(maps.Keys(known))
	if len(codes) > 8 {
		return strings.Join(codes[:8], ", ") + " …"
	}
	return strings.Join(codes, ", ")
}
