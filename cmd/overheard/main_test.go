package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// result is what a user sees of one call.
type result struct {
	code           int
	stdout, stderr string
}

// call runs the program as a user would, with an environment of its own.
func call(t *testing.T, env []string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env = append([]string{"HOME=" + t.TempDir()}, env...)
	code := run(t.Context(), args, env, strings.NewReader(""), &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestExitCodesOfUsage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		env  []string
		args []string
		code int
		says string // on stderr
	}{
		{"no command prints help", nil, nil, exitDone, ""},
		{"help is done", nil, []string{"help"}, exitDone, ""},
		{"help of the settings is done", nil, []string{"help", "settings"}, exitDone, ""},
		{"help of what is not there", nil, []string{"help", "db", "statsu"}, exitUsage, `there is no help on "db statsu"`},
		{"help of a command is done", nil, []string{"db", "status", "--help"}, exitDone, ""},
		{"a group alone prints its help", nil, []string{"db"}, exitDone, ""},
		{"an unknown command", nil, []string{"nigtly"}, exitUsage, `unknown command "nigtly"`},
		{"an unknown command of a group", nil, []string{"db", "statsu"}, exitUsage, `unknown command "statsu" for "overheard db" (did you mean status?)`},
		{"an unknown flag", nil, []string{"version", "--loud"}, exitUsage, "unknown flag: --loud"},
		{"an argument too many", nil, []string{"version", "now"}, exitUsage, `"now"`},
		{"a bad setting", nil, []string{"--log-level", "loud", "db", "url"}, exitUsage, `flag --log-level: log_level: "loud" is not debug, info, warn or error`},
		{"a missing file of settings", nil, []string{"--config", "/no/such", "db", "url"}, exitUsage, "flag --config: read the configuration file: open /no/such"},
		{"version needs no configuration", []string{"OVERHEARD_LOG_LEVEL=loud"}, []string{"version"}, exitDone, ""},
		{"a linter of no folder", nil, []string{"outlets", "lint", "/no/such"}, exitUsage, "/no/such"},
		{"a private server that is not there has no address", nil, []string{"db", "url"}, exitFailed, "is not running"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := call(t, test.env, test.args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d; stderr: %s", got.code, test.code, got.stderr)
			}
			if !strings.Contains(got.stderr, test.says) {
				t.Errorf("stderr %q does not say %q", got.stderr, test.says)
			}
		})
	}
}

func TestPasswordsAreNotShown(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	tests := []struct {
		name string
		args []string
	}{
		{"a database that is not there", []string{"--database-url", "postgres://me:" + secret + "@127.0.0.1:1/db", "db", "status"}},
		{"a URL that cannot be read", []string{"--database-url", "postgres://me:" + secret + "@host:port/db", "db", "status"}},
		{"another scheme", []string{"--database-url", "mysql://me:" + secret + "@host/db", "db", "status"}},
		{"words instead of a URL", []string{"--database-url", "host=here password=" + secret, "db", "status"}},
		{"a password in the query", []string{"--database-url", "postgres://127.0.0.1:1/db?password=" + secret, "db", "status"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			env := []string{"OVERHEARD_CRAWL_PROXY_URL=http://me:" + secret + "@127.0.0.1:1"}
			got := call(t, env, append([]string{"--log-level", "debug"}, test.args...)...)
			if got.code == exitDone {
				t.Error("exit code 0")
			}
			if strings.Contains(got.stdout+got.stderr, secret) {
				t.Errorf("the password is shown:\n%s%s", got.stdout, got.stderr)
			}
		})
	}
}

func TestVersionAsJSON(t *testing.T) {
	t.Parallel()
	got := call(t, nil, "version", "--json")
	var info versionInfo
	if err := json.Unmarshal([]byte(got.stdout), &info); err != nil {
		t.Fatalf("%v in %q", err, got.stdout)
	}
	if info.Version == "" || info.Go == "" {
		t.Errorf("version %+v", info)
	}
}

func TestPanicIsNoUsageFault(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	code := run(context.Background(), []string{"version"}, nil, strings.NewReader(""), panicking{}, &stderr)
	if code != exitFailed || !strings.Contains(stderr.String(), "panic: no paper") {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
}

type panicking struct{}

func (panicking) Write([]byte) (int, error) { panic("no paper") }

func TestLintOutlets(t *testing.T) {
	t.Parallel()
	path := writeFile(t, "outlets/gb.yaml", "- id: example\n  nme: Example\n")
	got := call(t, nil, "outlets", "lint", filepath.Dir(path))
	if got.code != exitUsage {
		t.Errorf("exit code %d", got.code)
	}
	if !strings.Contains(got.stdout, path+":2: ") {
		t.Errorf("stdout does not name file and line:\n%s", got.stdout)
	}
	if !strings.HasPrefix(got.stderr, "overheard: outlets: ") || !strings.Contains(got.stderr, "problem") {
		t.Errorf("stderr %q", got.stderr)
	}
}

func TestLintTellsAdviceAndPasses(t *testing.T) {
	t.Parallel()
	outlet := "- {id: %s, name: The Times, publisher: p, country: GB, language: en, tier: 1, home_url: \"https://%s.example/\", channels: [{kind: feed, url: \"https://%s.example/rss\"}]}\n"
	path := writeFile(t, "outlets/gb.yaml", fmt.Sprintf(outlet, "a", "a", "a")+fmt.Sprintf(outlet, "b", "b", "b"))
	got := call(t, nil, "outlets", "lint", filepath.Dir(path))
	if got.code != exitDone || !strings.Contains(got.stdout, path+":2: advice: title \"The Times\" of GB is there twice") {
		t.Errorf("exit code %d, stdout:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

func TestLintBuiltIn(t *testing.T) {
	t.Parallel()
	for _, noun := range []string{"outlets", "companies"} {
		if got := call(t, nil, noun, "lint"); got.code != exitDone || !strings.HasSuffix(got.stdout, noun+", no problems\n") {
			t.Errorf("%s lint: %+v", noun, got)
		}
	}
}

func TestListAsJSON(t *testing.T) {
	t.Parallel()
	for _, noun := range []string{"outlets", "companies"} {
		got := call(t, nil, "--json", noun, "list")
		var entries []map[string]any
		if err := json.Unmarshal([]byte(got.stdout), &entries); err != nil {
			t.Fatalf("%s list: %v", noun, err)
		}
		if len(entries) < 10 || got.code != exitDone {
			t.Errorf("%s list: %d entries, exit code %d", noun, len(entries), got.code)
		}
	}
}

// TestDatabase walks through a private Postgres as an operator would.
func TestDatabase(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "overheard-db-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil { // as root the server is another user
		t.Fatal(err)
	}
	env := []string{"OVERHEARD_DATA_DIR=" + filepath.Join(dir, "data"), "PATH=" + os.Getenv("PATH"), "PG_BINDIR=" + os.Getenv("PG_BINDIR")}

	var before databaseStatus
	decode(t, call(t, env, "--json", "db", "status"), &before)
	if before.IsRunning || !before.IsPrivate {
		t.Errorf("status before: %+v", before)
	}
	var migrated struct{ Applied []string }
	decode(t, call(t, env, "--json", "db", "migrate"), &migrated)
	if len(migrated.Applied) == 0 {
		t.Error("nothing was applied to a new database")
	}
	if got := call(t, env, "db", "migrate"); got.stdout != "nothing to apply\n" {
		t.Errorf("second migrate: %+v", got)
	}
	got := call(t, env, "db", "psql", "--", "-Atc", "select count(*) from marts.nights")
	if got.code != exitDone || got.stdout != "0\n" {
		t.Errorf("psql: %+v", got)
	}
	if got := call(t, env, "db", "psql", "--", "-c", "select nothing from nowhere"); got.code != exitFailed {
		t.Errorf("psql with an error: %+v", got)
	}
	var after databaseStatus
	decode(t, call(t, env, "--json", "db", "status"), &after)
	if after.IsRunning || after.ServerVersion == "" {
		t.Errorf("status after: %+v", after)
	}
}

func decode(t *testing.T, got result, into any) {
	t.Helper()
	if got.code != exitDone {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	if err := json.Unmarshal([]byte(got.stdout), into); err != nil {
		t.Fatalf("%v in %q", err, got.stdout)
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	writeColumns(&out, []string{"NAME", "中文", "COUNT"}, [][]string{{"Huawei", "华为", "7"}, {"BYD", "比亚迪", "1200"}})
	want := "" +
		"NAME    中文    COUNT\n" +
		"Huawei  华为        7\n" +
		"BYD     比亚迪   1200\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

func TestSharedWriterGoesWhereItIsTold(t *testing.T) {
	t.Parallel()
	var first, second bytes.Buffer
	w := &sharedWriter{target: &first}
	io.WriteString(w, "a")
	former := w.redirect(&second)
	io.WriteString(w, "b")
	w.redirect(former)
	io.WriteString(w, "c")
	if first.String() != "ac" || second.String() != "b" {
		t.Errorf("first %q, second %q", first.String(), second.String())
	}
}
