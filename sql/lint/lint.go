// Package lint finds forms of SQL that mean something else on a distributed
// database, on another session or on another server, or that Citus refuses.
//
//	for _, f := range lint.Find(lint.Model, text) { … }
//
// Rules are a table (rules.go): each names the form, the portable form in its
// place and where it holds. To add one, add a row with an example that it must
// find and one that it must let pass; the tests run both, and then the rule over
// every model, check and migration, and over the SQL in the Go code.
//
// Text cannot show everything. Whether a join is on the column that places the
// rows is known only to Citus: TestCitusGivesTheSameMarts of transform/build asks it.
package lint

import (
	"fmt"
	"regexp"
	"strings"
)

// Place is where a piece of SQL stands.
type Place int

// The places; a rule holds in some of them.
const (
	Model     Place = 1 << iota // a model or a check
	Transform                   // SQL in the Go code of transform and sql, which makes results
	Job                         // SQL in the Go code of jobs, crawlers and cmd
	Migration                   // a migration
	Placed                      // a migration newer than the command that distributes a database

	anywhere = Model | Transform | Job | Migration | Placed
)

// Fault is one form that was found.
type Fault struct {
	Rule    string // name of the rule
	Text    string // what was found
	Instead string // the portable form
}

// String is the fault as a developer reads it.
func (f Fault) String() string {
	return fmt.Sprintf("%s: %q: %s", f.Rule, f.Text, f.Instead)
}

var (
	commentPattern = regexp.MustCompile(`--[^\n]*`)
	literalPattern = regexp.MustCompile(`'(?:[^']|'')*'`)
	spacePattern   = regexp.MustCompile(`\s+`)
)

// Find lists the faults of a piece of SQL, one for each rule at most. Comments and
// literals are not looked at, nor is the case of letters.
func Find(place Place, text string) []Fault {
	bare := commentPattern.ReplaceAllString(text, "")
	bare = literalPattern.ReplaceAllString(bare, "''")
	bare = strings.ToLower(spacePattern.ReplaceAllString(bare, " "))
	var faults []Fault
	for _, r := range rules {
		if r.places&place == 0 {
			continue
		}
		if match := r.find(bare); match != "" {
			faults = append(faults, Fault{Rule: r.name, Text: strings.TrimSpace(match), Instead: r.instead})
		}
	}
	return faults
}

// inParentheses returns what stands between the parenthesis at start and its
// partner, which may be missing.
func inParentheses(text string, start int) string {
	depth := 0
	for i := start; i < len(text); i++ {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text[start+1 : i]
			}
		}
	}
	return text[min(start+1, len(text)):]
}

// around returns the part of the query that the position belongs to: what stands
// before it inside the same parentheses, without parts in parentheses of their own.
func around(text string, position int) string {
	depth, end := 0, position
	part := ""
	for i := position - 1; i >= 0; i-- {
		switch text[i] {
		case ')':
			if depth == 0 {
				part = text[i+1:end] + " " + part
			}
			depth++
		case '(':
			if depth == 0 {
				return text[i+1:end] + " " + part
			}
			if depth--; depth == 0 {
				end = i
			}
		}
	}
	if depth == 0 {
		part = text[:end] + " " + part
	}
	return part
}
