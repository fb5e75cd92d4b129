package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/overheard-news/overheard/sql/export"
)

// testExport exports as the reader, who may do nothing but read.
func testExport(t *testing.T, b bi) {
	dir := filepath.Join(t.TempDir(), "out")
	database := "--database-url=" + b.address.String()
	got := call(t, nil, database, "export", "--output", dir, "--night", b.night)
	if got.code != exitDone || !strings.Contains(got.stdout, "the night of "+b.night) {
		t.Fatalf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
	t.Log(got.stdout)
	if again := call(t, nil, database, "export", "--output", dir); again.code != exitFailed || !strings.Contains(again.stderr, "--force replaces it") {
		t.Errorf("into a folder that holds one: exit code %d: %s", again.code, again.stderr)
	}
	all := call(t, nil, database, "export", "--output", dir, "--force", "--json", "--format", "parquet")
	var summary struct {
		Dir string
		export.Manifest
	}
	if err := json.Unmarshal([]byte(all.stdout), &summary); err != nil {
		t.Fatalf("%v in %s%s", err, all.stdout, all.stderr)
	}
	if summary.Dir != dir || summary.NightCount != biNights || summary.LastNight != b.night || len(summary.Tables) < 12 {
		t.Errorf("summary: %s, %d nights to %s, %d tables", summary.Dir, summary.NightCount, summary.LastNight, len(summary.Tables))
	}
	for _, bad := range []struct {
		args []string
		says string
	}{
		{[]string{"--tables", "companys"}, `there is no result table "companys" (did you mean companies?)`},
		{[]string{"--format", "xlsx"}, `--format xlsx: there is csv and parquet`},
		{[]string{"--night", b.night, "--from", b.night}, "none of the others can be"},
		{[]string{"--from", "2026-01-02", "--to", "2026-01-01"}, "--from 2026-01-02 is after --to 2026-01-01"},
	} {
		if got := call(t, nil, append([]string{database, "export", "--output", dir}, bad.args...)...); got.code != exitUsage || !strings.Contains(got.stderr, bad.says) {
			t.Errorf("%v: exit code %d, want %d and %q: %s", bad.args, got.code, exitUsage, bad.says, got.stderr)
		}
	}
}
