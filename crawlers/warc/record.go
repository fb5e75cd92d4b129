package warc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// maxHead bounds a header, of a record and of the HTTP answer in it, in bytes.
const maxHead = 256 << 10

// Record is one record. It lives until the next call of Reader.Next.
type Record struct {
	Offset        int64 // first byte in the file, or if not IsSeekable in the unpacked stream
	IsSeekable    bool  // a Reader may begin at Offset
	Version       string
	Type          string
	ID            string
	TargetURI     string // without <brackets>, spaces escaped
	Date          time.Time
	ContentType   string
	ContentLength int64  // bytes of the block
	Truncated     string // why the block was cut when it was written, such as "length"; empty if it was not
	Header        Header

	r        *Reader
	block    block
	response *Response
	digests  []*digest
	left     func() error // reads what is left of the block; nil: nobody began
	closers  []func()
	member   int64 // where its gzip member begins
	isDone   bool  // read to the end, or found damaged
	isTold   bool  // the caller knows of the damage
	isClosed bool
	length   int64
	err      error
}

// readHead reads lines up to an empty one.
func readHead(from *bufio.Reader, into []byte) ([]byte, error) {
	lineStart := 0
	for {
		part, err := from.ReadSlice('\n')
		into = append(into, part...)
		switch {
		case len(into) > maxHead:
			return into, fmt.Errorf("a header over %d bytes", maxHead)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return into, err
		}
		if line := into[lineStart:]; len(line) == 1 || len(line) == 2 && line[0] == '\r' {
			return into, nil
		}
		lineStart = len(into)
	}
}

// nextLine cuts the first line off, without its end.
func nextLine(text string) (line, rest string) {
	line, rest, _ = strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

// isContinued tells a line that goes on with the value of the one before.
func isContinued(line string) bool { return line != "" && (line[0] == ' ' || line[0] == '\t') }

// readHeader reads the version line and the fields.
func (rec *Record) readHeader() error {
	r := rec.r
	// A file in the old format may only now show, as it was compressed.
	if head, _ := r.text.Peek(len("filedesc:")); string(head) == "filedesc:" {
		r.final = fmt.Errorf("read WARC at byte %d: %w: %s", rec.Offset, ErrFormat, oldFormat)
		return r.final
	}
	if head, _ := r.text.Peek(len("WARC/")); len(head) == len("WARC/") && string(head) != "WARC/" {
		return r.reject(rec.Offset, "no record begins here, but %q", head)
	}
	var err error
	if r.head, err = readHead(r.text, r.head[:0]); err != nil {
		return rec.blameHead(err)
	}
	line, rest := nextLine(string(r.head))
	rec.Version = strings.TrimPrefix(strings.TrimSpace(line), "WARC/")
	if rec.Version != "1.0" && rec.Version != "1.1" {
		return r.reject(rec.Offset, "version %.20q: only 1.0 and 1.1 are known", rec.Version)
	}
	rec.Header = make(Header, 0, 16)
	for rest != "" {
		if line, rest = nextLine(rest); line == "" {
			break
		}
		if n := len(rec.Header); isContinued(line) && n > 0 {
			rec.Header[n-1].Value = strings.TrimSpace(rec.Header[n-1].Value + " " + strings.TrimSpace(line))
			continue
		}
		name, value, isField := strings.Cut(line, ":")
		if !isField || name == "" || strings.ContainsAny(name, " \t") {
			return r.reject(rec.Offset, "header line %.80q is no field", line)
		}
		rec.Header = append(rec.Header, Field{name, strings.TrimSpace(value)})
	}
	return rec.readFields()
}

// blameHead tells a header that is too long, or ends too early, from one that
// cannot be unpacked.
func (rec *Record) blameHead(err error) error {
	if len(rec.r.head) > maxHead {
		return rec.r.reject(rec.Offset, "%v", err)
	}
	if errors.Is(err, io.EOF) && rec.r.form == formGzip {
		rec.r.inMember = false // its end was found, and it unpacked well
		return rec.r.reject(rec.Offset, "its gzip member ends within the header")
	}
	return rec.r.blame(rec.Offset, err)
}

// readFields understands the fields that every record has.
func (rec *Record) readFields() error {
	r, length := rec.r, ""
	var date string
	for _, f := range rec.Header {
		switch {
		case strings.EqualFold(f.Name, "WARC-Type"):
			rec.Type = strings.ToLower(f.Value)
		case strings.EqualFold(f.Name, "WARC-Record-ID"):
			rec.ID = f.Value
		case strings.EqualFold(f.Name, "WARC-Target-URI"):
			rec.TargetURI = cleanURI(f.Value)
		case strings.EqualFold(f.Name, "WARC-Date"):
			date = f.Value
		case strings.EqualFold(f.Name, "WARC-Truncated"):
			rec.Truncated = f.Value
		case strings.EqualFold(f.Name, "Content-Type"):
			rec.ContentType = f.Value
		case strings.EqualFold(f.Name, "Content-Length"):
			if length != "" && length != f.Value {
				return r.reject(rec.Offset, "two lengths, %.20q and %.20q", length, f.Value)
			}
			length = f.Value
		}
	}
	size, err := strconv.ParseUint(length, 10, 63)
	if err != nil || size > maxBlock {
		return r.reject(rec.Offset, "Content-Length %.30q", length)
	}
	rec.ContentLength = int64(size)
	if rec.Type == "" {
		return r.reject(rec.Offset, "no WARC-Type")
	}
	if rec.Date, err = parseDate(date); err != nil {
		return r.reject(rec.Offset, "WARC-Date %.40q is no time", date)
	}
	rec.block = block{rec: rec, left: rec.ContentLength}
	if r.ChecksDigests {
		rec.expectDigests()
	}
	return nil
}

// maxBlock bounds a block. Longer ones are a length that is wrong.
const maxBlock = math.MaxInt32 * 32

// parseDate reads a time as both versions have it: to the second, or with as many
// digits as were known.
func parseDate(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("no time")
}

// cleanURI undoes what some writers do to addresses: wget puts brackets around
// them, others leave spaces in.
func cleanURI(s string) string {
	if strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") {
		s = s[1 : len(s)-1]
	}
	return strings.ReplaceAll(s, " ", "%20")
}
