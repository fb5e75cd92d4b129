package warc

import (
	"io"
	"time"
)

// NewRecord is a record to be written. Its block is Head and then Payload.
type NewRecord struct {
	Type        string
	ID          string // "<urn:uuid:...>"; empty: a random one
	TargetURI   string
	Date        time.Time
	ContentType string
	Header      Header // further fields
	Head        []byte // of an HTTP answer, with its empty line; see ResponseHead
	Payload     []byte
}

// Writer writes records, each as a gzip member of its own and in one call of
// Write. It is not safe for concurrent use.
type Writer struct{ w io.Writer }

// NewWriter writes to w.
func NewWriter(w io.Writer) *Writer { return &Writer{w} }

// Write writes a record and tells how many bytes it took.
func (w *Writer) Write(rec NewRecord) (length int64, err error) { return 0, errLater }
