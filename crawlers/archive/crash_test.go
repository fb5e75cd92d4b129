package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/warc"
)

// fullDisk is a file on a disk with room for some bytes more.
type fullDisk struct {
	file
	room      *int
	isBroken  bool // it cannot be truncated either
	truncated *int
}

func (f fullDisk) Write(p []byte) (int, error) {
	if n := min(*f.room, len(p)); n < len(p) {
		n, _ = f.file.Write(p[:n])
		*f.room -= n
		return n, &os.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC}
	}
	*f.room -= len(p)
	return f.file.Write(p)
}

func (f fullDisk) Truncate(size int64) error {
	*f.truncated++
	if f.isBroken {
		return io.ErrClosedPipe
	}
	return f.file.Truncate(size)
}

func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	for _, isBroken := range []bool{false, true} {
		a := newTestArchive(t, nil)
		room, truncated := 4000, 0
		inner := a.create
		a.create = func(path string) (file, error) {
			f, err := inner(path)
			return fullDisk{f, &room, isBroken, &truncated}, err
		}
		kept := map[int]Position{}
		failed := 0
		for n := range 40 {
			if n == 30 {
				room = 1 << 20 // someone made room
			}
			at, err := a.Write(pageOf(n))
			if err == nil {
				kept[n] = at
				continue
			}
			failed++
			if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "disk is full") {
				t.Errorf("page %d: %v", n, err)
			}
		}
		if failed == 0 || len(kept) < 10 || truncated == 0 {
			t.Errorf("%d failed, %d kept, %d times truncated: the test has no point", failed, len(kept), truncated)
		}
		for n := 30; n < 40; n++ {
			if _, isKept := kept[n]; !isKept {
				t.Errorf("page %d was not kept although there was room", n)
			}
		}
		for n, at := range kept {
			if got, err := a.Read(t.Context(), at); err != nil || !cmp.Equal(got, pageOf(n)) {
				t.Errorf("page %d: %v", n, err)
			}
		}
		for _, name := range files(t, a) {
			c, err := a.Verify(t.Context(), name)
			if err != nil || c.Damaged > 0 && !isBroken {
				t.Errorf("%s: %+v, %v", name, c, err)
			}
		}
	}
}

// TestKilledWriter kills a process that writes, and reads what it told of.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("ARCHIVE_TEST_DIR"); dir != "" {
		writeForEver(t, dir)
		return
	}
	dir := t.TempDir()
	for round := range 3 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWriter$") //nolint:gosec // ourselves
		cmd.Env = append(os.Environ(), "ARCHIVE_TEST_DIR="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for said := bufio.NewReader(out); ; {
			line, err := said.ReadString('\n')
			if lines = append(lines, line); err != nil {
				break
			}
			if len(lines) == 20 {
				time.AfterFunc(time.Duration(rand.IntN(100))*time.Millisecond, func() { _ = cmd.Process.Kill() })
			}
		}
		_ = cmd.Wait() // it was killed
		a := newTestArchive(t, func(c *Config) { c.Dir = dir })
		told := 0
		for _, line := range lines[max(0, len(lines)-300):] { // the last ones are those at risk
			var at Position
			var n int
			if _, err := fmt.Sscanf(line, "%d %s %d %d end\n", &n, &at.File, &at.Offset, &at.Length); err != nil {
				continue // cut
			}
			told++
			if got, err := a.Read(t.Context(), at); err != nil || !cmp.Equal(got, pageOf(n)) {
				t.Fatalf("page %d, which was told of: %v", n, err)
			}
		}
		if told < 10 {
			t.Errorf("round %d: %d pages were told of", round, told)
		}
		own, err := a.Write(pageOf(1))
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(filepath.Join(dir, own.File)); err != nil || info.Size() != own.Offset+own.Length {
			t.Errorf("a dead process's file was appended to: %v", err)
		}
		_ = a.Close()
	}
}

func writeForEver(t *testing.T, dir string) {
	a, err := Open(slog.New(slog.DiscardHandler), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		at, err := a.Write(pageOf(n))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%d %s %d %d end\n", n, at.File, at.Offset, at.Length)
	}
}

func TestTornTailIsHarmless(t *testing.T) {
	t.Parallel()
	a := newTestArchive(t, nil)
	var all []Position
	for n := range 5 {
		at, err := a.Write(pageOf(n))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, at)
	}
	last := all[len(all)-1]
	if err := os.Truncate(filepath.Join(a.cfg.Dir, last.File), last.Offset+last.Length/2); err != nil {
		t.Fatal(err)
	}
	var damage *warc.DamagedError
	if _, err := a.Read(t.Context(), last); !errors.As(err, &damage) {
		t.Errorf("the torn record: %v", err)
	}
	if c, err := a.Verify(t.Context(), last.File); err != nil || c.Pages != 4 || c.Damaged != 1 || c.Damage[0].Offset != last.Offset {
		t.Errorf("%+v, %v", c, err)
	}
}
