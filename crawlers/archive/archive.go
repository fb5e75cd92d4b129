// Package archive keeps every fetched page on disk, so that it can be read again
// without the network.
package archive

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
)

// Page is a page as it was fetched: content-encoding undone, charset untouched.
type Page struct {
	URL       string
	FetchedAt time.Time
	Status    int
	Header    http.Header
	Body      []byte
}

// Position is where a page lies.
type Position struct {
	File   string // name of an own file; path or URL of an imported one
	Offset int64  // first byte of the record
	Length int64  // bytes of the record in the file; zero if not known
	URL    string // of the page that lies there; empty: not checked
}

// Config says where pages are kept, and how. Only Dir must be given.
type Config struct {
	Dir          string
	MaxFileBytes int64          // a file is full at [1 GiB]
	Retention    time.Duration  // how long pages are kept [for ever]
	MaxBodyBytes int64          // of a body read back [64 MiB]
	Fetcher      *fetch.Fetcher // reads records of imported files by URL [none: refused]
}

// Archive is the archive of a folder. It is safe for concurrent use.
type Archive struct{ cfg Config }

// Open opens the archive.
func Open(lg *slog.Logger, cfg Config) (*Archive, error) { return &Archive{cfg}, nil }

// Write keeps a page. The record is in the file, though not yet synced, on return.
func (a *Archive) Write(p Page) (Position, error) { return Position{}, errors.New("not written yet") }

// Read reads a page.
func (a *Archive) Read(ctx context.Context, at Position) (Page, error) {
	return Page{}, errors.New("not written yet")
}

// Prune removes files with no page younger than before; a zero time stands for
// now less Config.Retention.
func (a *Archive) Prune(before time.Time) (files []string, bytes int64, err error) {
	return nil, 0, errors.New("not written yet")
}

// Close closes the file being written.
func (a *Archive) Close() error { return nil }
