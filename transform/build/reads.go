package build

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What a model reads is found in its text, so that lineage needs no list kept
// by hand: every name after from or join is a table with its schema, or one of
// the query's own steps. That holds because models are written in one form
// (explicit joins, no comma joins); the lint test keeps it so.
var (
	commentPattern   = regexp.MustCompile(`--[^\n]*`)
	literalPattern   = regexp.MustCompile(`'(?:[^']|'')*'`)
	extractPattern   = regexp.MustCompile(`\bextract\s*\(\s*\w+\s+from\b`)
	distinctPattern  = regexp.MustCompile(`\bdistinct\s+from\b`)
	sourcePattern    = regexp.MustCompile(`\b(?:from|join)\s+([a-z_][a-z0-9_.]*)`)
	stepPattern      = regexp.MustCompile(`([a-z_][a-z0-9_]*)\s+as\s+(?:not\s+)?(?:materialized\s+)?\(`)
	parameterPattern = regexp.MustCompile(`\$(\d+)`)
)

// bareSQL removes what could look like SQL and is none.
func bareSQL(sql string) string {
	sql = commentPattern.ReplaceAllString(sql, "")
	return literalPattern.ReplaceAllString(sql, "''")
}

// readsIn lists the tables a query reads, sorted.
func readsIn(sql string) ([]string, error) {
	sql = bareSQL(sql)
	sql = extractPattern.ReplaceAllString(sql, "extract(")
	sql = distinctPattern.ReplaceAllString(sql, "distinct ")
	var steps, tables []string
	for _, match := range stepPattern.FindAllStringSubmatch(sql, -1) {
		steps = append(steps, match[1])
	}
	for _, match := range sourcePattern.FindAllStringSubmatch(sql, -1) {
		source := match[1]
		if !strings.Contains(source, ".") {
			if !slices.Contains(steps, source) && source != "lateral" {
				return nil, fmt.Errorf(
					"reads %q, which is neither a table with its schema nor a step of the query", source)
			}
			continue
		}
		tables = append(tables, source)
	}
	slices.Sort(tables)
	return slices.Compact(tables), nil
}

// compareReads holds the header's list against the SQL.
func compareReads(declared []string, sql string) error {
	found, err := readsIn(sql)
	if err != nil {
		return err
	}
	if !slices.Equal(declared, found) {
		return fmt.Errorf("header says it reads %s, the SQL reads %s",
			strings.Join(declared, ", "), strings.Join(found, ", "))
	}
	return nil
}

// parametersIn is the highest $n of a query.
func parametersIn(sql string) int {
	highest := 0
	for _, match := range parameterPattern.FindAllStringSubmatch(bareSQL(sql), -1) {
		if n, err := strconv.Atoi(match[1]); err == nil {
			highest = max(highest, n)
		}
	}
	return highest
}

// order sorts the models of each schema so that each comes after what it reads,
// by name where that leaves a choice, the Go steps among them. History holds the
// models that append to what was published: they read the other results, which
// may look back at them, so they come last.
func order(all []Model) (intermediate, marts, history []Model, err error) {
	for _, m := range slices.Concat(all, goSteps()) {
		switch schema, _, _ := strings.Cut(m.Table, "."); {
		case schema == "intermediate" || m.make != nil:
			intermediate = append(intermediate, m)
		case schema == "marts" && m.Rebuild == RebuildAppend:
			history = append(history, m)
		case schema == "marts":
			marts = append(marts, m)
		default:
			return nil, nil, nil, fmt.Errorf("model %s: models make tables of intermediate and marts", m.Table)
		}
	}
	for _, m := range intermediate {
		for _, table := range m.Reads {
			if strings.HasPrefix(table, "marts.") {
				return nil, nil, nil, fmt.Errorf("model %s reads %s, which is made after it", m.Table, table)
			}
		}
	}
	byReads := func(m Model) []string { return m.Reads }
	for _, list := range []*[]Model{&intermediate, &marts, &history} {
		if *list, err = sortByNeeds(*list, byReads); err != nil {
			return nil, nil, nil, err
		}
	}
	return intermediate, marts, history, nil
}

// orderByReferences puts tables after those their foreign keys point to.
func orderByReferences(list []Model, tables catalog) ([]Model, error) {
	return sortByNeeds(list, func(m Model) []string {
		return slices.Concat(m.Reads, tables.references[m.Table])
	})
}

// sortByNeeds is a topological sort. A model may need itself (it looks back to
// its own earlier nights); needs that no model of the list makes are met.
func sortByNeeds(list []Model, needs func(Model) []string) ([]Model, error) {
	waiting := slices.Clone(list)
	slices.SortFunc(waiting, func(a, b Model) int { return strings.Compare(a.Table, b.Table) })
	var sorted []Model
	for len(waiting) > 0 {
		isWaiting := map[string]bool{}
		for _, m := range waiting {
			for _, table := range m.tables() {
				isWaiting[table] = true
			}
		}
		next := slices.IndexFunc(waiting, func(m Model) bool {
			return !slices.ContainsFunc(needs(m), func(table string) bool {
				return isWaiting[table] && !slices.Contains(m.tables(), table)
			})
		})
		if next < 0 {
			var names []string
			for _, m := range waiting {
				names = append(names, m.Table)
			}
			return nil, fmt.Errorf("models need each other in a circle: %s", strings.Join(names, ", "))
		}
		sorted = append(sorted, waiting[next])
		waiting = slices.Delete(waiting, next, next+1)
	}
	return sorted, nil
}
