package outlets

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/overheard-news/overheard/sql/seeds"
)

// Lint reads every yaml file of a folder and tells all the faults of all files,
// in the order of files and lines. The outlets are those that could be read,
// faulty or not, by id: they are for showing, not for crawling, unless all problems
// are advice.
func Lint(fsys fs.FS) ([]Outlet, []seeds.Problem) {
	l := linter{ids: map[string]place{}, homes: map[string]place{}, channels: map[string]place{}, titles: map[string]place{}, owners: map[string]owner{}, zones: seeds.MainZones()}
	l.countries, l.languages = seeds.Codes()
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		l.report(place{".", 1}, fmt.Sprintf("folder cannot be read: %v", err), "name a folder of yaml files")
	}
	for _, entry := range entries {
		switch extension := path.Ext(entry.Name()); {
		case entry.IsDir():
		case extension == ".yaml":
			l.lintFile(fsys, entry.Name())
		case strings.EqualFold(extension, ".yml") || strings.EqualFold(extension, ".yaml"):
			l.report(place{entry.Name(), 1}, "file would not be read", "rename it to end in .yaml")
		}
	}
	slices.SortStableFunc(l.problems, func(a, b seeds.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	slices.SortStableFunc(l.outlets, func(a, b Outlet) int { return cmp.Compare(a.ID, b.ID) })
	return l.outlets, l.problems
}

// place is where something stands.
type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// linter carries what must be unique over all files.
type linter struct {
	countries, languages         map[string]bool
	zones                        map[string]string // main zone of each country
	ids, homes, channels, titles map[string]place
	owners                       map[string]owner // by registrable domain
	outlets                      []Outlet
	problems                     []seeds.Problem
}

func (l *linter) report(at place, message, remedy string) {
	l.problems = append(l.problems, seeds.Problem{File: at.file, Line: at.line, Message: message, Remedy: remedy})
}

// advise reports what keeps nobody from reading the outlet.
func (l *linter) advise(at place, message, remedy string) {
	l.problems = append(l.problems, seeds.Problem{File: at.file, Line: at.line, Message: message, Remedy: remedy, IsAdvice: true})
}

func (l *linter) lintFile(fsys fs.FS, file string) {
	content, err := fs.ReadFile(fsys, file)
	if err != nil {
		l.report(place{file, 1}, fmt.Sprintf("file cannot be read: %v", err), "check its permissions")
		return
	}
	nodes, broken := parse(content)
	if broken != nil {
		l.report(place{file, broken.line}, broken.message, broken.remedy)
		return
	}
	// The file's name is what a reader looks for, so a country has one file.
	country := strings.ToUpper(strings.TrimSuffix(file, ".yaml"))
	if file != strings.ToLower(file) || !l.countries[country] {
		l.report(place{file, 1}, "file is not named after a country", "name it by the small ISO 3166-1 alpha-2 code, such as gb.yaml, or zz.yaml for unknown")
		country = ""
	}
	for _, node := range nodes {
		o := l.outlet(file, node)
		if country != "" && o.Country != "" && l.countries[o.Country] && o.Country != country {
			l.report(place{file, o.Line}, fmt.Sprintf("outlet %q of country %s stands in %s", o.ID, o.Country, file), "move it to "+strings.ToLower(o.Country)+".yaml")
		}
		l.outlets = append(l.outlets, o)
	}
}

// once reports a key the second time it is met and tells where it stood first.
func (l *linter) once(seen map[string]place, key string, at place, message, remedy string) {
	if key == "" {
		return
	}
	if first, ok := seen[key]; ok {
		l.report(at, fmt.Sprintf("%s, first in %s", message, first), remedy)
		return
	}
	seen[key] = at
}
