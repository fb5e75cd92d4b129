package build

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// historyCost is what the last night costs; of several tries the cheapest.
type historyCost struct {
	nights         int
	databaseBytes  int64
	build, publish time.Duration
	cpu            time.Duration // of this process and of the server, for both
	blocks         int64         // read, from memory or disk
	walBytes       int64         // written
	floor          time.Duration // one aggregate over the articles of the night
	ourPeak        int64         // resident memory of this process
	theirPeak      int64         // private memory of the server's processes, together
	steps          string        // the longest
}

const historyTries = 2

// measure builds and publishes the last night as if for the first time, several
// times over.
func (h *history) measure(nights int) historyCost {
	h.b.Helper()
	var best historyCost
	for try := range historyTries {
		h.clearLast()
		c := h.once()
		if try == 0 || c.cpu < best.cpu {
			c.floor, c.nights = best.floor, nights
			best = c
		}
		started := time.Now()
		run(h.b, h.db, fmt.Sprintf(`
			select a.outlet_id, count(*), max(a.character_count) from staging.articles as a
			where a.night = '%s' group by a.outlet_id`, dateText(historyLast)))
		if took := time.Since(started); best.floor == 0 || took < best.floor {
			best.floor = took
		}
	}
	if err := h.db.Get(&best.databaseBytes, "select pg_database_size(current_database())"); err != nil {
		h.b.Fatal(err)
	}
	return best
}

// clearLast takes away what was made of the last night, and the dead rows with it.
func (h *history) clearLast() {
	h.b.Helper()
	for _, m := range slices.Concat(h.build.intermediate, h.build.marts, h.build.history) {
		if m.Rebuild == RebuildUpsert {
			continue
		}
		for _, table := range m.tables() {
			run(h.b, h.db, fmt.Sprintf("set session_replication_role = replica; delete from %s where night = '%s'; set session_replication_role = origin",
				table, dateText(historyLast)))
		}
	}
	partitions := map[string]bool{}
	for _, m := range slices.Concat(h.build.intermediate, h.build.marts) {
		for _, table := range m.tables() {
			partitions[h.leaf(table)] = true
		}
	}
	for table := range partitions {
		run(h.b, h.db, "vacuum (analyze) "+table)
	}
	run(h.b, h.db, "checkpoint")
}

func (h *history) leaf(table string) string {
	tx := h.db.MustBegin()
	defer tx.Rollback()
	tables, err := readCatalog(h.b.Context(), tx)
	if err != nil {
		h.b.Fatal(err)
	}
	return tables.leaf(table, dateText(historyLast))
}

func (h *history) once() historyCost {
	h.b.Helper()
	var c historyCost
	stop := h.watchMemory(&c)
	cpu, wal, blocks := h.cpu(), h.wal(), h.blocks()
	started := time.Now()
	built, err := h.build.Build(h.b.Context(), 1, historyLast)
	if err != nil {
		h.b.Fatal(err)
	}
	c.build = time.Since(started)
	started = time.Now()
	published, err := h.build.Publish(h.b.Context(), 2, historyLast, publishedAt)
	if err != nil {
		h.b.Fatal(err)
	}
	c.publish = time.Since(started)
	c.cpu, c.walBytes, c.blocks = h.cpu()-cpu, h.wal()-wal, h.blocks()-blocks
	stop()
	type part struct {
		name string
		took time.Duration
	}
	var parts []part
	for _, s := range append(built.Steps, published.Steps...) {
		parts = append(parts, part{fmt.Sprintf("%s (%d rows)", s.Table, s.RowCount), s.Elapsed})
	}
	for _, s := range append(built.Checks, published.Checks...) {
		parts = append(parts, part{"check " + s.Name, s.Elapsed})
	}
	slices.SortFunc(parts, func(a, b part) int { return int(b.took - a.took) })
	var text strings.Builder
	for _, p := range parts[:min(16, len(parts))] {
		fmt.Fprintf(&text, "%s %s; ", p.name, p.took.Round(time.Millisecond))
	}
	c.steps = text.String()
	return c
}

func (h *history) wal() (n int64) {
	h.b.Helper()
	if err := h.db.Get(&n, "select cast(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bigint)"); err != nil {
		h.b.Fatal(err)
	}
	return n
}

// blocks waits for what the sessions count late.
func (h *history) blocks() (n int64) {
	h.b.Helper()
	time.Sleep(1500 * time.Millisecond)
	err := h.db.Get(&n, "select blks_hit + blks_read from pg_stat_database where datname = current_database()")
	if err != nil {
		h.b.Fatal(err)
	}
	return n
}

// serverProcesses are the server's: the first one and its children.
func (h *history) serverProcesses() []int {
	pids := []int{h.postmaster()}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		fields := statFields(file)
		if len(fields) > 1 && fields[1] == strconv.Itoa(pids[0]) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			pids = append(pids, pid)
		}
	}
	return pids
}

func (h *history) postmaster() (pid int) {
	h.b.Helper()
	err := h.db.Get(&pid, "select pg_backend_pid()")
	if err != nil {
		h.b.Fatal(err)
	}
	pid, _ = strconv.Atoi(statFields(fmt.Sprintf("/proc/%d/stat", pid))[1])
	return pid
}

// statFields are the fields of /proc/PID/stat after the name: state, parent ...
func statFields(file string) []string {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil // it has ended
	}
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
}

// cpu is what this process and the server's have used, ended ones included.
func (h *history) cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	total := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	for i, pid := range h.serverProcesses() {
		fields := statFields(fmt.Sprintf("/proc/%d/stat", pid))
		if len(fields) < 15 {
			continue
		}
		places := fields[11:13] // user and system time, in hundredths
		if i == 0 {
			places = fields[11:15] // and those of its ended children
		}
		for _, ticks := range places {
			n, _ := strconv.Atoi(ticks)
			total += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return total
}

// watchMemory samples until the function it returns is called.
func (h *history) watchMemory(c *historyCost) (stop func()) {
	done := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		for {
			c.ourPeak = max(c.ourPeak, residentBytes(os.Getpid(), "VmRSS:"))
			var sum int64
			for _, pid := range h.serverProcesses() {
				sum += residentBytes(pid, "RssAnon:")
			}
			c.theirPeak = max(c.theirPeak, sum)
			select {
			case <-done:
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	})
	return func() { close(done); group.Wait() }
}

func residentBytes(pid int, field string) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(text), field)
	kilobytes, _ := strconv.ParseInt(strings.Fields(rest + " 0")[0], 10, 64)
	return kilobytes << 10
}
