// Package warc reads and writes WARC files, the web archives' format (ISO 28500,
// versions 1.0 and 1.1), one record at a time and in flat memory.
//
//	r := warc.NewReader(file, 0)
//	for {
//		rec, err := r.Next()
//		var damage *warc.DamagedError
//		switch {
//		case errors.Is(err, io.EOF):
//			return nil
//		case errors.As(err, &damage):
//			damagedCount++ // Next goes on behind it
//			continue
//		case err != nil:
//			return err // the source failed, or this is no WARC file
//		}
//		if rec.Type != warc.TypeResponse {
//			continue // what is not read is skipped
//		}
//		res, err := rec.Response()
//		...
//		body, err := res.ReadAll(16 << 20)
//	}
//
// # Offsets
//
// A WARC file comes in three forms. Compressed record by record, as nearly all are,
// and plain, every record can be read again alone: its Offset is a place in the file,
// at which NewReader may begin, and IsSeekable is set. A file that was compressed as
// one has no such places: the Offset is then one of the unpacked stream, and
// IsSeekable is not set. Reader.Offset is a place to go on in any case.
//
// # Damage
//
// What cannot be read gives a *DamagedError with the offset of its record, and the
// next Next looks for the record behind it: for a gzip member that begins with a
// record, or in a plain file for a line that begins one. Only the source's own errors,
// and a file that is none of ours, end the reading.
package warc

import (
	"errors"
	"fmt"
	"strings"
)

// The types of records.
const (
	TypeWarcinfo     = "warcinfo"
	TypeResponse     = "response"
	TypeResource     = "resource"
	TypeRequest      = "request"
	TypeMetadata     = "metadata"
	TypeRevisit      = "revisit" // says that a page was as before: it has no body
	TypeConversion   = "conversion"
	TypeContinuation = "continuation"
)

var (
	// ErrFormat is a file that is no WARC file, such as one in the older ARC format.
	ErrFormat = errors.New("not a WARC file")
	// ErrNoResponse is a record that holds no HTTP answer.
	ErrNoResponse = errors.New("no HTTP answer")
	// ErrTooLarge is a body over the limit it was read with.
	ErrTooLarge = errors.New("body too large")
)

// DamagedError is a record that cannot be read, or not to its end.
type DamagedError struct {
	Offset int64  // of the record, as Record.Offset
	Reason string // what is wrong with it
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("damaged record at byte %d: %s", e.Offset, e.Reason)
}

// Field is one named field of a header.
type Field struct{ Name, Value string }

// Header is the header of a record, in its order.
type Header []Field

// Get returns the first value of a name, in any case; empty if there is none.
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}
