package build

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

const lineageHead = `# Lineage

Generated from the models, the Go steps and the checks by ` + "`make schema`" + `: do not edit.
Tables stand in the order they are made. What reads a table is read from the SQL
(` + "`sql/models`, `sql/checks`" + `) and from what the Go steps declare (` + "`transform/build`" + `).
`

// WriteLineage writes LINEAGE.md: which table is made from which, up and down. It
// needs no database.
func WriteLineage(w io.Writer) error {
	models, checks, err := Inventory()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString(lineageHead)
	writeLayers(&b, models)
	writeTables(&b, models, checks)
	writeSources(&b, models, checks)
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the lineage: %w", err)
	}
	return nil
}

// writeLayers draws how the schemas feed each other, with the number of reads.
func writeLayers(b *bytes.Buffer, models []Model) {
	counts := map[[2]string]int{}
	for _, m := range models {
		for _, table := range m.Reads {
			counts[[2]string{schemaOf(table), schemaOf(m.Table)}]++
		}
	}
	var edges [][2]string
	for edge := range counts {
		edges = append(edges, edge)
	}
	slices.SortFunc(edges, func(a, b [2]string) int {
		return strings.Compare(a[0]+" "+a[1], b[0]+" "+b[1])
	})
	b.WriteString("\n```mermaid\nflowchart LR\n")
	for _, e := range edges {
		if e[0] != e[1] {
			fmt.Fprintf(b, "    %s -->|%d| %s\n", e[0], counts[e], e[1])
		}
	}
	b.WriteString("```\n\nThe numbers count reads: one for each table that a model of the one schema reads of the other.\n")
}

func schemaOf(table string) string {
	schema, _, _ := strings.Cut(table, ".")
	return schema
}

func writeTables(b *bytes.Buffer, models []Model, checks []Check) {
	readers := readersOf(models)
	for _, stage := range []struct{ title, text string }{
		{StageBuild, "Made for each night by `overheard build`."},
		{StagePublish, "Made by `overheard publish`, after the checks of the build have passed."},
	} {
		fmt.Fprintf(b, "\n## %s%s\n\n%s\n", strings.ToUpper(stage.title[:1]), stage.title[1:], stage.text)
		for _, m := range models {
			if isPublished := schemaOf(m.Table) == "marts"; isPublished != (stage.title == StagePublish) {
				continue
			}
			for _, table := range m.tables() {
				fmt.Fprintf(b, "\n### %s\n\n%s\n\n", table, m.Summary)
				if m.IsGoStep() {
					fmt.Fprintf(b, "* made by a Go step%s\n", alsoMade(m, table))
				} else {
					path := "models/" + strings.Replace(table, ".", "/", 1) + ".sql"
					fmt.Fprintf(b, "* made by [%s](%s)\n", path, path)
				}
				fmt.Fprintf(b, "* from %s\n", names(m.Reads))
				fmt.Fprintf(b, "* read by %s\n", names(readers[table]))
				fmt.Fprintf(b, "* checked by %s\n", names(checkersOf(checks, table)))
			}
		}
	}
}

func alsoMade(m Model, table string) string {
	others := slices.DeleteFunc(m.tables(), func(t string) bool { return t == table })
	if len(others) == 0 {
		return ""
	}
	return ", with " + names(others)
}

// writeSources lists what is not made by models: where everything begins.
func writeSources(b *bytes.Buffer, models []Model, checks []Check) {
	made := map[string]bool{}
	for _, m := range models {
		for _, table := range m.tables() {
			made[table] = true
		}
	}
	readers := readersOf(models)
	var sources []string
	for table := range readers {
		if !made[table] {
			sources = append(sources, table)
		}
	}
	slices.Sort(sources)
	b.WriteString("\n## Sources\n\nWhat the crawl, the registry and the ledger hold; no model makes it.\n\n")
	b.WriteString("| table | read by | results that rest on it in the end | checked by |\n|---|---|---|---|\n")
	for _, table := range sources {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", table, names(readers[table]),
			names(resultsOn(table, readers)), names(checkersOf(checks, table)))
	}
}

// readersOf lists, for every table, the tables made from it, sorted.
func readersOf(models []Model) map[string][]string {
	readers := map[string][]string{}
	for _, m := range models {
		for _, from := range m.Reads {
			readers[from] = append(readers[from], m.tables()...)
		}
	}
	for from := range readers {
		slices.Sort(readers[from])
		readers[from] = slices.Compact(readers[from])
	}
	return readers
}

// resultsOn lists the result tables downstream of a table.
func resultsOn(table string, readers map[string][]string) []string {
	seen := map[string]bool{table: true}
	waiting := []string{table}
	var results []string
	for len(waiting) > 0 {
		next := waiting[0]
		waiting = waiting[1:]
		for _, r := range readers[next] {
			if seen[r] {
				continue
			}
			seen[r] = true
			waiting = append(waiting, r)
			if schemaOf(r) == "marts" {
				results = append(results, r)
			}
		}
	}
	slices.Sort(results)
	return results
}

func checkersOf(checks []Check, table string) []string {
	var found []string
	for _, c := range checks {
		if slices.Contains(c.Reads, table) {
			found = append(found, c.Name)
		}
	}
	return found
}

func names(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}
