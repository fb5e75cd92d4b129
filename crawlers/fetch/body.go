package fetch

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// body is what colly reads: decompressed, and bounded twice, as sent and as
// unpacked. A bomb costs us the second bound and no more.
type body struct {
	reader  io.Reader
	closers []func()
	once    sync.Once
}

func newBody(res *http.Response, x *exchange, release func()) *body {
	sent := res.Body
	b := &body{closers: []func(){func() { sent.Close() }, release}}
	var r io.Reader = &cappedReader{r: sent, left: x.maxWire, limit: x.maxWire, what: "body as sent", cuts: x.cutsBody, count: &x.sent}
	codings := strings.Split(strings.Join(res.Header.Values("Content-Encoding"), ","), ",")
	for i := range min(len(codings), 3) {
		coding := strings.ToLower(strings.TrimSpace(codings[len(codings)-1-i]))
		if coding != "" && coding != "identity" {
			r = &decoder{coding: coding, r: bufio.NewReader(r), body: b}
		}
	}
	b.reader = &cappedReader{r: r, left: x.maxBody, limit: x.maxBody, what: "body unpacked", cuts: x.cutsBody}
	return b
}

func (b *body) Read(p []byte) (int, error) { return b.reader.Read(p) }

// Close ends the download and gives back the host's turn, once.
func (b *body) Close() error {
	b.once.Do(func() {
		for _, f := range b.closers {
			f()
		}
	})
	return nil
}

func tooLarge(what string, limit int64) *Error {
	return &Error{Outcome: OutcomeTooLarge, Reason: fmt.Sprintf("%s over %d bytes", what, limit)}
}

// cappedReader ends with an error, or in silence if cuts, where more than the
// limit would be read.
type cappedReader struct {
	r           io.Reader
	left, limit int64
	what        string
	cuts        bool
	count       *int64
}

func (c *cappedReader) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, c.end()
	}
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1] // one more than allowed, to tell the end from an excess
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	if c.count != nil {
		*c.count += int64(n)
	}
	if c.left < 0 {
		return n - 1, c.end()
	}
	return n, err
}

func (c *cappedReader) end() error {
	if c.cuts {
		return io.EOF
	}
	return tooLarge(c.what, c.limit)
}

// decoder undoes one content-encoding. It looks at the data first, as servers
// announce compression they did not do; what it does not know it leaves as is.
type decoder struct {
	coding string
	r      *bufio.Reader
	body   *body
	open   io.Reader
}

func (d *decoder) Read(p []byte) (int, error) {
	if d.open == nil {
		r, err := d.start()
		if err != nil {
			return 0, unpackError(d.coding, err)
		}
		d.open = r
	}
	n, err := d.open.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unpackError(d.coding, err)
	}
	return n, err
}

// unpackError says what was unpacked; caps and time-outs below pass unchanged
// through the chain of causes.
func unpackError(coding string, err error) error {
	return fmt.Errorf("unpack %s: %w", coding, err)
}

func (d *decoder) start() (io.Reader, error) {
	head, err := d.r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(head) == 0 {
		return d.r, nil // an empty body, of a 304 or a HEAD
	}
	switch d.coding {
	case "gzip", "x-gzip":
		if len(head) < 2 || head[0] != 0x1f || head[1] != 0x8b {
			return d.r, nil
		}
		return gzip.NewReader(d.r)
	case "deflate":
		if len(head) >= 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			return zlib.NewReader(d.r)
		}
		return flate.NewReader(d.r), nil
	case "br":
		return brotli.NewReader(d.r), nil
	case "zstd":
		z, err := zstd.NewReader(d.r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return nil, err
		}
		d.body.closers = append(d.body.closers, z.Close)
		return z, nil
	default:
		return d.r, nil
	}
}
