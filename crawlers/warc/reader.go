package warc

import (
	"errors"
	"io"
	"net/http"
	"time"
)

var errLater = errors.New("not written yet")

// Reader reads records one after the other. It is not safe for concurrent use.
type Reader struct {
	// ChecksDigests compares the digests a record carries with what was read.
	ChecksDigests bool
}

// NewReader reads a file from its byte offset on, which r begins with: zero, or
// what Reader.Offset or the Offset of a seekable record was.
func NewReader(r io.Reader, offset int64) *Reader { return &Reader{} }

// Next gives the next record, and skips what is left of the one before, which
// must not be used any more. The error is io.EOF at the end, a *DamagedError for a
// record that cannot be read, after which Next goes on; anything else is final.
func (r *Reader) Next() (*Record, error) { return nil, errLater }

// Offset is a place in the file where another Reader may go on: of the record
// behind the last one if that was read to its end or Finish was called, else of
// the last one itself.
func (r *Reader) Offset() int64 { return 0 }

// Close gives back what the Reader took. It does not close its source.
func (r *Reader) Close() error { return nil }

// Record is one record. It lives until the next call of Reader.Next.
type Record struct {
	Offset        int64 // first byte in the file, or if not IsSeekable in the unpacked stream
	IsSeekable    bool  // a Reader may begin at Offset
	Version       string
	Type          string
	ID            string
	TargetURI     string
	Date          time.Time // UTC
	ContentType   string
	ContentLength int64  // bytes of the block
	Truncated     string // why the block was cut when it was written, such as "length"; empty if it was not
	Header        Header
}

// Block reads the content block as it stands in the file.
func (rec *Record) Block() io.Reader { return nil }

// Response reads the head of the HTTP answer in the record. The error is
// ErrNoResponse if there is none, or a *DamagedError.
func (rec *Record) Response() (*Response, error) { return nil, errLater }

// Finish reads what is left of the record and tells how many bytes it takes in
// the file, or if it is not seekable in the unpacked stream.
func (rec *Record) Finish() (length int64, err error) { return 0, errLater }

// Response is an HTTP answer. It lives as long as its record.
type Response struct {
	Status int
	Header http.Header
	Body   io.Reader // chunks and content-encodings undone
}

// ReadAll reads the body and the record to its end. The error is ErrTooLarge if
// the body is over limit bytes, or a *DamagedError.
func (res *Response) ReadAll(limit int64) ([]byte, error) { return nil, errLater }
