package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/warc"
)

// ErrNotThere is a position at which the page does not lie, or no file does: it was
// pruned, or another one has its name.
var ErrNotThere = errors.New("the archive does not have the page there")

// Read reads the page at a position: of an own file, or of an imported one by its
// absolute path or its URL. The error wraps ErrNotThere, a *warc.DamagedError if
// the record is damaged, warc.ErrTooLarge, or a *fetch.Error.
func (a *Archive) Read(ctx context.Context, at Position) (Page, error) {
	p, err := a.read(ctx, at)
	if err != nil {
		return Page{}, fmt.Errorf("read page at byte %d of %s: %w", at.Offset, at.File, err)
	}
	return p, nil
}

func (a *Archive) read(ctx context.Context, at Position) (Page, error) {
	if at.Offset < 0 || at.Length < 0 {
		return Page{}, errors.New("a negative position")
	}
	if err := ctx.Err(); err != nil {
		return Page{}, err
	}
	src, err := a.open(ctx, at)
	if err != nil {
		return Page{}, err
	}
	defer src.Close()
	reader := a.readers.Get().(*warc.Reader)
	defer func() {
		reader.Reset(nil, 0)
		a.readers.Put(reader)
	}()
	reader.Reset(src, at.Offset)
	return a.page(reader, at)
}

// page reads the record that must begin where the reader stands.
func (a *Archive) page(reader *warc.Reader, at Position) (Page, error) {
	rec, err := reader.Next()
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, warc.ErrFormat):
		return Page{}, fmt.Errorf("%w: no record begins there", ErrNotThere)
	case err != nil:
		return Page{}, err
	case rec.Offset != at.Offset:
		return Page{}, fmt.Errorf("%w: a record begins at byte %d", ErrNotThere, rec.Offset)
	case at.URL != "" && rec.TargetURI != at.URL && rec.Header.Get("WARC-Target-URI") != at.URL:
		return Page{}, fmt.Errorf("%w: %s lies there, not %s", ErrNotThere, rec.TargetURI, at.URL)
	}
	res, err := rec.Response()
	if errors.Is(err, warc.ErrNoResponse) || err == nil && rec.Type == warc.TypeRevisit {
		return Page{}, fmt.Errorf("%w: a %s record lies there", ErrNotThere, rec.Type)
	}
	if err != nil {
		return Page{}, err
	}
	body, err := res.ReadAll(a.cfg.MaxBodyBytes)
	if err != nil {
		return Page{}, err
	}
	if length, err := rec.Finish(); err != nil {
		return Page{}, err
	} else if at.Length > 0 && length > 0 && length != at.Length {
		return Page{}, fmt.Errorf("%w: the record there takes %d bytes, not %d", ErrNotThere, length, at.Length)
	}
	header := res.Header
	header.Del("Content-Encoding") // undone
	header.Del("Transfer-Encoding")
	header.Del("Content-Length") // as was sent; that of the body is plain to see
	return Page{URL: rec.TargetURI, FetchedAt: rec.Date, Status: res.Status, Header: header, Body: body}, nil
}

// open opens what a position is in, at its offset.
func (a *Archive) open(ctx context.Context, at Position) (io.ReadCloser, error) {
	if strings.HasPrefix(at.File, "http://") || strings.HasPrefix(at.File, "https://") {
		if a.cfg.Fetcher == nil {
			return nil, errors.New("this archive does not read by URL")
		}
		return a.openURL(ctx, at)
	}
	path := at.File
	if !filepath.IsAbs(path) {
		if filepath.Base(path) != path || path == "." || path == ".." {
			return nil, fmt.Errorf("%q is neither the name of a file in %s nor an absolute path", path, a.cfg.Dir)
		}
		path = filepath.Join(a.cfg.Dir, path)
	}
	f, err := os.Open(path) //nolint:gosec // checked above
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrNotThere, err)
	}
	if err != nil {
		return nil, err
	}
	length := at.Length
	if length == 0 {
		length = 1<<63 - 1 - at.Offset
	}
	return section{io.NewSectionReader(f, at.Offset, length), f}, nil
}

func (a *Archive) openURL(ctx context.Context, at Position) (io.ReadCloser, error) {
	s, err := a.cfg.Fetcher.StreamRange(ctx, at.File, at.Offset, at.Length)
	var e *fetch.Error
	if errors.As(err, &e) && e.Outcome == fetch.OutcomeGone {
		return nil, fmt.Errorf("%w: %w", ErrNotThere, err)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// section is a part of a file.
type section struct {
	io.Reader
	io.Closer
}
