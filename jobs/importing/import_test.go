package importing_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/crawlers/warc"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/importing"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// mixed is a file with something of everything.
var mixed = press.Archives{Records: 240, ForeignShare: 0.4, DamagedShare: 0.05, IsCutOff: true}

// wantTally is what an import of the mixed file counts.
func (w *world) wantTally() importing.Tally {
	return importing.Tally{
		Records: int64(w.made.Pages + w.made.Foreign + w.made.Damaged + 1), // one warcinfo
		Pages:   int64(w.made.Pages), Stored: int64(w.made.Pages), Foreign: int64(w.made.Foreign), Damaged: int64(w.made.Damaged),
	}
}

func TestImportEqualsTheTruth(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mixed, nil)
	result := w.run(w.made.Files[0])
	if diff := cmp.Diff(w.wantTally(), result.Tally); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(w.truth(), w.articles()); diff != "" {
		t.Errorf("articles (-want +got):\n%s", diff)
	}
	if result.Report.State != ledger.StateFailures || result.Report.Failures != int64(w.made.Damaged) {
		t.Errorf("the run ended %s with %d failures, want one for each of %d damaged records", result.Report.State, result.Report.Failures, w.made.Damaged)
	}
	var nights int64
	for _, n := range result.Nights {
		nights += n.Articles
	}
	if nights != int64(w.made.Pages) || len(result.Nights) < 2 {
		t.Errorf("nights %v, want %d articles in at least two", result.Nights, w.made.Pages)
	}

	before := []string{w.digest("staging.articles"), w.digest("staging.mentions")}
	if again := w.run(w.made.Files[0]); !again.IsSkipped || again.Tally != result.Tally {
		t.Errorf("the same file again: %+v, want it passed over with the counts it has", again)
	}
	w.cfg.IsRepeated = true
	forced := w.run(w.made.Files[0])
	if forced.IsSkipped || forced.Tally.Records != result.Tally.Records || forced.Tally.Stored != 0 {
		t.Errorf("asked for again: %+v, want all records read and nothing stored", forced)
	}
	if diff := cmp.Diff(before, []string{w.digest("staging.articles"), w.digest("staging.mentions")}); diff != "" {
		t.Errorf("rows were written though nothing changed (-before +after):\n%s", diff)
	}
}

// cutter ends an import in some way after so many pages.
type cutter struct {
	importing.Intake
	left   int
	cut    func()
	isDead bool          // the process is killed: nothing is written any more
	pause  time.Duration // before every page, so that barriers are passed between the cuts
}

var errKilled = errors.New("killed")

func (c *cutter) Put(ctx context.Context, page collect.Recorded) error {
	time.Sleep(c.pause)
	if c.left--; c.left < 0 {
		c.cut()
		if c.isDead {
			return errKilled
		}
	}
	return c.Intake.Put(ctx, page)
}

func (c *cutter) Close() error {
	err := c.Intake.Close()
	if c.isDead && c.left < 0 {
		return errKilled
	}
	return err
}

// TestImportGoesOn cuts an import off again and again, in each form of file.
//
// Without the race detector: a transaction that is cancelled during a COPY is rolled
// back by database/sql while the driver's COPY still reads its answers, which lib/pq
// 1.12 does not guard. The connection is thrown away, and nothing is stored.
func TestImportGoesOn(t *testing.T) {
	t.Parallel()
	warehousetest.SkipLong(t)
	whole := newWorld(t, mixed, nil)
	whole.run(whole.made.Files[0])
	tests := []struct {
		name   string
		form   func(t *testing.T, file string) string
		isDead bool
	}{
		{"records compressed one by one, interrupted", func(_ *testing.T, file string) string { return file }, false},
		{"records compressed one by one, killed", func(_ *testing.T, file string) string { return file }, true},
		{"compressed as one", func(t *testing.T, file string) string { return repack(t, file, true) }, false},
		{"plain", func(t *testing.T, file string) string { return repack(t, file, false) }, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, mixed, nil)
			w.cfg.BarrierGap = 1 // one after the other
			if diff := cmp.Diff(whole.truth(), w.truth()); diff != "" {
				t.Fatalf("two presses of one seed differ: %s", diff)
			}
			file := test.form(t, w.made.Files[0])
			var cuts int
			var result importing.Result
			for cuts = 0; cuts < 60; cuts++ {
				ctx, cancel := context.WithCancel(t.Context())
				importer := w.importer(func(intake importing.Intake) importing.Intake {
					return &cutter{Intake: intake, left: 20 + rand.IntN(40), cut: cancel, isDead: test.isDead, pause: 3 * time.Millisecond}
				})
				var err error
				result, err = importer.Run(ctx, ledger.CauseOperator, file)
				cancel()
				if err == nil {
					break
				}
				if test.isDead && cuts == 0 { // as if nothing had been said of the end
					w.exec(`update ops.imports set state = 'running'`)
				}
				if !errors.Is(err, context.Canceled) && !errors.Is(err, errKilled) {
					t.Fatal(err)
				}
			}
			if cuts < 2 {
				t.Errorf("the import was cut %d times only", cuts)
			}
			// What an undisturbed import of the same form counts. Another form lacks what
			// was damaged.
			want := whole.wantTally()
			if file != w.made.Files[0] {
				want.Records, want.Damaged = want.Records-want.Damaged, 0
				calm := newWorld(t, mixed, nil)
				if diff := cmp.Diff(want, calm.run(test.form(t, calm.made.Files[0])).Tally); diff != "" {
					t.Errorf("counts of an undisturbed import (-want +got):\n%s", diff)
				}
			}
			if diff := cmp.Diff(want, result.Tally); diff != "" {
				t.Errorf("counts after %d cuts (-want +got):\n%s", cuts, diff)
			}
			if diff := cmp.Diff(whole.articles(), w.articles()); diff != "" {
				t.Errorf("articles after %d cuts (-undisturbed +cut):\n%s", cuts, diff)
			}
			if diff := cmp.Diff(whole.content(), w.content()); diff != "" {
				t.Errorf("content after %d cuts (-undisturbed +cut):\n%s", cuts, diff)
			}
		})
	}
}

func (w *world) exec(sql string) {
	w.t.Helper()
	if _, err := w.db.Exec(sql); err != nil {
		w.t.Fatal(err)
	}
}

// repack writes the good records of a file in another form.
func repack(t *testing.T, name string, isGzip bool) string {
	t.Helper()
	in, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	to := filepath.Join(t.TempDir(), "repacked.warc")
	file, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var out io.Writer = file
	if isGzip {
		z := gzip.NewWriter(file)
		defer z.Close()
		out = z
	}
	for r := warc.NewReader(in, 0); ; {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return to
		}
		var damage *warc.DamagedError
		if errors.As(err, &damage) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		block, err := io.ReadAll(rec.Block())
		if err != nil {
			continue
		}
		if _, err := rec.Finish(); err != nil {
			continue
		}
		fmt.Fprintf(out, "WARC/%s\r\n", rec.Version)
		for _, f := range rec.Header {
			fmt.Fprintf(out, "%s: %s\r\n", f.Name, f.Value)
		}
		fmt.Fprintf(out, "\r\n%s\r\n\r\n", block)
	}
}

// breaking serves a file and breaks every transfer after so many bytes.
type breaking struct {
	http.Handler
	bytes  int
	broken atomic.Int64
}

func (b *breaking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.Handler.ServeHTTP(&breakingWriter{ResponseWriter: w, b: b, left: b.bytes}, r)
}

type breakingWriter struct {
	http.ResponseWriter
	b    *breaking
	left int
}

func (w *breakingWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		_, _ = w.ResponseWriter.Write(p[:w.left])
		w.b.broken.Add(1)
		panic(http.ErrAbortHandler)
	}
	w.left -= len(p)
	return w.ResponseWriter.Write(p)
}

func TestImportOverBrokenTransfers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mixed, nil)
	server := &breaking{Handler: http.FileServer(http.Dir(filepath.Dir(w.made.Files[0]))), bytes: int(w.made.Bytes)/4 + 1}
	host := httptest.NewServer(server)
	t.Cleanup(host.Close)
	result := w.run(host.URL + "/" + filepath.Base(w.made.Files[0]))
	if diff := cmp.Diff(w.wantTally(), result.Tally); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(w.truth(), w.articles()); diff != "" {
		t.Errorf("articles (-want +got):\n%s", diff)
	}
	if server.broken.Load() < 3 {
		t.Errorf("%d transfers were broken, want at least 3", server.broken.Load())
	}
}

// TestAnotherFileUnderTheName is imported from its beginning.
func TestAnotherFileUnderTheName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, press.Archives{Records: 60, Files: 2}, nil)
	w.run(w.made.Files[0])
	if err := os.Rename(w.made.Files[1], w.made.Files[0]); err != nil {
		t.Fatal(err)
	}
	result := w.run(w.made.Files[0])
	if result.IsSkipped || result.Tally.Pages != 30 || result.Tally.Stored != 30 {
		t.Errorf("%+v, want the 30 pages of the other file", result)
	}
	if diff := cmp.Diff(w.truth(), w.articles()); diff != "" {
		t.Errorf("articles of both (-want +got):\n%s", diff)
	}
}

// TestTwoFilesAtOnce: imports exclude each other only of one file.
func TestTwoFilesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, press.Archives{Records: 60, Files: 2}, nil)
	inside, release := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		_, err := w.importer(func(intake importing.Intake) importing.Intake {
			return &cutter{Intake: intake, left: 5, cut: func() { inside <- struct{}{}; <-release }}
		}).Run(t.Context(), ledger.CauseOperator, w.made.Files[0])
		done <- err
	}()
	<-inside
	w.run(w.made.Files[1])
	var busy *ledger.BusyError
	short, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	if _, err := w.importer(nil).Run(short, ledger.CauseOperator, w.made.Files[0]); !errors.As(err, &busy) {
		t.Errorf("the file that is being imported, again: %v, want that it is busy", err)
	}
	go func() { // every page after the fifth waits
		for range inside {
		}
	}()
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	close(inside)
	if diff := cmp.Diff(w.truth(), w.articles()); diff != "" {
		t.Errorf("articles of both (-want +got):\n%s", diff)
	}
}

// TestWhatIsNoWARCFile says what it is.
func TestWhatIsNoWARCFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, press.Archives{Records: 1}, nil)
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	host := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(host.Close)
	tests := []struct{ name, source, want string }{
		{"no file", filepath.Join(dir, "none.warc.gz"), "there is no file"},
		{"a folder", dir, "is a folder"},
		{"an empty file", file("empty.warc", ""), "is empty"},
		{"a text", file("notes.txt", "These are notes."), "not a WARC file"},
		{"a web page", file("page.html", "<!DOCTYPE html><p>Hello."), "not a WARC file"},
		{"the older format", file("old.arc", "filedesc://old.arc 0.0.0.0 20260301000000 text/plain 76\n1 0 X\n"), "ARC format"},
		{"an address that does not answer with it", host.URL + "/none.warc.gz", "404"},
		{"an address without a host", "http:///none.warc.gz", "no address"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := w.importer(nil).Run(t.Context(), ledger.CauseOperator, test.source)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want it to say %q", err, test.want)
			}
		})
	}
}

// TestCount counts without a database.
func TestCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, mixed, nil)
	count, err := importing.New(nil, nil, nil, w.cfg, nil, nil, nil, time.Now).Count(t.Context(), w.made.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	want := w.wantTally()
	want.Stored = 0
	if diff := cmp.Diff(want, count.Tally); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	got, told := map[string]int64{}, map[string]int64{}
	for _, s := range count.Shares {
		got[s.OutletID+" "+s.Date] += s.Pages
	}
	for _, c := range w.told {
		told[c.OutletID+" "+c.At.Format(time.DateOnly)]++
	}
	if diff := cmp.Diff(told, got); diff != "" {
		t.Errorf("pages by outlet and date (-want +got):\n%s", diff)
	}
}

// TestForeignFiles imports the recorded corpus of files that other programs wrote,
// well and badly.
func TestForeignFiles(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("OVERHEARD_SHARED")
	if shared == "" {
		t.Skip("OVERHEARD_SHARED does not say where the recorded corpus is")
	}
	files, err := filepath.Glob(filepath.Join(shared, "corpus", "warc", "*"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	w := newWorld(t, press.Archives{Records: 1}, nil)
	for _, file := range files {
		result, err := w.importer(nil).Run(t.Context(), ledger.CauseOperator, file)
		isOld := strings.Contains(filepath.Base(file), ".arc")
		if isOld != errors.Is(err, warc.ErrFormat) || !isOld && err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
		t.Logf("%s: %+v %v", filepath.Base(file), result.Tally, err)
	}
}
