package seeds

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// table is one CSV file, read as strictly as it can be while still going on to
// the end: whoever edits the file wants all its faults at once.
type table struct {
	file     string
	columns  []string
	rows     []row
	problems []Problem
}

// row is one record; values stand in the order of the table's columns.
type row struct {
	line   int
	values []string
}

// utf8BOM is what some spreadsheets put before the first column's name.
const utf8BOM = "\ufeff"

// readTable reads one file. Rows it could not make sense of are told as problems
// and left out, so that later rules speak only of what is really there.
func readTable(fsys fs.FS, file string, columns []string) *table {
	t := &table{file: file, columns: columns}
	content, err := fs.ReadFile(fsys, file)
	if err != nil {
		t.report(1, fmt.Sprintf("cannot be read: %v", err), "put the file back; its header is "+strings.Join(columns, ","))
		return t
	}
	if !utf8.Valid(content) {
		t.report(invalidUTF8Line(content), "is not UTF-8", "save the file as UTF-8")
		return t
	}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte(utf8BOM))))
	reader.FieldsPerRecord = -1
	if !t.readHeader(reader) {
		return t
	}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return t
		}
		if parse := (*csv.ParseError)(nil); errors.As(err, &parse) {
			t.report(parse.Line, fmt.Sprintf("is broken CSV: %v", parse.Err), `write a value that holds a comma or a quote as "…", and each quote in it twice`)
			continue
		}
		if err != nil {
			t.report(1, fmt.Sprintf("cannot be read: %v", err), "check the file")
			return t
		}
		line, _ := reader.FieldPos(0)
		t.add(line, record)
	}
}

func (t *table) readHeader(reader *csv.Reader) bool {
	want := strings.Join(t.columns, ",")
	header, err := reader.Read()
	if err != nil {
		t.report(1, "has no header", "begin the file with "+want)
		return false
	}
	for _, name := range header {
		if !slices.Contains(t.columns, name) {
			t.report(1, fmt.Sprintf("unknown column %q", name), "the header is "+want)
		}
	}
	for _, name := range t.columns {
		if !slices.Contains(header, name) {
			t.report(1, fmt.Sprintf("column %q is missing", name), "the header is "+want)
		}
	}
	if len(t.problems) == 0 && !slices.Equal(header, t.columns) {
		t.report(1, "columns are doubled or in another order", "the header is "+want)
	}
	return len(t.problems) == 0
}

func (t *table) add(line int, record []string) {
	if len(record) != len(t.columns) {
		t.report(line, fmt.Sprintf("has %d values, not %d", len(record), len(t.columns)), "give one value a column: "+strings.Join(t.columns, ","))
		return
	}
	for i, value := range record {
		if strings.TrimSpace(value) != value {
			t.report(line, fmt.Sprintf("%s %q has white space around it", t.columns[i], value), "take the white space away")
		}
		if strings.ContainsFunc(value, unicode.IsControl) {
			t.report(line, fmt.Sprintf("%s %q holds a control character", t.columns[i], value), "take the control character out")
		}
	}
	t.rows = append(t.rows, row{line: line, values: record})
}

// get is the value of a column; a name the table does not have is a fault of
// this package and must not pass as an empty value.
func (t *table) get(r row, column string) string {
	return r.values[slices.Index(t.columns, column)]
}

// need is get for a column that may not be empty.
func (t *table) need(r row, column string) string {
	value := t.get(r, column)
	if value == "" {
		t.report(r.line, column+" is missing", "every row has to give "+column)
	}
	return value
}

// oneOf is need for a column with a word list.
func (t *table) oneOf(r row, column string, words []string) string {
	value := t.need(r, column)
	if value != "" && !slices.Contains(words, value) {
		t.report(r.line, fmt.Sprintf("%s %q is not known", column, value), Suggest(value, words)+"use one of: "+strings.Join(words, ", "))
	}
	return value
}

// truth is need for a column that is true or false.
func (t *table) truth(r row, column string) bool {
	return t.oneOf(r, column, []string{"true", "false"}) == "true"
}

// date is get for a column that holds a day or nothing.
func (t *table) date(r row, column string) time.Time {
	value := t.get(r, column)
	if value == "" {
		return time.Time{}
	}
	date, err := time.Parse(time.DateOnly, value)
	if err != nil || date.Year() < 1800 || date.Year() > 2199 {
		t.report(r.line, fmt.Sprintf("%s %q is not a date", column, value), "write YYYY-MM-DD, or leave it empty")
		return time.Time{}
	}
	return date
}

// period reads valid_from and valid_to; both ends count.
func (t *table) period(r row) (from, to time.Time) {
	from, to = t.date(r, "valid_from"), t.date(r, "valid_to")
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		t.report(r.line, fmt.Sprintf("valid_to %s is before valid_from %s", t.get(r, "valid_to"), t.get(r, "valid_from")), "swap the dates")
	}
	return from, to
}

// list reads the words of a column that are separated by |.
func (t *table) list(r row, column, what string) []string {
	value := t.get(r, column)
	if value == "" {
		return nil
	}
	words, seen := strings.Split(value, "|"), map[string]bool{}
	for _, word := range words {
		switch {
		case strings.TrimSpace(word) != word || word == "":
			t.report(r.line, fmt.Sprintf("%s %q is empty or has white space around it", what, word), fmt.Sprintf("write %s as one|two|three", column))
		case seen[fold(word)]:
			t.report(r.line, fmt.Sprintf("%s %q is there twice", what, word), "delete one of them")
		}
		seen[fold(word)] = true
	}
	return words
}

// decimal is get for a column that holds a number or nothing.
func (t *table) decimal(r row, column string) string {
	value := t.get(r, column)
	if value != "" && !decimalPattern.MatchString(value) {
		t.report(r.line, fmt.Sprintf("%s %q is not a decimal", column, value), "write at most 9 digits before and 9 after the point")
		return ""
	}
	return value
}

func (t *table) report(line int, message, remedy string) {
	t.problems = append(t.problems, Problem{File: t.file, Line: line, Message: message, Remedy: remedy})
}

// unique reports a key the second time it is met and tells where it stood first.
func (t *table) unique(seen map[string]int, r row, what, key, shown string) {
	if key == "" {
		return
	}
	if first, ok := seen[key]; ok {
		t.report(r.line, fmt.Sprintf("%s %q is there twice, first in line %d", what, shown, first), "delete or rename one of them")
		return
	}
	seen[key] = r.line
}

func invalidUTF8Line(content []byte) int {
	line := 1
	for len(content) > 0 {
		r, size := utf8.DecodeRune(content)
		if r == utf8.RuneError && size == 1 {
			return line
		}
		if r == '\n' {
			line++
		}
		content = content[size:]
	}
	return line
}
