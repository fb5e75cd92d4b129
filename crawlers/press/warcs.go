package press

import (
	"bufio"
	"context"
	"fmt"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
	"github.com/overheard-news/overheard/crawlers/warc"
)

// Archives says which WARC files to make of a press.
type Archives struct {
	Dir          string
	Records      int     // responses in all files together
	Files        int     // they are spread over; 0 means 1
	Port         int     // of the server in the addresses; 0: none
	ForeignShare float64 // of the records: pages of hosts that no registry knows
	DamagedShare float64 // of the records: written with a part missing or overwritten
	IsCutOff     bool    // the last file ends in the middle of a record
}

// Archived is what stands in the files.
type Archived struct {
	Files                   []string
	Bytes                   int64
	Pages, Foreign, Damaged int // records; of the damaged nothing can be had
}

// WriteArchives writes WARC files as a crawl of the whole web leaves them: pages
// of the press in the order of its nights, among pages of others. told hears of every page of an outlet that can be had; nil is nobody.
// Memory does not grow with the number of records.
func (p *Press) WriteArchives(ctx context.Context, a Archives, told func(Capture)) (Archived, error) {
	w := &archivist{p: p, a: a, told: told, dice: dice.Roll(p.seed, "archives")}
	if a.Records < 1 || a.ForeignShare < 0 || a.ForeignShare > 1 || a.DamagedShare < 0 || a.DamagedShare > 1 {
		return w.made, fmt.Errorf("write %d records, %g of them foreign and %g damaged: at least one record and shares from 0 to 1 are needed", a.Records, a.ForeignShare, a.DamagedShare)
	}
	if err := os.MkdirAll(a.Dir, 0o755); err != nil {
		return w.made, fmt.Errorf("make the folder of the WARC files: %w", err)
	}
	next, stop := iter.Pull(p.Captures(a.Port))
	defer stop()
	files := max(1, a.Files)
	for n := range files {
		if err := w.file(ctx, next, n, a.Records*(n+1)/files-a.Records*n/files, a.IsCutOff && n == files-1); err != nil {
			return w.made, err
		}
	}
	return w.made, nil
}

// archivist writes the files.
type archivist struct {
	p       *Press
	a       Archives
	told    func(Capture)
	dice    dice.Dice
	made    Archived
	written int
	foreign []Capture // some pages, whose texts the foreign hosts show
}

func (w *archivist) file(ctx context.Context, next func() (Capture, bool), number, records int, isCutOff bool) (err error) {
	name := filepath.Join(w.a.Dir, fmt.Sprintf("press-%05d.warc.gz", number))
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("write a WARC file: %w", err)
	}
	defer func() {
		if closeErr := file.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("write %s: %w", name, closeErr)
		}
	}()
	spoiler := &spoiler{w: bufio.NewWriterSize(file, 1<<20)}
	out := warc.NewWriter(spoiler)
	info := warc.NewRecord{Type: warc.TypeWarcinfo, Date: w.p.cfg.LastNight, ContentType: "application/warc-fields", Payload: []byte("software: the synthetic press of Overheard\r\nformat: WARC File Format 1.1\r\n")}
	if _, err := out.Write(info); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	for range records {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.record(out, spoiler, next); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	if isCutOff {
		spoiler.isCutting = true
		if _, err := out.Write(responseOf(w.stranger())); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		w.made.Damaged++
	}
	if err := spoiler.w.Flush(); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	w.made.Files = append(w.made.Files, name)
	w.made.Bytes += spoiler.written
	return nil
}

// record writes one response, of an outlet or of a stranger as the shares say.
func (w *archivist) record(out *warc.Writer, s *spoiler, next func() (Capture, bool)) error {
	w.written++
	isForeign := share(w.written, w.a.ForeignShare)
	s.isSpoiling = share(w.written, w.a.DamagedShare)
	var c Capture
	if isForeign {
		c = w.stranger()
	} else {
		var ok bool
		if c, ok = next(); !ok {
			return fmt.Errorf("the press has only %d pages: give it more outlets, nights or articles", w.made.Pages)
		}
		if len(w.foreign) < 500 {
			w.foreign = append(w.foreign, c)
		}
	}
	isSpoilt := s.isSpoiling
	if _, err := out.Write(responseOf(c)); err != nil {
		return err
	}
	switch {
	case isSpoilt:
		w.made.Damaged++
	case isForeign:
		w.made.Foreign++
	default:
		w.made.Pages++
		if w.told != nil {
			w.told(c)
		}
	}
	return nil
}

// share tells whether the nth is one of a share that is spread evenly.
func share(n int, s float64) bool { return int(float64(n)*s) > int(float64(n-1)*s) }

// stranger is a page of a host that no registry knows.
func (w *archivist) stranger() Capture {
	c := Capture{At: w.p.cfg.LastNight, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte("<!DOCTYPE html><title>Nothing</title><p>There is nothing here.")}
	if len(w.foreign) > 0 {
		c = w.foreign[w.dice.Between(0, len(w.foreign)-1)]
	}
	c.URL = fmt.Sprintf("https://www.stranger-%d.example/%d/story.html", w.dice.Between(1, 50_000), w.written)
	return c
}

func responseOf(c Capture) warc.NewRecord {
	return warc.NewRecord{
		Type: warc.TypeResponse, TargetURI: c.URL, Date: c.At.Truncate(time.Second), ContentType: "application/http; msgtype=response",
		Head: warc.ResponseHead(http.StatusOK, c.Header, len(c.Body)), Payload: c.Body,
	}
}

// spoiler writes records, which come whole and one at a time, and spoils some.
type spoiler struct {
	w                     *bufio.Writer
	written               int64
	isSpoiling, isCutting bool // the next record
}

func (s *spoiler) Write(p []byte) (int, error) {
	out := p
	switch {
	case s.isCutting:
		out = p[:len(p)/2]
	case s.isSpoiling:
		out = append([]byte(nil), p...)
		for i := len(out) / 2; i < len(out)/2+min(40, len(out)/4); i++ {
			out[i] ^= 0xff
		}
	}
	s.isSpoiling, s.isCutting = false, false
	n, err := s.w.Write(out)
	s.written += int64(n)
	if err != nil {
		return n, err
	}
	return len(p), nil
}
