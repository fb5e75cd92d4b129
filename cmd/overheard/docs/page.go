package docs

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/build"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// Policy is the content security policy of the page: its own style and script,
// and nothing from elsewhere.
func Policy() string {
	return fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'",
		digest(pageCSS), digest(pageJS))
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// page is what the template sees.
type page struct {
	Source
	Policy      string
	Style       template.CSS
	Script      template.JS
	Tables      []schemaPage
	Graph       graph
	CheckList   []build.Check
	Methods     []methodPage
	TableCount  int
	ColumnCount int
}

type schemaPage struct {
	Name, Comment string
	Tables        []tablePage
}

// tablePage is one table or view.
type tablePage struct {
	warehouse.Relation
	ID      string
	Rows    string // about how many; empty if nobody knows
	Columns []columnPage
	Model   *build.Model // nil: no model makes it
	From    []string     // tables it is made of
	To      []string     // tables made of it
	Checks  []build.Check
}

type columnPage struct {
	warehouse.Column
	IsKey  bool
	Target string // table that the column points to; empty: none
}

type methodPage struct {
	Version   string
	Constants []seeds.Constant
}

// Write writes the page.
func Write(w io.Writer, s Source) error {
	functions := template.FuncMap{
		"anchor": func(table string) string { return "#" + table },
		"join":   strings.Join,
		"bare":   bare,
	}
	tmpl, err := template.New("page").Funcs(functions).Parse(pageHTML)
	if err != nil {
		return fmt.Errorf("read the template of the documentation: %w", err)
	}
	if err := tmpl.Execute(w, newPage(s)); err != nil {
		return fmt.Errorf("write the documentation: %w", err)
	}
	return nil
}

// bare is a table's name without its schema.
func bare(table string) string {
	_, name, _ := strings.Cut(table, ".")
	return name
}

func newPage(s Source) page {
	p := page{Source: s, Policy: Policy(), Style: template.CSS(pageCSS), Script: template.JS(pageJS), Graph: newGraph(s.Models)}
	makers, readers, checks := map[string]*build.Model{}, map[string][]string{}, map[string][]build.Check{}
	for i := range s.Models {
		m := &s.Models[i]
		for _, table := range m.Tables() {
			makers[table] = m
		}
		for _, table := range m.Reads {
			if table != m.Table {
				readers[table] = append(readers[table], m.Table)
			}
		}
	}
	for _, c := range s.Checks {
		p.CheckList = append(p.CheckList, c)
		for _, table := range c.Reads {
			checks[table] = append(checks[table], c)
		}
	}
	for _, schema := range s.Schemas {
		list := schemaPage{Name: schema.Name, Comment: schema.Comment}
		for _, r := range schema.Relations {
			name := r.FullName()
			t := tablePage{Relation: r, ID: name, Model: makers[name], To: readers[name], Checks: checks[name]}
			if t.Model != nil {
				t.From = slices.DeleteFunc(slices.Clone(t.Model.Reads), func(table string) bool { return table == name })
			}
			slices.Sort(t.To)
			if rows, isKnown := schema.Rows[r.Name]; isKnown {
				t.Rows = grouped(rows)
			}
			for _, c := range r.Columns {
				t.Columns = append(t.Columns, columnPage{Column: c, IsKey: slices.Contains(r.PrimaryKey, c.Name), Target: target(r, c.Name)})
			}
			p.TableCount++
			p.ColumnCount += len(t.Columns)
			list.Tables = append(list.Tables, t)
		}
		if schema.Name == "marts" { // what most readers come for
			p.Tables = append([]schemaPage{list}, p.Tables...)
			continue
		}
		p.Tables = append(p.Tables, list)
	}
	for _, c := range s.Constants {
		if n := len(p.Methods); n == 0 || p.Methods[n-1].Version != c.MethodVersion {
			p.Methods = append(p.Methods, methodPage{Version: c.MethodVersion})
		}
		last := &p.Methods[len(p.Methods)-1]
		last.Constants = append(last.Constants, c)
	}
	return p
}

func target(r warehouse.Relation, column string) string {
	for _, key := range r.ForeignKeys {
		if slices.Contains(key.Columns, column) {
			return key.Table
		}
	}
	return ""
}

// grouped is a number with its thousands apart.
func grouped(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "\u202f" + text[i:]
	}
	return text
}
