package importing_test

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/jobs/importing"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

const (
	childDatabase = "OVERHEARD_TEST_CHILD_DATABASE"
	childFile     = "OVERHEARD_TEST_CHILD_FILE"
	childBegan    = "the import has begun"
)

// TestChildThatImports is no test of its own: it is a process that imports a file,
// and may be killed.
func TestChildThatImports(t *testing.T) {
	if os.Getenv(childDatabase) == "" {
		t.Skip("runs in a child process of TestTwoProcessesImportTheSameAndAreKilled")
	}
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	db, err := warehouse.Open(t.Context(), slog.New(slog.DiscardHandler), os.Getenv(childDatabase))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w := &world{t: t, press: newPress(t, set, nil), db: db}
	w.wire(set)
	w.cfg.BarrierGap = 20 * time.Millisecond
	slowed := func(intake importing.Intake) importing.Intake {
		fmt.Println(childBegan)
		return &cutter{Intake: intake, left: math.MaxInt, pause: 10 * time.Millisecond}
	}
	if _, err := w.importer(slowed).Run(t.Context(), ledger.CauseOperator, os.Getenv(childFile)); err != nil {
		t.Fatal(err)
	}
}

// TestTwoProcessesImportTheSameAndAreKilled: two files with the same articles, a
// process each, both killed again and again, leave what one file after the other
// leaves.
func TestTwoProcessesImportTheSameAndAreKilled(t *testing.T) {
	t.Parallel()
	calm, troubled := newWorld(t, mixed, nil), newWorld(t, mixed, nil)
	copyOf := func(w *world) string {
		data, err := os.ReadFile(w.made.Files[0])
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "copy.warc.gz")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	first := calm.run(calm.made.Files[0])
	if again := calm.run(copyOf(calm)); again.Tally.Stored != 0 || again.Tally.Pages != first.Tally.Pages {
		t.Errorf("the copy, undisturbed: %+v, want its pages found to be unchanged", again.Tally)
	}
	type end struct {
		kills int
		err   error
	}
	ends := make(chan end, 2)
	for _, file := range []string{troubled.made.Files[0], copyOf(troubled)} {
		go func() {
			kills, err := importKilled(t, warehousetest.URL(t, troubled.db, ""), file)
			ends <- end{kills, err}
		}()
	}
	kills := 0
	for range 2 {
		e := <-ends
		if kills += e.kills; e.err != nil {
			t.Error(e.err)
		}
	}
	var landed int // in the middle of an import
	if err := troubled.db.Get(&landed, `select count(*) from ops.runs where state = 'abandoned'`); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d processes were killed, %d of them while they imported", kills, landed)
	if landed < 3 {
		t.Errorf("%d imports were killed, want at least 3", landed)
	}
	if diff := cmp.Diff(calm.articles(), troubled.articles()); diff != "" {
		t.Errorf("articles (-undisturbed +killed):\n%s", diff)
	}
	if diff := cmp.Diff(calm.content(), troubled.content()); diff != "" {
		t.Errorf("content (-undisturbed +killed):\n%s", diff)
	}
	var done []string
	err := troubled.db.Select(&done, `select concat_ws(' ', state, record_count, page_count, damaged_count) from ops.imports`)
	if want := troubled.wantTally(); err != nil || len(done) != 2 || done[0] != done[1] || done[0] != fmt.Sprint("done ", want.Records, want.Pages, want.Damaged) {
		t.Errorf("imports %q, %v; want both done, with %+v", done, err, want)
	}
}

// importKilled lets a process import a file, kills it in the middle of that, and leaves
// the fourth alone.
func importKilled(t *testing.T, url, file string) (kills int, err error) {
	for try := range 4 {
		//nolint:gosec // the test's own binary
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildThatImports$")
		child.Env = append(os.Environ(), childDatabase+"="+url, childFile+"="+file)
		var out strings.Builder
		said, err := child.StdoutPipe()
		if err != nil {
			return kills, err
		}
		if err := child.Start(); err != nil {
			return kills, err
		}
		for lines := bufio.NewScanner(said); lines.Scan(); {
			fmt.Fprintln(&out, lines.Text())
			if lines.Text() == childBegan && try < 3 {
				time.AfterFunc(time.Duration(100+rand.IntN(500))*time.Millisecond, func() { _ = child.Process.Kill() })
			}
		}
		if child.Wait() == nil {
			return kills, nil
		}
		if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() {
			return kills, errors.New(out.String())
		}
		kills++
	}
	return kills, errors.New("the last process was killed, too")
}
