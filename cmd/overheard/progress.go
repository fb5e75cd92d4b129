package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// lineInterval is how often a log without a terminal hears of long work.
const lineInterval = 5 * time.Second

// progress shows long work: bars on a terminal, a line every few seconds
// elsewhere, nothing with --json. It serves many goroutines at once, and its
// nil value shows nothing.
type progress struct {
	mu       sync.Mutex
	stderr   *sharedWriter
	terminal io.Writer // what stderr wrote to before the bars took it
	bars     *mpb.Progress
	isSilent bool
	isColour bool
	clock    func() time.Time
	tasks    map[string]*task
	order    []*task
	stop     chan struct{}
	stopped  chan struct{}
}

// task is one named piece of work. Its total may grow while it runs. A bar
// draws itself in a goroutine of its own, which takes mu for the text: call no
// method of bar with mu held.
type task struct {
	mu            sync.Mutex
	name          string
	total         int
	done, failed  int
	started       time.Time
	finished      time.Time // zero while it runs
	bar           *mpb.Bar
	isLineStale   bool
	hasFinishLine bool
	words         func(elapsed time.Duration) string // says where it stands; nil: the counts do
}

func newProgress(stderr *sharedWriter, isTerminal, isJSON, isColourless bool) *progress {
	p := &progress{
		stderr:   stderr,
		isSilent: isJSON,
		isColour: isTerminal && !isColourless,
		clock:    time.Now,
		tasks:    map[string]*task{},
		stop:     make(chan struct{}),
		stopped:  make(chan struct{}),
	}
	switch {
	case isJSON:
		close(p.stopped)
	case isTerminal:
		close(p.stopped)
		p.terminal = stderr.redirect(io.Discard)
		p.bars = mpb.New(mpb.WithOutput(p.terminal), mpb.WithAutoRefresh(), mpb.WithWidth(40))
		stderr.redirect(p.bars)
	default:
		go p.printLines(time.NewTicker(lineInterval))
	}
	return p
}

// Start begins a task; total 0 means that nobody knows yet. Called again for a
// running task it sets the total.
func (p *progress) Start(name string, total int) {
	if p == nil || p.isSilent {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := p.tasks[name]; t != nil {
		t.mu.Lock()
		t.total = total
		t.isLineStale = true
		t.mu.Unlock()
		if t.bar != nil {
			t.bar.SetTotal(int64(total), false)
		}
		return
	}
	t := &task{name: name, total: total, started: p.clock(), isLineStale: true}
	p.tasks[name] = t
	p.order = append(p.order, t)
	if p.bars != nil {
		// A bar born with a total would complete itself there and not let it grow.
		t.bar = p.bars.New(0, mpb.BarStyle(),
			mpb.PrependDecorators(decor.Name(name, decor.WCSyncSpaceR)),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
				return t.text(p.clock(), p.isColour)
			})),
		)
		t.bar.SetTotal(int64(total), false)
	}
}

// Advance adds to what is done and to what failed; failed items count as done
// with, so that the bar reaches its end.
func (p *progress) Advance(name string, done, failed int) {
	if p == nil || p.isSilent {
		return
	}
	p.mu.Lock()
	t := p.tasks[name]
	p.mu.Unlock()
	if t == nil {
		return
	}
	t.mu.Lock()
	t.done += done
	t.failed += failed
	t.isLineStale = true
	t.mu.Unlock()
	if t.bar != nil {
		t.bar.IncrBy(done + failed)
	}
}

// Describe gives a running task words of its own in place of its counts. They are
// asked for whenever it is shown, by any goroutine.
func (p *progress) Describe(name string, words func(elapsed time.Duration) string) {
	if p == nil || p.isSilent {
		return
	}
	p.mu.Lock()
	t := p.tasks[name]
	p.mu.Unlock()
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.words = words
}

// Finish ends a task, whether or not its total was reached. The same name can
// start again.
func (p *progress) Finish(name string) {
	if p == nil || p.isSilent {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.tasks[name]
	if t == nil {
		return
	}
	delete(p.tasks, name)
	t.finish(p.clock())
	if p.bars == nil {
		p.printLine(t)
	}
}

// Close ends the display; what still runs stays as it stood. Results may be
// printed after it.
func (p *progress) Close() {
	if p == nil || p.isSilent {
		return
	}
	select {
	case <-p.stop:
		return // closed before
	default:
		close(p.stop)
	}
	<-p.stopped
	if p.bars == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.order {
		t.finish(p.clock())
	}
	p.stderr.redirect(p.terminal)
	p.bars.Wait()
}

func (t *task) finish(now time.Time) {
	t.mu.Lock()
	wasFinished, settled := !t.finished.IsZero(), t.done+t.failed
	isWhole := t.total > 0 && settled >= t.total
	if !wasFinished {
		t.finished = now
	}
	t.mu.Unlock()
	switch {
	case wasFinished || t.bar == nil:
	case isWhole:
		t.bar.SetTotal(int64(settled), true)
	default:
		t.bar.Abort(false)
	}
}

func (p *progress) printLines(ticker *time.Ticker) {
	defer close(p.stopped)
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
			p.mu.Lock()
			for _, t := range p.order {
				p.printLine(t)
			}
			p.mu.Unlock()
		}
	}
}

// printLine says where a task stands, if that has changed since the last line.
func (p *progress) printLine(t *task) {
	text := t.text(p.clock(), false)
	t.mu.Lock()
	isFinished := !t.finished.IsZero()
	isNews := t.isLineStale || isFinished && !t.hasFinishLine
	t.isLineStale, t.hasFinishLine = false, isFinished
	t.mu.Unlock()
	if isNews {
		fmt.Fprintf(p.stderr, "%s: %s\n", t.name, text)
	}
}

// text is the state in words: 120/1000, 3 failed, 12.3/s, 1m12s left.
func (t *task) text(now time.Time, isColour bool) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	isFinished := !t.finished.IsZero()
	if isFinished {
		now = t.finished
	}
	if t.words != nil {
		text := t.words(now.Sub(t.started))
		if isFinished {
			text += ", took " + roundDuration(now.Sub(t.started))
		}
		return text
	}
	settled := t.done + t.failed
	text := fmt.Sprint(settled)
	if t.total > 0 {
		text += fmt.Sprintf("/%d", t.total)
	}
	if t.failed > 0 {
		failures := fmt.Sprintf("%d failed", t.failed)
		if isColour {
			failures = "\x1b[31m" + failures + "\x1b[0m"
		}
		text += ", " + failures
	}
	elapsed := now.Sub(t.started)
	rate := 0.0
	if elapsed > 0 {
		rate = float64(settled) / elapsed.Seconds()
	}
	if settled > 0 && elapsed >= time.Second {
		text += fmt.Sprintf(", %.1f/s", rate)
	}
	switch {
	case isFinished:
		text += ", took " + roundDuration(elapsed)
	case rate > 0 && t.total > settled && elapsed >= time.Second:
		text += ", " + roundDuration(time.Duration(float64(t.total-settled)/rate*float64(time.Second))) + " left"
	}
	return text
}

// roundDuration keeps what a person reads: tenths below ten seconds.
func roundDuration(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
