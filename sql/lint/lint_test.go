package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestRules(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, r := range rules {
		if names[r.name] {
			t.Errorf("two rules are named %q", r.name)
		}
		names[r.name] = true
		for place := Model; place <= Placed; place <<= 1 {
			if r.places&place == 0 {
				continue
			}
			if !finds(place, r.bad, r.name) {
				t.Errorf("%s: nothing is found in %q", r.name, r.bad)
			}
			if finds(place, r.good, r.name) {
				t.Errorf("%s: %q is refused", r.name, r.good)
			}
			if faults := Find(place, r.good); place == Model && len(faults) > 0 {
				t.Errorf("%s: %q is no good example: %v", r.name, r.good, faults)
			}
		}
	}
}

func finds(place Place, text, rule string) bool {
	for _, f := range Find(place, text) {
		if f.Rule == rule {
			return true
		}
	}
	return false
}

func TestFindLooksAtSQLAlone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"select a.b from a -- where now() > 0",
		"select 'merge into it''s now()' as a",
		"select a.b from a where a.b in (select c.b from c order by c.b limit 3)",
		"select (select max(a.b) from a) from (select c.d from c order by c.d, c.e limit 7) as f",
	} {
		if faults := Find(Model, text); len(faults) > 0 {
			t.Errorf("%q: %v", text, faults)
		}
	}
	for text, rule := range map[string]string{
		"SELECT Now()": "the clock",
		"select a.b from a where a.b in (\n\tselect c.b from c limit 3\n) order by a.b":                      "limit without an order",
		"select a.b from (select c.d from c order by c.d) as a limit 1":                                      "limit without an order",
		"select array_agg(a.b), string_agg(a.c, ',' order by a.c) from a":                                    "an aggregate in no order",
		"insert into ops.urls (a) values (1) on conflict (a) do update set b = now()":                        "another result after the update",
		"select a.b from ops.runs as a where a.c in (select d.c from staging.d as d for update skip locked)": "rows locked on the nodes",
	} {
		if place := Model | Transform; !finds(place, text, rule) {
			t.Errorf("%q: found %v, want %q", text, Find(place, text), rule)
		}
	}
}

const root = "../.."

// lastBeforePlacing is the migration that brings the schema dist: older ones run
// before a database can be distributed.
const lastBeforePlacing = 22

func TestModelsChecksAndMigrations(t *testing.T) {
	t.Parallel()
	count := 0
	for folder, place := range map[string]Place{"sql/models": Model, "sql/checks": Model, "sql/schema": Migration} {
		walk(t, filepath.Join(root, folder), ".sql", func(path, text string) {
			count++
			if number, err := strconv.Atoi(filepath.Base(path)[:min(5, len(filepath.Base(path)))]); err == nil && number > lastBeforePlacing {
				place |= Placed
			}
			if place&Migration != 0 {
				text, _, _ = strings.Cut(text, "-- +goose Down")
			}
			for _, f := range Find(place, text) {
				t.Errorf("%s: %s", path, f)
			}
		})
	}
	if count < 100 {
		t.Errorf("looked at %d files only", count)
	}
}

// isSQL is how a string in Go is told from prose.
var isSQL = regexp.MustCompile(`(?is)^\s*(--[^\n]*\n\s*)*(select|insert into|update|delete from|with|merge into|create|alter)\s.*\b(from|into|set|table|values|as)\b`)

// allowed are strings that may do what a rule forbids, with the reason.
var allowed = map[string]string{}

func TestSQLInGo(t *testing.T) {
	t.Parallel()
	count := 0
	for folder, place := range map[string]Place{
		"transform/build": Transform, "sql/warehouse": Job, "sql/seeds": Job,
		"jobs": Job, "crawlers": Job, "cmd": Job,
	} {
		walk(t, filepath.Join(root, folder), ".go", func(path, text string) {
			if strings.HasSuffix(path, "_test.go") {
				return
			}
			for position, statement := range stringsIn(t, path, text) {
				if !isSQL.MatchString(statement) {
					continue
				}
				count++
				for _, f := range Find(place, statement) {
					if at := strings.TrimPrefix(filepath.ToSlash(path), root+"/") + " " + f.Rule; allowed[at] == "" {
						t.Errorf("%s: %s", position, f)
					}
				}
			}
		})
	}
	if count < 100 {
		t.Errorf("looked at %d statements only", count)
	}
}

// stringsIn are the string literals of a Go file by position; sums of literals are
// taken as a whole.
func stringsIn(t *testing.T, path, text string) map[string]string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		expression, isExpression := n.(ast.Expr)
		if !isExpression {
			return true
		}
		if whole, isText := textOf(expression); isText {
			found[files.Position(n.Pos()).String()] = whole
			return false
		}
		return true
	})
	return found
}

// textOf joins literals; what is put in between is left out.
func textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		left, isLeft := textOf(e.X)
		right, isRight := textOf(e.Y)
		return left + " " + right, isLeft || isRight
	}
	return "", false
}

func walk(t *testing.T, folder, extension string, look func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() || filepath.Ext(path) != extension {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		look(path, string(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
