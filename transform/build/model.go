package build

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// How a model's table takes a new result.
const (
	RebuildNight  = "night"  // delete the night, insert it
	RebuildUpsert = "upsert" // insert new keys, update changed rows, never delete
	RebuildAppend = "append" // insert what was published, once it changed; never touch it again
)

// Model is one SQL file: a bare select and a header that describes it. Or it is a
// Go step: the same description and a function.
type Model struct {
	Table   string   // schema.table: the folder and the name of the file
	Also    []string // further tables that a Go step makes
	Summary string   // what a row is, in one sentence
	Grain   []string // the primary key
	Reads   []string // schema.table, as the SQL has them
	Rebuild string
	Params  []string // names of $1, $2 ...
	SQL     string   // empty for a Go step
	make    makeFunc // of a Go step
	back    int      // of a Go step: how many nights it looks back; 0: nobody knows
}

// readModels parses <schema>/<table>.sql.
func readModels(fsys fs.FS) ([]Model, error) {
	files, err := fs.Glob(fsys, "*/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list models: %w", err)
	}
	list := make([]Model, 0, len(files))
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("read model %s: %w", file, err)
		}
		m, err := parseModel(file, string(text))
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", file, err)
		}
		list = append(list, m)
	}
	return list, nil
}

func parseModel(file, text string) (Model, error) {
	h, err := parseHeader(text, "Grain", "Reads", "Rebuild", "Params")
	if err != nil {
		return Model{}, err
	}
	m := Model{
		Table:   path.Dir(file) + "." + strings.TrimSuffix(path.Base(file), ".sql"),
		Summary: h.first,
		Grain:   h.list("Grain"),
		Reads:   h.list("Reads"),
		Rebuild: h.fields["Rebuild"],
		SQL:     strings.TrimSpace(text),
	}
	switch {
	case m.Rebuild == RebuildAppend && path.Dir(file) != "marts":
		return Model{}, errors.New("header says Rebuild: append, which only tables of marts can do")
	case m.Rebuild != RebuildNight && m.Rebuild != RebuildUpsert && m.Rebuild != RebuildAppend:
		return Model{}, fmt.Errorf("header says Rebuild: %q, want night, upsert or append", m.Rebuild)
	}
	if m.Params, err = h.params(m.SQL, "night", "published_at"); err != nil {
		return Model{}, err
	}
	if err := compareReads(m.Reads, m.SQL); err != nil {
		return Model{}, err
	}
	if strings.HasPrefix(m.Table, "marts.") {
		for _, table := range m.Reads {
			if strings.HasPrefix(table, "staging.") {
				return Model{}, fmt.Errorf("a result table reads %s: marts never read staging", table)
			}
		}
	}
	return m, nil
}

// header is the block of comment lines a model or check opens with: one line
// that says what it is, then fields in a fixed order, then notes.
type header struct {
	first  string
	fields map[string]string
}

// parseHeader reads "-- Key: value" lines in the order of keys. A value goes on
// in lines indented by four more spaces; an empty comment line ends the fields.
func parseHeader(text string, keys ...string) (header, error) {
	h := header{fields: map[string]string{}}
	var found []string
	for i, line := range strings.Split(text, "\n") {
		body, isComment := strings.CutPrefix(line, "-- ")
		if !isComment {
			break
		}
		if i == 0 {
			h.first = body
			continue
		}
		if more, isMore := strings.CutPrefix(body, "    "); isMore && len(found) > 0 {
			h.fields[found[len(found)-1]] += " " + more
			continue
		}
		key, value, isField := strings.Cut(body, ": ")
		if !isField {
			return header{}, fmt.Errorf("header line %d is no field: %q", i+1, line)
		}
		found = append(found, key)
		h.fields[key] = value
	}
	if !strings.HasSuffix(h.first, ".") {
		return header{}, fmt.Errorf("first line must be one sentence in a comment, is %q", h.first)
	}
	if !slices.Equal(found, keys) {
		return header{}, fmt.Errorf("header has the fields %s, want %s",
			strings.Join(found, ", "), strings.Join(keys, ", "))
	}
	return h, nil
}

// list splits a field at its commas; "none" is empty.
func (h header) list(key string) []string {
	if h.fields[key] == "none" {
		return nil
	}
	var items []string
	for item := range strings.SplitSeq(h.fields[key], ",") {
		items = append(items, strings.TrimSpace(item))
	}
	return items
}

// params reads "$1 night, $2 run_id" and holds it against the SQL and against
// the names that are on offer.
func (h header) params(sql string, offered ...string) ([]string, error) {
	var names []string
	for i, item := range h.list("Params") {
		number, name, _ := strings.Cut(item, " ")
		if number != fmt.Sprintf("$%d", i+1) {
			return nil, fmt.Errorf("header says Params: %q, want $%d and a name", item, i+1)
		}
		if !slices.Contains(offered, name) {
			return nil, fmt.Errorf("header asks for parameter %q, on offer: %s",
				name, strings.Join(offered, ", "))
		}
		names = append(names, name)
	}
	if used := parametersIn(sql); used != len(names) {
		return nil, fmt.Errorf("header names %d parameters, the SQL uses %d", len(names), used)
	}
	return names, nil
}

// insertStatement wraps a bare select; columns are matched by name.
func insertStatement(table string, columns []string, query string) string {
	return fmt.Sprintf("insert into %s (%s)\nselect %s from (\n%s\n) as model",
		table, strings.Join(columns, ", "), qualified("model", columns), query)
}

// upsertStatement leaves rows alone that would not change.
func upsertStatement(m Model, tables catalog) string {
	columns := tables.columns[m.Table]
	values := slices.DeleteFunc(slices.Clone(columns), func(column string) bool {
		return slices.Contains(m.Grain, column)
	})
	sets := make([]string, len(values))
	for i, column := range values {
		sets[i] = fmt.Sprintf("%s = excluded.%s", column, column)
	}
	return fmt.Sprintf("%s\non conflict (%s) do update set %s\nwhere (%s) is distinct from (%s)",
		strings.Replace(insertStatement(m.Table, columns, m.SQL), " (", " as standing (", 1),
		strings.Join(m.Grain, ", "), strings.Join(sets, ", "),
		qualified("standing", values), qualified("excluded", values))
}

func qualified(alias string, columns []string) string {
	list := make([]string, len(columns))
	for i, column := range columns {
		list[i] = alias + "." + column
	}
	return strings.Join(list, ", ")
}
