package postmaster_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
)

// childFolder names the variable that turns the test binary into another
// program: it starts or joins the server of that folder, says so on standard
// output, and stops when its input ends.
const childFolder = "OVERHEARD_TEST_POSTMASTER_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		os.Exit(beChild(dir))
	}
	os.Exit(m.Run())
}

type childReport struct {
	URL     string
	IsOwner bool
	Error   string
}

func beChild(dir string) int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s, err := postmaster.Start(ctx, quiet(), dir)
	var report childReport
	if err != nil {
		report.Error = err.Error()
	} else {
		report = childReport{URL: s.URL(), IsOwner: s.IsOwner()}
	}
	_ = json.NewEncoder(os.Stdout).Encode(report)
	if err != nil {
		return 1
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := s.Stop(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// child is a running other program.
type child struct {
	childReport
	cmd   *exec.Cmd
	input io.Closer
}

// runChild starts one and waits for its report. credential nil: as we are.
func runChild(t *testing.T, dir string, credential *syscall.Credential) *child {
	t.Helper()
	cmd := exec.Command(testBinary(t, credential))
	cmd.Env = append(os.Environ(), childFolder+"="+dir)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: cmd, input: input}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the other program said nothing: %v", err)
	}
	if err := json.Unmarshal(line, &c.childReport); err != nil {
		t.Fatal(err)
	}
	return c
}

// testBinary is this program; for another user a copy he can reach.
func testBinary(t *testing.T, credential *syscall.Credential) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if credential == nil {
		return path
	}
	dir := openFolder(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "postmaster.test")
	if err := os.WriteFile(copied, text, 0o755); err != nil {
		t.Fatal(err)
	}
	return copied
}

// openFolder is a temporary folder other accounts may enter.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "overheard-postmaster-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// stop ends the other program in order and returns what it returned.
func (c *child) stop() error {
	c.input.Close()
	return c.cmd.Wait()
}

// kill ends it as a crash would.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// eventually waits up to limit for what to hold, and says how long it took.
func eventually(t *testing.T, limit time.Duration, sentence string, holds func() bool) time.Duration {
	t.Helper()
	begun := time.Now()
	for !holds() {
		if time.Since(begun) > limit {
			t.Fatalf("not within %s: %s", limit, sentence)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return time.Since(begun)
}

func contains(t *testing.T, err error, wants ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range wants {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in: %v", want, err)
		}
	}
}
