package importing_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/importing"
	"github.com/overheard-news/overheard/jobs/ledger"
)

var (
	million = flag.Int("million", 0, "TestMillion imports so many records, such as 1000000; 0: a few")
	foreign = flag.Float64("foreign", 0.7, "share of the records of TestMillion that are of no outlet")
	profile = flag.String("profile", "", "`FILE` for the processor profile of TestMillion; empty: a temporary one")
	archive = flag.String("archive", "", "folder for the files of TestMillion, which are written anew; empty: a temporary one")
)

// TestMillion imports generated WARC files and tells what a record takes: records a
// second, processor time of this process and of Postgres, memory at every tenth, and
// the shares of unpacking, extraction and loading. Full size is started by hand:
//
//	go test ./jobs/importing -run TestMillion -million 1000000 -v -timeout 5h
//
// It runs alone, for it measures processor time.
func TestMillion(t *testing.T) {
	records := max(500, *million)
	const nights = 10
	outlets := 20
	if *million > 0 {
		outlets = 400
	}
	pages := float64(records) * (1 - *foreign)
	began := time.Now()
	w := newWorld(t, press.Archives{Dir: *archive, Records: records, Files: 1 + records/250_000, ForeignShare: *foreign, DamagedShare: 0.0005},
		func(c *press.Config) {
			c.Outlets, c.Nights = outlets, nights
			c.ArticlesPerOutletNight = max(1, 1.15*pages/float64(outlets)/nights)
		})
	t.Logf("%d records, %d of them pages of %d outlets, %d damaged, in %d files of %d MB, written in %.0f s",
		records, w.made.Pages, outlets, w.made.Damaged, len(w.made.Files), w.made.Bytes>>20, time.Since(began).Seconds())
	w.cfg.BarrierGap = 0 // the default
	m := &meter{t: t, total: int64(records)}
	w.progress = m
	importer := w.importer(nil)

	profileName := cmpOr(*profile, filepath.Join(t.TempDir(), "cpu.pprof"))
	file, err := os.Create(profileName)
	if err != nil {
		t.Fatal(err)
	}
	postgres := postgresCPU(t, w)
	cpu, start := ownCPU(), time.Now()
	if err := pprof.StartCPUProfile(file); err != nil {
		t.Fatal(err)
	}
	var sum importing.Tally
	for _, name := range w.made.Files {
		result, err := importer.Run(t.Context(), ledger.CauseOperator, name)
		if err != nil {
			t.Fatal(err)
		}
		m.before.Add(result.Tally.Records)
		sum.Records += result.Tally.Records
		sum.Pages += result.Tally.Pages
		sum.Stored += result.Tally.Stored
		sum.Damaged += result.Tally.Damaged
	}
	took := time.Since(start)
	pprof.StopCPUProfile()
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	cpu, postgres = ownCPU()-cpu, postgresCPU(t, w)-postgres
	m.sample(1)

	if sum.Pages != int64(w.made.Pages) || sum.Stored != sum.Pages || sum.Damaged != int64(w.made.Damaged) {
		t.Errorf("%+v, want %d pages, all stored, and %d damaged", sum, w.made.Pages, w.made.Damaged)
	}
	perThousand := func(d time.Duration, n int64) float64 { return d.Seconds() * 1000 / float64(max(1, n)) }
	t.Logf("%.0f records/s in %.0f s; per core in use %.0f/s; CPU-s per 1,000 records: ours %.2f, Postgres %.2f; per 1,000 pages: %.2f and %.2f",
		float64(sum.Records)/took.Seconds(), took.Seconds(), float64(sum.Records)/(cpu+postgres).Seconds(),
		perThousand(cpu, sum.Records), perThousand(postgres, sum.Records), perThousand(cpu, sum.Pages), perThousand(postgres, sum.Pages))
	m.print()
	if *million > 0 {
		printShares(t, profileName)
		m.wantFlat()
	}
}

// meter notes how much memory there is at every tenth of the records.
type meter struct {
	t       *testing.T
	total   int64
	before  atomic.Int64 // records of files that are done
	samples [11]int64    // bytes resident
}

func (m *meter) Show(_ string, _, _ int64, tally importing.Tally) {
	m.sample(float64(m.before.Load()+tally.Records) / float64(m.total))
}

func (m *meter) sample(share float64) {
	n := min(10, int(share*10))
	m.samples[n] = max(m.samples[n], resident(m.t))
}

func (m *meter) print() {
	table := tabwriter.NewWriter(m.t.Output(), 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "done\t")
	for n := range m.samples {
		fmt.Fprintf(table, "%d%%\t", n*10)
	}
	fmt.Fprint(table, "\nresident MB\t")
	for _, bytes := range m.samples {
		fmt.Fprintf(table, "%d\t", bytes>>20)
	}
	fmt.Fprintln(table)
	_ = table.Flush() // to the log of the test
}

// wantFlat compares the second half with the first, without its beginning.
func (m *meter) wantFlat() {
	var early, late int64
	for n := 1; n <= 10; n++ {
		if n <= 5 {
			early = max(early, m.samples[n])
		} else {
			late = max(late, m.samples[n])
		}
	}
	if early > 0 && late > early*5/4 {
		m.t.Errorf("memory grew from %d to %d MB", early>>20, late>>20)
	}
}

// resident is the memory this process has now.
func resident(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("this system does not tell the memory of a process")
	}
	fields := strings.Fields(string(text))
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// postgresCPU is the processor time of the server of the test and all it started.
func postgresCPU(t *testing.T, w *world) time.Duration {
	t.Helper()
	var backend int
	if err := w.db.Get(&backend, `select pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	stat := statOf(backend)
	if stat == nil {
		return 0
	}
	parent := stat[1]
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	var ticks int64
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		s := statOf(pid)
		if s == nil || s[1] != parent && e.Name() != parent {
			continue
		}
		fields := s[11:13] // user and system
		if e.Name() == parent {
			fields = s[11:15] // and those of the processes that ended
		}
		for _, field := range fields {
			n, _ := strconv.ParseInt(field, 10, 64)
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// statOf is what /proc tells of a process, from its state on; nil if nothing.
func statOf(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
}

// printShares tells which part of the processor time went where. Each sample belongs
// to the first part that has one of its frames, so that the shares add up.
func printShares(t *testing.T, profile string) {
	t.Helper()
	parts := []struct {
		name   string
		frames *regexp.Regexp
	}{
		{"collecting garbage", regexp.MustCompile(`runtime\.(gcBgMarkWorker|gcAssistAlloc|bgsweep|bgscavenge|gcStart|gcDrain)`)},
		{"loading, without Postgres", regexp.MustCompile(`collect\.\(\*Intake\)\.(load|lookUp)\b`)},
		{"extraction and matching", regexp.MustCompile(`collect\.\(\*(Collector\)\.read|Intake\)\.extract)\b`)},
		{"gzip and parsing records", regexp.MustCompile(`importing\.\(\*Importer\)\.read\b|klauspost/compress|crawlers/warc`)},
		{"other", regexp.MustCompile(``)},
	}
	out, err := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-traces", "-unit", "ms", profile).Output()
	if err != nil {
		t.Logf("go tool pprof: %v", err)
		return
	}
	spent, sum := make([]float64, len(parts)), 0.0
	for _, trace := range strings.Split(string(out), "-----------+")[1:] {
		_, frames, _ := strings.Cut(trace, "\n")
		value, _, _ := strings.Cut(strings.TrimSpace(frames), "ms ")
		ms, err := strconv.ParseFloat(value, 64)
		if err != nil {
			continue // the last one is empty
		}
		for i, part := range parts {
			if part.frames.MatchString(frames) {
				spent[i] += ms
				break
			}
		}
		sum += ms
	}
	if sum == 0 {
		t.Error("no sample could be read of the profile")
	}
	for i, part := range parts {
		t.Logf("%-28s %6.1f s %5.1f %%", part.name, spent[i]/1000, 100*spent[i]/max(1, sum))
	}
	t.Logf("%-28s %6.1f s", "in all", sum/1000)
}
