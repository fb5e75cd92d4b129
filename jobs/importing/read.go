package importing

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/archive"
	"github.com/overheard-news/overheard/crawlers/warc"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// reading is a file that is being read.
type reading struct {
	src  *source
	warc *warc.Reader
	skip int64 // records to pass over, which are done

	last      *warc.Record // not finished yet; nil if there is none
	isForeign bool         // the last record is a page of no outlet
	offset    int64        // of the last record, also if it was damaged
	member    int64        // where the gzip member of the last record begins, or a plain record
	tally     Tally
	done      checkpoint
	shown     time.Time

	damaged       int64 // offset of the last damaged record
	isDamageKnown bool

	pending      *warc.Record // read to see whether it can be
	pendingError error
}

// checkpoint is a place in a file where a Reader may begin, and what was counted
// before it. A file compressed as one has no such place but its start: there, the
// number of records tells how many to pass over.
type checkpoint struct {
	position int64
	tally    Tally
}

// start begins to read at the standing's position.
func (i *Importer) start(ctx context.Context, src *source, stand *standing) (*reading, error) {
	r := &reading{src: src, warc: warc.NewReader(src, 0), offset: -1, member: -1, tally: stand.Tally, skip: stand.Records}
	r.done = checkpoint{stand.Position, stand.Tally}
	if stand.Position == 0 {
		return r, nil
	}
	r.close()
	var err error
	if r.src, err = i.open(ctx, stand.Source, stand.Position); err != nil {
		return nil, err
	}
	r.warc, r.skip = warc.NewReader(r.src, stand.Position), 0
	r.pending, r.pendingError = r.warc.Next()
	if !errors.Is(r.pendingError, warc.ErrFormat) {
		return r, nil
	}
	// Damage begins right there, so that it cannot be told what the file is.
	r.close()
	if r.src, err = i.open(ctx, stand.Source, 0); err != nil {
		return nil, err
	}
	r.warc, r.skip, r.pendingError = warc.NewReader(r.src, 0), stand.Records, nil
	return r, nil
}

func (r *reading) close() {
	_ = r.warc.Close()
	_ = r.src.Close() // of what was only read there is nothing to lose
}

// mark notes that the last record is dealt with. Behind one that was damaged
// nobody can begin, so the place before stands until the next good one.
func (r *reading) mark() {
	if r.last == nil {
		return
	}
	_, err := r.last.Finish()
	isForeign := r.isForeign
	r.last, r.isForeign = nil, false
	switch {
	case err != nil:
		r.damage(r.offset)
		return
	case isForeign:
		r.tally.Foreign++
	}
	if position := r.warc.Offset(); position > r.member || position == 0 {
		r.done = checkpoint{position, r.tally}
	}
}

// damage counts a damaged record, once.
func (r *reading) damage(offset int64) {
	if !r.isDamageKnown || offset != r.damaged {
		r.tally.Damaged++
		r.damaged, r.isDamageKnown = offset, true
	}
}

// next is the next record that is not done; nil for one that is damaged, which is
// counted.
func (r *reading) next() (*warc.Record, error) {
	for {
		rec, err := r.pending, r.pendingError
		if r.pending, r.pendingError = nil, nil; rec == nil && err == nil {
			rec, err = r.warc.Next()
		}
		var damage *warc.DamagedError
		isDamaged := errors.As(err, &damage)
		if err != nil && !isDamaged {
			return nil, err
		}
		if isDamaged && damage.Offset == r.offset {
			continue // it began well and was passed over
		}
		if isDamaged {
			r.offset = damage.Offset
		} else if r.offset = rec.Offset; rec.IsSeekable {
			r.member = rec.Offset
		}
		if r.skip > 0 {
			r.skip--
			continue
		}
		r.tally.Records++
		if isDamaged {
			r.damage(damage.Offset)
			return nil, nil
		}
		r.last = rec
		return rec, nil
	}
}

// page is the record as a page of one of the outlets; ok is false if it is none.
// The body is not read yet.
func (r *reading) page(o owners, rec *warc.Record) (outlet string, res *warc.Response, ok bool) {
	if rec.Type != warc.TypeResponse {
		return "", nil, false
	}
	if outlet = o.of(rec.TargetURI); outlet == "" {
		r.isForeign = true
		return "", nil, false
	}
	res, err := rec.Response()
	if err != nil {
		if !errors.Is(err, warc.ErrNoResponse) {
			r.damage(rec.Offset)
		}
		return "", nil, false
	}
	if res.Status != http.StatusOK || !isHTML(res.Header) {
		return "", nil, false
	}
	return outlet, res, true
}

// isHTML tells whether an answer is a page. One that does not say what it is may
// be: the extraction finds out.
func isHTML(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind, _, _ = strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
		kind = strings.TrimSpace(kind)
	}
	return kind == "text/html" || kind == "application/xhtml+xml" || kind == ""
}

// read puts every page into the intake, with a barrier now and then.
func (i *Importer) read(ctx context.Context, run *ledger.Run, r *reading, intake Intake, stand *standing) error {
	b := &barrier{importer: i, run: run, intake: intake, stand: stand, last: time.Now()}
	defer b.wait()
	defer func() {
		run.Count("records", r.done.tally.Records-stand.before.Records)
		run.Count("pages", r.done.tally.Pages-stand.before.Pages)
		run.Count("foreign", r.done.tally.Foreign-stand.before.Foreign)
		run.Count("damaged", r.done.tally.Damaged-stand.before.Damaged)
		run.Count("bytes", r.src.taken.Load())
	}()
	for ctx.Err() == nil {
		r.mark()
		if err := b.step(ctx, r.done); err != nil {
			return err
		}
		i.show(r, stand, false)
		rec, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			r.done = checkpoint{r.warc.Offset(), r.tally}
			i.show(r, stand, true)
			return nil
		case err != nil:
			return stopped(ctx, err)
		case rec == nil:
			continue
		}
		outlet, res, ok := r.page(i.owners, rec)
		if !ok {
			continue
		}
		page, err := i.recorded(r, rec, res, stand)
		if err != nil {
			return stopped(ctx, err)
		}
		if page == nil {
			continue
		}
		page.OutletID = outlet
		if err := intake.Put(ctx, *page); err != nil {
			return stopped(ctx, err)
		}
		r.tally.Pages++
	}
	return context.Cause(ctx)
}

// recorded reads the body of a page; nil if it is damaged or too large.
func (i *Importer) recorded(r *reading, rec *warc.Record, res *warc.Response, stand *standing) (*collect.Recorded, error) {
	body, err := res.ReadAll(i.cfg.MaxBodyBytes)
	var length int64
	if err == nil {
		length, err = rec.Finish()
	}
	var damage *warc.DamagedError
	switch {
	case errors.Is(err, warc.ErrTooLarge):
		return nil, nil
	case errors.As(err, &damage):
		r.damage(rec.Offset)
		return nil, nil
	case err != nil:
		return nil, err
	}
	page := &collect.Recorded{
		Page:   archive.Page{URL: rec.TargetURI, FetchedAt: rec.Date, Status: res.Status, Header: res.Header, Body: body},
		FileID: stand.FileID,
	}
	if rec.IsSeekable && length > 0 {
		page.Position = &archive.Position{File: stand.Source, Offset: rec.Offset, Length: length, URL: rec.TargetURI}
	}
	return page, nil
}

// stopped says what stopped an import: an interrupt explains whatever it broke.
func stopped(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// show tells the progress, a few times a second and at the end.
func (i *Importer) show(r *reading, stand *standing, isEnd bool) {
	now := time.Now()
	if i.progress == nil || !isEnd && now.Sub(r.shown) < 200*time.Millisecond {
		return
	}
	r.shown = now
	size := int64(-1)
	if stand.ByteCount != nil {
		size = *stand.ByteCount
	}
	done := r.done.position
	if done == 0 {
		done = r.src.taken.Load()
	}
	i.progress.Show(stand.Source, done, size, r.tally)
}
