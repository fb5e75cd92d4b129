package main

import (
	"fmt"
	"path"
	"sync"
	"time"

	"github.com/overheard-news/overheard/jobs/importing"
)

// importProgress shows how far each file is: its share of bytes, records and their
// rate, pages, and the time left.
type importProgress struct {
	show *progress

	mu    sync.Mutex
	files map[string]*fileProgress
}

// fileProgress is one file. Its bar counts KiB, for the bar's own arithmetic.
type fileProgress struct {
	name       string
	mu         sync.Mutex
	begun      int64 // bytes done when this run came in
	records    int64 // the same
	done, size int64
	tally      importing.Tally
}

func newImportProgress(show *progress) *importProgress {
	return &importProgress{show: show, files: map[string]*fileProgress{}}
}

// Show is told by the importer.
func (p *importProgress) Show(source string, done, size int64, tally importing.Tally) {
	p.mu.Lock()
	f := p.files[source]
	if f == nil {
		f = &fileProgress{name: p.nameOf(source), begun: done, records: tally.Records}
		p.files[source] = f
		p.show.Start(f.name, int(max(0, size)>>10))
		p.show.Describe(f.name, f.words)
		p.show.Advance(f.name, int(done>>10), 0)
		f.done = done
	}
	p.mu.Unlock()
	f.mu.Lock()
	step := int(done>>10) - int(f.done>>10)
	f.done, f.size, f.tally = done, size, tally
	f.mu.Unlock()
	p.show.Advance(f.name, step, 0)
}

// nameOf is the last part of a path or URL, unless another file has the same.
func (p *importProgress) nameOf(source string) string {
	name := path.Base(source)
	for _, f := range p.files {
		if f.name == name {
			return source
		}
	}
	return name
}

// done ends the line of a file.
func (p *importProgress) done(source string) {
	p.mu.Lock()
	f := p.files[source]
	delete(p.files, source)
	p.mu.Unlock()
	if f != nil {
		p.show.Finish(f.name)
	}
}

func (p *importProgress) close() { p.show.Close() }

// words is as in: 41% of 1.2 GB, 51200 records, 812/s, 3210 pages, 2 damaged, 1m12s left.
func (f *fileProgress) words(elapsed time.Duration) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	text := byteSize(f.done)
	if f.size > 0 {
		text = fmt.Sprintf("%d%% of %s", f.done*100/f.size, byteSize(f.size))
	}
	text += fmt.Sprintf(", %d records", f.tally.Records)
	if elapsed >= time.Second {
		text += fmt.Sprintf(", %.0f/s", float64(f.tally.Records-f.records)/elapsed.Seconds())
	}
	text += fmt.Sprintf(", %d pages", f.tally.Pages)
	if f.tally.Damaged > 0 {
		text += fmt.Sprintf(", %d damaged", f.tally.Damaged)
	}
	if read := f.done - f.begun; elapsed >= time.Second && read > 0 && f.size > f.done {
		text += ", " + roundDuration(time.Duration(float64(elapsed)*float64(f.size-f.done)/float64(read))) + " left"
	}
	return text
}

// byteSize is a size as people say it: 812 kB, 1.2 GB.
func byteSize(n int64) string {
	for _, unit := range []struct {
		size int64
		name string
	}{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}} {
		if n >= unit.size {
			value := float64(n) / float64(unit.size)
			if value < 10 {
				return fmt.Sprintf("%.1f %s", value, unit.name)
			}
			return fmt.Sprintf("%.0f %s", value, unit.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
