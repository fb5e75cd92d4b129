package importing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
)

// source is a file of which bytes come from a position on, from disk or the web.
type source struct {
	io.ReadCloser
	size      int64  // of the whole file; -1: not known
	validator string // differs when another file stands under the name; empty: not known
	taken     atomic.Int64
}

// Read counts the bytes that went through.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	s.taken.Add(int64(n))
	return n, err
}

// NameOf is the name an import is known by: a path as an absolute one, a URL
// without its fragment.
func NameOf(source string) (string, error) {
	if isURL(source) {
		u, err := url.Parse(source)
		if err != nil || u.Host == "" {
			return "", fmt.Errorf("%q is no address of a WARC file", source)
		}
		u.Fragment = ""
		return u.String(), nil
	}
	name, err := filepath.Abs(source)
	if err != nil {
		return "", fmt.Errorf("find the folder of %s: %w", source, err)
	}
	return name, nil
}

func isURL(source string) bool {
	return strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://")
}

// Streamer downloads long files and goes on by itself when a transfer breaks.
type Streamer interface {
	Stream(ctx context.Context, url string, offset int64) (*fetch.Stream, error)
}

// open opens a source by its name, at a position.
func (i *Importer) open(ctx context.Context, name string, position int64) (*source, error) {
	if !isURL(name) {
		return openFile(name, position)
	}
	stream, err := i.streamer.Stream(ctx, name, position)
	if err != nil {
		return nil, fmt.Errorf("download %s: %w", name, err)
	}
	return &source{ReadCloser: stream, size: stream.Size(), validator: stream.Validator()}, nil
}

func openFile(name string, position int64) (*source, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", name)
	}
	if err != nil {
		return nil, fmt.Errorf("open the WARC file: %w", err)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a folder: name the WARC files in it", name)
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s is no regular file: an import must be able to go on inside it", name)
	case info.Size() == 0:
		err = fmt.Errorf("%s is empty", name)
	default:
		_, err = file.Seek(position, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &source{
		ReadCloser: file, size: info.Size(),
		validator: fmt.Sprintf("%d bytes of %s", info.Size(), info.ModTime().UTC().Format(time.RFC3339Nano)),
	}, nil
}
