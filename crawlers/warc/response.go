package warc

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/overheard-news/overheard/crawlers/fetch"
)

// Response is an HTTP answer. It lives as long as its record.
type Response struct {
	Status int
	Header http.Header
	Body   io.Reader // chunks and content-encodings undone; a *DamagedError where that fails

	rec      *Record
	isPacked bool // the body is as long as the block says
}

// isHTTP tells records that hold an HTTP message.
func (rec *Record) isHTTP() bool {
	const kind = "application/http"
	return len(rec.ContentType) >= len(kind) && strings.EqualFold(rec.ContentType[:len(kind)], kind)
}

// Response reads the head of the HTTP answer in the record. That of a revisit has
// no body, as it was the same as before. The error is ErrNoResponse if the record
// holds none, or a *DamagedError.
func (rec *Record) Response() (*Response, error) {
	if rec.response != nil {
		return rec.response, nil
	}
	if !rec.isHTTP() || rec.Type != TypeResponse && rec.Type != TypeRevisit {
		return nil, fmt.Errorf("read %s record at byte %d: %w", rec.Type, rec.Offset, ErrNoResponse)
	}
	if err := rec.readHead(); err != nil {
		return nil, err
	}
	res := &Response{rec: rec, Header: http.Header{}}
	line, rest := nextLine(string(rec.r.head))
	proto, status, _ := strings.Cut(line, " ")
	status, _, _ = strings.Cut(strings.TrimSpace(status), " ")
	number, err := strconv.ParseUint(status, 10, 16)
	if !strings.HasPrefix(proto, "HTTP/") || err != nil || len(status) != 3 {
		return nil, rec.spoil("status line %.60q", line)
	}
	res.Status = int(number)
	readHTTPHeader(res.Header, rest)
	res.open()
	rec.response = res
	return res, nil
}

// readHTTPHeader reads what servers send: a line that is no field is passed over.
func readHTTPHeader(into http.Header, text string) {
	var last, line string
	for text != "" {
		if line, text = nextLine(text); line == "" {
			return
		}
		if isContinued(line) {
			if values := into[last]; len(values) > 0 {
				values[len(values)-1] += " " + strings.TrimSpace(line)
			}
			continue
		}
		if name, value, isField := strings.Cut(line, ":"); isField {
			last = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
			into[last] = append(into[last], strings.TrimSpace(value))
		}
	}
}

// readHead reads the head of the HTTP message in the block.
func (rec *Record) readHead() (err error) {
	r := rec.r
	p := &payload{rec, r.http}
	r.http.Reset(&rec.block)
	rec.left = func() error {
		_, err := io.Copy(io.Discard, p)
		return err
	}
	if r.head, err = readHead(r.http, r.head[:0]); err == nil || errors.Is(err, io.EOF) {
		return nil // a head alone may lack the empty line
	}
	var damage *DamagedError
	if errors.As(err, &damage) || rec.r.final != nil {
		return err
	}
	return rec.spoil("HTTP: %v", err)
}

// open puts before the payload what undoes its encodings.
func (res *Response) open() {
	rec := res.rec
	var body io.Reader = &payload{rec, rec.r.http}
	if isChunked(res.Header) && looksChunked(rec.r.http) {
		chunks := &decoded{rec, &chunkReader{r: &payload{rec, rec.r.http}}}
		rest := rec.left
		rec.left = func() error {
			_, _ = io.Copy(io.Discard, chunks) // for the digest
			return rest()
		}
		body = chunks
	} else {
		res.isPacked = len(res.Header["Content-Encoding"]) == 0
	}
	unpacked := rec.r.unpacker.Open(res.Header, body)
	rec.closers = append(rec.closers, unpacked.Close)
	res.Body = &bodyReader{rec, unpacked}
}

func isChunked(h http.Header) bool {
	return slices.ContainsFunc(h["Transfer-Encoding"], func(v string) bool {
		return strings.HasSuffix(strings.ToLower(strings.TrimSpace(v)), "chunked")
	})
}

// payload is the body of an HTTP message as it was sent.
type payload struct {
	rec *Record
	r   interface {
		io.Reader
		io.ByteReader
	}
}

func (p *payload) Read(into []byte) (int, error) {
	n, err := p.r.Read(into)
	for _, d := range p.rec.digests {
		d.payload(into[:n])
	}
	return n, err
}

func (p *payload) ReadByte() (byte, error) {
	b, err := p.r.ReadByte()
	if err == nil {
		for _, d := range p.rec.digests {
			d.payload([]byte{b})
		}
	}
	return b, err
}

// decoded is a body with its chunks joined.
type decoded struct {
	rec *Record
	r   io.Reader
}

func (c *decoded) Read(into []byte) (int, error) {
	n, err := c.r.Read(into)
	for _, d := range c.rec.digests {
		d.decoded(into[:n])
	}
	return n, err
}

// bodyReader makes damage of all that can go wrong with a body.
type bodyReader struct {
	rec *Record
	r   *fetch.Unpacked
}

func (b *bodyReader) Read(p []byte) (int, error) {
	if b.rec.isClosed {
		return 0, errors.New("read WARC: the record is no longer the last one")
	}
	n, err := b.r.Read(p)
	var damage *DamagedError
	switch {
	case err == nil || errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return n, err
	case errors.As(err, &damage) || b.rec.r.final != nil:
		return n, err
	case errors.Is(err, io.ErrUnexpectedEOF) && b.rec.Truncated != "":
		return n, io.EOF // as announced
	}
	return n, b.rec.spoil("HTTP body: %v", err)
}

// spoil is damage within a block, whose record can be passed over.
func (rec *Record) spoil(format string, args ...any) error {
	rec.isTold = true
	return &DamagedError{Offset: rec.Offset, Reason: fmt.Sprintf(format, args...)}
}

// ReadAll reads the body and the record to its end. The error is ErrTooLarge if
// the body is over limit bytes, or a *DamagedError, also for what comes behind it.
func (res *Response) ReadAll(limit int64) ([]byte, error) {
	rec := res.rec
	size := int64(textBuffer)
	if res.isPacked || rec.block.left < textBuffer {
		size = rec.block.left + int64(rec.r.http.Buffered()) + 1 // one more, to see the end
	}
	whole := make([]byte, 0, max(min(size, limit+1, 1<<20), 1))
	for {
		n, err := res.Body.Read(whole[len(whole):cap(whole)])
		whole = whole[:len(whole)+n]
		switch {
		case int64(len(whole)) > limit:
			return nil, fmt.Errorf("read %s: %w: over %d bytes", rec.TargetURI, ErrTooLarge, limit)
		case errors.Is(err, io.EOF):
			_, err = rec.Finish()
			return whole, err
		case err != nil:
			return nil, err
		}
		if len(whole) == cap(whole) {
			whole = slices.Grow(whole, int(min(int64(len(whole)), limit+1-int64(len(whole)))))
		}
	}
}
