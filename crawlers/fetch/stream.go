package fetch

import (
	"context"
	"errors"
)

// ErrChanged is a file that is another one than when its download began.
var ErrChanged = errors.New("the file has changed")

// Stream is a long download that goes on by itself when the transfer breaks.
type Stream struct{}

// Stream downloads a file from a byte offset on. The error is an *Error, or wraps
// the context's.
func (f *Fetcher) Stream(ctx context.Context, url string, offset int64) (*Stream, error) {
	return nil, errors.New("not written yet")
}

// Read reads on.
func (s *Stream) Read(p []byte) (int, error) { return 0, errors.New("not written yet") }

// Close ends the download.
func (s *Stream) Close() error { return nil }

// Size is that of the whole file in bytes; -1 if the server does not tell.
func (s *Stream) Size() int64 { return -1 }

// Validator changes when the file does: its ETag, or size and time of change;
// empty if the server tells neither.
func (s *Stream) Validator() string { return "" }

// Offset is the next byte that Read gives.
func (s *Stream) Offset() int64 { return 0 }
