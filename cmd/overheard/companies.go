package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/sql/seeds"
)

func newCompaniesCommand(app *app) *cobra.Command {
	return newGroup(
		&cobra.Command{
			Use:   "companies",
			Short: "The companies that are followed, and the names they are written by",
			Long: `Reads the registry of companies and their names, and tends what becomes of the names
once text was matched by them.`,
		},
		newCompaniesLintCommand(app),
		newCompaniesListCommand(app),
		newCompaniesRematchCommand(app), newCompaniesQuarantineCommand(app), newCompaniesHoldCommand(app), newCompaniesReleaseCommand(app),
	)
}

func newCompaniesLintCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "lint [DIR]",
		Short: "Check the seed files: companies and their names, countries, languages, constants, measures",
		Long: `Checks the seed files of a folder, or the built-in ones, and prints every
problem as file:line: message (remedy). Exits with 2 if there is one.`,
		Example:     "overheard companies lint sql/seeds",
		Args:        cobra.MaximumNArgs(1),
		Annotations: map[string]string{noteNoDatabase: ""},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				set, problems := seeds.Lint(seeds.Files())
				return app.reportLint("companies", len(set.Companies), problems)
			}
			if err := checkFolder(args[0]); err != nil {
				return err
			}
			set, problems := seeds.Lint(os.DirFS(args[0]))
			return app.reportLint("companies", len(set.Companies), problemsUnder(args[0], problems))
		},
	}
}

// companyEntry is a company as companies list --json prints it.
type companyEntry struct {
	CompanyID    string `json:"company_id"`
	Name         string `json:"name"`
	NameZH       string `json:"name_zh"`
	Sector       string `json:"sector"`
	Ownership    string `json:"ownership"`
	HomeCountry  string `json:"home_country"`
	HQCity       string `json:"hq_city"`
	Ticker       string `json:"ticker"`
	WikidataID   string `json:"wikidata_id"`
	IsComparator bool   `json:"is_comparator"`
	ParentID     string `json:"parent_id"`
	CountsFor    string `json:"counts_for"`
	// ValidFrom and ValidTo are the first and last night it is followed; empty
	// means always and still.
	ValidFrom string   `json:"valid_from"`
	ValidTo   string   `json:"valid_to"`
	Aliases   []string `json:"aliases"`
	// AliasCounts is how many names of each class it has, D included.
	AliasCounts map[string]int `json:"alias_counts"`
	AnchorCount int            `json:"anchor_count"`
	SenseCount  int            `json:"sense_count"`
}

func newCompaniesListCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Print the companies",
		Long: `Prints the built-in companies: whom each belongs to and counts for, when it is
followed, and the number of its names by class. Names of class A to C are those
it is matched by; those of class D are look-alikes that must not match.`,
		Example:     "overheard companies list --json",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteNoDatabase: ""},
		RunE: func(*cobra.Command, []string) error {
			set, err := seeds.BuiltIn()
			if err != nil {
				return badUsage(err)
			}
			entries := companyEntries(set)
			if app.isJSON {
				return app.printJSON(entries)
			}
			var rows [][]string
			for _, e := range entries {
				kind := "ranked"
				if e.IsComparator {
					kind = "comparator"
				}
				rows = append(rows, []string{
					e.CompanyID, e.Name, e.NameZH, e.Sector, e.Ownership, e.HomeCountry, kind, e.family(), e.validity(),
					strconv.Itoa(e.AliasCounts["A"]), strconv.Itoa(e.AliasCounts["B"]), strconv.Itoa(e.AliasCounts["C"]), strconv.Itoa(e.AliasCounts["D"]),
				})
			}
			writeColumns(app.stdout, []string{"ID", "NAME", "中文", "SECTOR", "OWNERSHIP", "HOME", "KIND", "PARENT", "FOLLOWED", "A", "B", "C", "D"}, rows)
			return nil
		},
	}
}

// family is the parent, in brackets if mentions do not count for it.
func (e companyEntry) family() string {
	switch {
	case e.ParentID == "" || e.CountsFor == e.ParentID:
		return e.ParentID
	case e.CountsFor == "":
		return "(" + e.ParentID + ")"
	}
	return e.ParentID + ", counts for " + e.CountsFor
}

// validity is when the company is followed, empty for always.
func (e companyEntry) validity() string {
	switch {
	case e.ValidFrom == "" && e.ValidTo == "":
		return ""
	case e.ValidTo == "":
		return "from " + e.ValidFrom
	case e.ValidFrom == "":
		return "to " + e.ValidTo
	}
	return e.ValidFrom + " to " + e.ValidTo
}

func companyEntries(set seeds.Set) []companyEntry {
	aliases, counts := map[string][]string{}, map[string]map[string]int{}
	for _, a := range set.Aliases {
		if counts[a.CompanyID] == nil {
			counts[a.CompanyID] = map[string]int{}
		}
		counts[a.CompanyID][a.Class]++
		if a.Class != "D" {
			aliases[a.CompanyID] = append(aliases[a.CompanyID], a.Alias)
		}
	}
	anchors, senses := map[string]int{}, map[string]int{}
	for _, a := range set.Anchors {
		anchors[a.CompanyID]++
	}
	for _, s := range set.Senses {
		senses[s.CompanyID]++
	}
	entries := []companyEntry{}
	for _, c := range set.Companies {
		entry := companyEntry{
			CompanyID: c.ID, Name: c.Name, NameZH: c.NameZH, Sector: c.Sector, Ownership: c.Ownership,
			HomeCountry: c.HomeCountry, HQCity: c.HQCity, Ticker: c.Ticker, WikidataID: c.WikidataID,
			IsComparator: c.IsComparator, ParentID: c.ParentID, CountsFor: c.CountsFor,
			ValidFrom: dayOrNothing(c.ValidFrom), ValidTo: dayOrNothing(c.ValidTo),
			Aliases: aliases[c.ID], AliasCounts: counts[c.ID], AnchorCount: anchors[c.ID], SenseCount: senses[c.ID],
		}
		if entry.Aliases == nil {
			entry.Aliases = []string{}
		}
		entries = append(entries, entry)
	}
	return entries
}

func dayOrNothing(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// checkFolder refuses an argument that is no folder before a linter finds it
// empty.
func checkFolder(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return badUsage(err)
	}
	if !info.IsDir() {
		return badUsage(fmt.Errorf("%s is not a folder", path))
	}
	return nil
}

// problem is a fault as lint --json prints it.
type problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
	// IsAdvice says that the registry can be used as it is.
	IsAdvice bool `json:"is_advice"`
}

// reportLint prints what a linter found, and what it found in order, in the
// same shape for every registry.
func (a *app) reportLint(noun string, count int, problems []seeds.Problem) error {
	if a.isJSON {
		out := struct {
			Count    int       `json:"count"`
			Problems []problem `json:"problems"`
		}{count, []problem{}}
		for _, p := range problems {
			out.Problems = append(out.Problems, problem(p))
		}
		if err := a.printJSON(out); err != nil {
			return err
		}
	} else {
		for _, p := range problems {
			if p.IsAdvice {
				p.Message = "advice: " + p.Message
			}
			fmt.Fprintln(a.stdout, p.Error())
		}
	}
	faults := 0
	for _, p := range problems {
		if !p.IsAdvice {
			faults++
		}
	}
	advice := len(problems) - faults
	switch {
	case faults == 1:
		return badUsage(fmt.Errorf("%s: 1 problem", noun))
	case faults > 1:
		return badUsage(fmt.Errorf("%s: %d problems", noun, faults))
	case count == 0:
		return badUsage(errors.New(noun + ": nothing found"))
	}
	switch {
	case a.isJSON:
	case advice > 0:
		fmt.Fprintf(a.stdout, "%d %s, no problems, advice on %d lines\n", count, noun, advice)
	default:
		fmt.Fprintf(a.stdout, "%d %s, no problems\n", count, noun)
	}
	return nil
}
