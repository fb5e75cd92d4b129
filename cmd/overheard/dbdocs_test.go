package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// testDocs writes the documentation as the reader, who may read marts alone.
func testDocs(t *testing.T, b bi) {
	path := filepath.Join(t.TempDir(), "docs.html")
	got := call(t, nil, "--database-url="+b.address.String(), "db", "docs", "--output", path)
	if got.code != exitDone {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Last night published: <strong>" + b.night, "3 nights in all", `id="marts.company_rankings"`} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if got := call(t, nil, "--database-url="+b.address.String(), "db", "docs", "--output", filepath.Join(path, "x")); got.code != exitFailed || !strings.Contains(got.stderr, "write "+path) {
		t.Errorf("into a file: exit code %d: %s", got.code, got.stderr)
	}
}

// TestDocsWithoutADatabase describes what the migrations make, and leaves no data
// folder behind.
func TestDocsWithoutADatabase(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	got := call(t, []string{"PATH=" + os.Getenv("PATH")}, "--data-dir", dir, "db", "docs", "--output", "-")
	if got.code != exitDone || !strings.Contains(got.stdout, `id="marts.company_rankings"`) || !strings.Contains(got.stdout, "No night is published") {
		t.Errorf("exit code %d: %.300s %s", got.code, got.stdout, got.stderr)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("a data folder was made: %v", err)
	}
}
