package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestProgressInALog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&sharedWriter{target: &out}, false, false, false)
	now := time.Date(2026, 11, 21, 2, 30, 0, 0, time.UTC)
	p.clock = func() time.Time { return now }
	p.Start("collect", 1000)
	now = now.Add(10 * time.Second)
	p.Advance("collect", 115, 5)
	p.Advance("unknown", 1, 0)
	p.printLine(p.tasks["collect"])
	p.printLine(p.tasks["collect"]) // no news, no line
	p.Start("collect", 200)
	p.printLine(p.tasks["collect"])
	now = now.Add(10 * time.Second)
	p.Advance("collect", 80, 0)
	p.Finish("collect")
	p.Close()
	p.Close()
	want := "" +
		"collect: 120/1000, 5 failed, 12.0/s, 1m13s left\n" +
		"collect: 120/200, 5 failed, 12.0/s, 6.7s left\n" +
		"collect: 200/200, 5 failed, 10.0/s, took 20s\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestProgressIsSilentBesideJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&sharedWriter{target: &out}, true, true, false)
	p.Start("collect", 10)
	p.Advance("collect", 10, 0)
	p.Finish("collect")
	p.Close()
	if out.Len() > 0 {
		t.Errorf("wrote %q", out.String())
	}
	var none *progress
	none.Start("x", 1)
	none.Advance("x", 1, 0)
	none.Finish("x")
	none.Close()
}

// TestProgressBesideTheLog: many workers, bars and log lines at once; every line
// arrives, and the program gets its stderr back.
func TestProgressBesideTheLog(t *testing.T) {
	t.Parallel()
	for _, isTerminal := range []bool{true, false} {
		t.Run(fmt.Sprintf("terminal %v", isTerminal), func(t *testing.T) {
			t.Parallel()
			out := &lockedBuffer{}
			stderr := &sharedWriter{target: out}
			p := newProgress(stderr, isTerminal, false, true)
			var workers sync.WaitGroup
			for i := range 8 {
				name := fmt.Sprintf("task %d", i%3)
				workers.Go(func() {
					p.Start(name, 100)
					for range 50 {
						p.Advance(name, 1, 1)
						fmt.Fprintf(stderr, "line of %d\n", i)
						time.Sleep(10 * time.Millisecond) // the bars are drawn meanwhile
					}
				})
			}
			workers.Wait()
			p.Finish("task 0")
			p.Close() // two tasks still run
			fmt.Fprintln(stderr, "the end")
			if got := strings.Count(out.String(), "line of "); got != 400 {
				t.Errorf("%d of 400 lines", got)
			}
			if !strings.HasSuffix(out.String(), "the end\n") {
				t.Errorf("stderr was not given back: %q", out.String())
			}
		})
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}
