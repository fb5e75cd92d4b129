// Package archive keeps every fetched page on disk, so that a better extractor or a
// longer list of aliases can read it again without the network.
//
//	a, err := archive.Open(lg, archive.Config{Dir: "/var/lib/overheard/archive"})
//	at, err := a.Write(archive.Page{URL: u, FetchedAt: now, Status: 200, Header: h, Body: body})
//	page, err := a.Read(ctx, at)
//
// # Files
//
// The folder holds WARC files, compressed record by record, that any tool of the
// field reads. Each is written by one Archive alone, from its first byte on: its name
// has the time it was begun, the host, the process and a number
// (20261122T020000Z-host-4711-1.warc.gz). So any number of processes and hosts share a
// folder without a lock, and a file that a killed process left torn is never
// appended to: only its last record is lost, which nobody was told of. A file is
// begun when there is something to write, and ends when it is full or the day (UTC) is over.
//
// # What a position promises
//
// Write returns when the whole record has gone to the file, in one write: it is there
// after the process was killed, though not after the power failed (files are
// synced when they end). Where a page lies is for the caller to remember.
//
// A disk that is full costs the record that did not fit, and Write says so. What
// was written before stands.
package archive

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/warc"
)

// Page is a page as it was fetched.
type Page struct {
	URL       string
	FetchedAt time.Time // UTC, to the nanosecond
	Status    int
	Header    http.Header
	Body      []byte // content-encoding undone, charset untouched
}

// Position is where a page lies.
type Position struct {
	File   string // name of an own file; absolute path or URL of an imported one
	Offset int64  // first byte of the record
	Length int64  // bytes of the record in the file; zero: not known
	URL    string // of the page that lies there, which Read checks; empty: any
}

// Config says where pages are kept, and how. Only Dir must be given.
type Config struct {
	Dir          string         // made if it is not there
	MaxFileBytes int64          // a file ends with the record that reaches it [1 GiB]
	Retention    time.Duration  // how long pages are kept, see Prune [for ever]
	MaxBodyBytes int64          // of a body read back, without its content-encoding [64 MiB]
	Fetcher      *fetch.Fetcher // reads imported files by URL [none: refused]
}

// Archive is the archive in a folder. It is safe for concurrent use.
type Archive struct {
	lg      *slog.Logger
	cfg     Config
	host    string
	now     func() time.Time
	create  func(path string) (file, error)
	packers sync.Pool // of *warc.Writer
	readers sync.Pool // of *warc.Reader

	mu       sync.Mutex // guards what follows: the file being written
	file     file
	name     string
	day      time.Time
	size     int64
	number   int
	isClosed bool
}

// file is what a file being written must be able to do.
type file interface {
	Write(p []byte) (int, error)
	Truncate(size int64) error
	Sync() error
	Close() error
}

// Open opens the archive of a folder.
func Open(lg *slog.Logger, cfg Config) (*Archive, error) {
	if cfg.Dir == "" {
		return nil, errors.New("open archive: no folder given")
	}
	if err := os.MkdirAll(cfg.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	if cfg.MaxFileBytes <= 0 {
		cfg.MaxFileBytes = 1 << 30
	}
	if cfg.MaxBodyBytes <= 0 {
		cfg.MaxBodyBytes = 64 << 20
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	host = odd.ReplaceAllString(strings.ToLower(host), "-")
	a := &Archive{lg: lg, cfg: cfg, host: strings.Trim(host[:min(len(host), 63)], "-."), now: time.Now, create: createFile}
	a.packers.New = func() any { return warc.NewWriter(nil) }
	a.readers.New = func() any { return warc.NewReader(nil, 0) }
	return a, nil
}

// odd is what does not belong into a file's name.
var odd = regexp.MustCompile(`[^a-z0-9.-]+`)

func createFile(path string) (file, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o640) //nolint:gosec // a name of ours in the folder we were given
}

// Close ends the file being written. Write gives an error after it; Read works on.
func (a *Archive) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.isClosed = true
	return a.endFile()
}
