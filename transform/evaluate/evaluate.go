// Package evaluate scores a stage of the pipeline against a labelled set. So far
// that is extraction: recorded pages whose title, text, authors, date and type
// somebody has written down.
//
//	report, err := evaluate.Extraction(ctx, lg, []string{"dev.jsonl"}, evaluate.Options{})
//
// record.go reads a line of such a set, score.go holds the rules by which a field
// is right or wrong (use them alone in tests), report.go adds the scores up, and
// clock.go says what a page cost. The extractor is given what a crawler would
// know, the address, the content type and the bytes, and nothing of the labels.
package evaluate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/overheard-news/overheard/transform/article"
)

// maxLine bounds a line of a set, in bytes: a label holds a whole text.
const maxLine = 64 << 20

// Options of a run. Zero values are usable.
type Options struct {
	Workers  int                      // pages read at once; 0 is the number of cores
	Progress func(done, damaged int)  // called after each line, from one goroutine; may be nil
	Observe  func(Page)               // called with every scored page, from one goroutine, in no order; may be nil
	Now      time.Time                // first sight of pages whose line does not tell; zero is the present
	Select   func(Record) (want bool) // nil takes every line
}

// Page is one scored page: the line, what was made of it, and its marks.
type Page struct {
	Record  Record
	Article *article.Article // nil if the page was refused
	Verdict article.Verdict
	Score   Score
}

// Damage is a line that could not be scored.
type Damage struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

func (d Damage) String() string { return fmt.Sprintf("%s:%d: %s", d.File, d.Line, d.Reason) }

// ErrNoFile says that a set cannot be opened; nothing was scored.
var ErrNoFile = errors.New("cannot open the set")

// job is one line on its way to a worker.
type job struct {
	file, dir string
	line      int
	text      []byte
	index     int
}

type result struct {
	index  int
	page   Page
	cost   cost
	damage *Damage
}

// Extraction reads the sets line by line and scores each page. Damaged lines are
// in the report and do not stop the rest. The error is ErrNoFile for a file that
// cannot be opened, the context's, or that of a read that broke off.
func Extraction(ctx context.Context, lg *slog.Logger, files []string, opt Options) (Report, error) {
	for _, name := range files {
		if err := canOpen(name); err != nil {
			return Report{}, fmt.Errorf("%w: %w", ErrNoFile, err)
		}
	}
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if opt.Now.IsZero() {
		opt.Now = time.Now()
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()

	watch := startWatch()
	jobs := make(chan job, opt.Workers)
	results := make(chan result, opt.Workers)
	var readErr error
	go func() {
		defer close(jobs)
		readErr = watch.aside(func() error { return readLines(ctx, files, jobs) })
	}()
	var pool sync.WaitGroup
	for range opt.Workers {
		pool.Go(func() {
			w := worker{n: article.New(lg, article.Config{}), opt: opt, watch: watch}
			w.run(ctx, jobs, results)
		})
	}
	go func() {
		pool.Wait()
		close(results)
	}()

	total := newTotal(opt.Workers)
	for r := range results {
		total.add(r)
		if r.damage == nil && opt.Observe != nil && r.page.Record.ID != "" {
			opt.Observe(r.page)
		}
		if opt.Progress != nil {
			if r.damage != nil {
				opt.Progress(0, 1)
			} else {
				opt.Progress(1, 0)
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return Report{}, err
	}
	if readErr != nil {
		return Report{}, readErr
	}
	return total.report(watch), nil
}

// CountLines is the number of lines in the sets, for a progress bar.
func CountLines(files []string) (int, error) {
	count := 0
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return 0, fmt.Errorf("%w: %w", ErrNoFile, err)
		}
		block := make([]byte, 1<<16)
		last := byte('\n')
		for {
			n, err := f.Read(block)
			for _, c := range block[:n] {
				if c == '\n' {
					count++
				}
				last = c
			}
			if err != nil {
				break // a broken read is told when the lines are read
			}
		}
		if last != '\n' {
			count++
		}
		f.Close()
	}
	return count, nil
}

func canOpen(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fmt.Errorf("%s is a folder; name the JSONL file in it", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return f.Close()
}

func readLines(ctx context.Context, files []string, jobs chan<- job) error {
	index := 0
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNoFile, err)
		}
		err = readFile(ctx, f, name, &index, jobs)
		f.Close()
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
	return nil
}

func readFile(ctx context.Context, r io.Reader, name string, index *int, jobs chan<- job) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<16), maxLine)
	for number := 1; lines.Scan(); number++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		j := job{file: name, dir: filepath.Dir(name), line: number, text: append([]byte(nil), lines.Bytes()...), index: *index}
		*index++
		select {
		case jobs <- j:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return lines.Err()
}

// worker reads, normalises and scores one page after the other. Its thread is its
// own, so that the time of a page can be told from that of its neighbours.
type worker struct {
	n     *article.Normaliser
	opt   Options
	watch *watch
}

func (w *worker) run(ctx context.Context, jobs <-chan job, results chan<- result) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for j := range jobs {
		r, err := w.score(ctx, j)
		if err != nil {
			r.damage = &Damage{File: j.file, Line: j.line, Reason: err.Error()}
		}
		r.index = j.index
		select {
		case results <- r:
		case <-ctx.Done():
			return
		}
	}
}

func (w *worker) score(ctx context.Context, j job) (result, error) {
	var rec Record
	var body []byte
	err := w.watch.aside(func() (err error) {
		if rec, err = parseRecord(j.text); err != nil {
			return err
		}
		if w.opt.Select != nil && !w.opt.Select(rec) {
			rec = Record{}
			return nil
		}
		body, err = rec.open(j.dir)
		return err
	})
	if err != nil || rec.ID == "" {
		return result{}, err
	}
	page := rec.page(body, w.opt.Now)
	start := w.watch.startPage()
	a, verdict, err := w.n.Normalise(ctx, page)
	spent := w.watch.endPage(start)
	if err != nil {
		return result{}, err
	}
	r := result{page: Page{Record: rec, Article: a, Verdict: verdict}, cost: spent}
	_ = w.watch.aside(func() error {
		r.page.Score = scorePage(rec, a, verdict)
		return nil
	})
	return r, nil
}
