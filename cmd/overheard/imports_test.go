package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/overheard-news/overheard"

// goPackage is what go list tells of a package.
type goPackage struct {
	ImportPath   string
	Dir          string
	GoFiles      []string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func (p goPackage) path() string { return strings.TrimPrefix(p.ImportPath, module+"/") }
func (p goPackage) room() string { return room(p.ImportPath) }

// room is the top-level folder of an import path of ours, empty for others.
func room(path string) string {
	inner, isOurs := strings.CutPrefix(path, module+"/")
	if !isOurs {
		return ""
	}
	name, _, _ := strings.Cut(inner, "/")
	return name
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Dir,GoFiles,Imports,TestImports,XTestImports", module+"/...")
	cmd.Stderr = &bytes.Buffer{}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, cmd.Stderr)
	}
	var packages []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < 5 {
		t.Fatalf("go list found %d packages: the test looks at nothing", len(packages))
	}
	return packages
}

// TestImportsGoOneWay holds the rule of the house: cmd → jobs → crawlers →
// transform → sql. A package imports its own room and those to its right, in its
// tests too.
func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	rooms := []string{"cmd", "jobs", "crawlers", "transform", "sql"}
	for _, p := range listPackages(t) {
		from := slices.Index(rooms, p.room())
		if from < 0 {
			t.Errorf("%s stands outside the rooms %v", p.ImportPath, rooms)
			continue
		}
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if to := slices.Index(rooms, room(imported)); room(imported) != "" && to < from {
				t.Errorf("%s imports %s: %s must not know %s", p.ImportPath, imported, p.room(), room(imported))
			}
		}
	}
}

// TestImportsKeptToOnePlace holds what only some packages may know, and why.
func TestImportsKeptToOnePlace(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		imported func(path string) bool
		allowed  func(path string) bool
	}{
		{
			name:     "only crawlers/fetch makes collectors",
			imported: func(path string) bool { return strings.HasPrefix(path, "github.com/gocolly/colly") },
			allowed:  func(path string) bool { return path == "crawlers/fetch" },
		},
		{
			name: "crawlers and transform know no database, but for the packages that load and build",
			imported: func(path string) bool {
				return path == "github.com/jmoiron/sqlx" || path == "database/sql" || path == "github.com/lib/pq" ||
					strings.HasPrefix(path, module+"/sql/warehouse")
			},
			allowed: func(path string) bool {
				name, _, _ := strings.Cut(path, "/")
				return name != "crawlers" && name != "transform" || strings.HasPrefix(path, "transform/build")
			},
		},
		{
			name:     "only cmd knows cobra",
			imported: func(path string) bool { return strings.HasPrefix(path, "github.com/spf13/") },
			allowed:  func(path string) bool { return strings.HasPrefix(path, "cmd/") },
		},
		{
			name:     "the makers of test databases stay in tests",
			imported: func(path string) bool { return path == module+"/sql/warehouse/warehousetest" },
			allowed:  func(string) bool { return false },
		},
	}
	packages := listPackages(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, p := range packages {
				if test.allowed(p.path()) {
					continue
				}
				for _, imported := range p.Imports {
					if test.imported(imported) {
						t.Errorf("%s imports %s", p.ImportPath, imported)
					}
				}
			}
		})
	}
}

// TestSQLFolderHoldsNoPackage: it would clash with database/sql.
func TestSQLFolderHoldsNoPackage(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../sql/*.go")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) > 0 {
		t.Errorf("Go files in sql/ itself: %v", files)
	}
}

// TestTopLevel: what a stranger sees first is the house and nothing else.
func TestTopLevel(t *testing.T) {
	t.Parallel()
	allowed := []string{
		"jobs", "crawlers", "transform", "sql", "cmd", "go.mod", "go.sum", "Makefile", "README.md", "LICENSE",
		".git", ".ci", ".gitignore", ".golangci.yml",
		"bin", ".cache", // made by make, ignored by git
	}
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	var strangers []string
	for _, entry := range entries {
		if !slices.Contains(allowed, entry.Name()) {
			strangers = append(strangers, entry.Name())
		}
	}
	if diff := cmp.Diff([]string(nil), strangers); diff != "" {
		t.Errorf("top level (-want +got):\n%s", diff)
	}
}

// TestOnlyCommandsReadTheEnvironment: below cmd, settings come as arguments.
func TestOnlyCommandsReadTheEnvironment(t *testing.T) {
	t.Parallel()
	forbidden := []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv", "UserHomeDir", "UserConfigDir", "UserCacheDir"}
	for _, p := range listPackages(t) {
		if p.room() == "cmd" || strings.HasSuffix(p.path(), "test") {
			continue // makers of test databases may look for OVERHEARD_… themselves
		}
		for _, name := range p.GoFiles {
			path := filepath.Join(p.Dir, name)
			for _, use := range usesOf(t, path, "os", forbidden) {
				t.Errorf("%s reads the environment: os.%s", path, use)
			}
		}
	}
}

// usesOf returns which of the names of a package a file selects.
func usesOf(t *testing.T, path, pkg string, names []string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var uses []string
	ast.Inspect(file, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if base, ok := selector.X.(*ast.Ident); ok && base.Name == pkg && slices.Contains(names, selector.Sel.Name) {
			uses = append(uses, selector.Sel.Name)
		}
		return true
	})
	return uses
}
