package fetch

import (
	"bufio"
	"context"
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
	"golang.org/x/sync/semaphore"
)

// body is what colly reads: decompressed, and bounded twice, as sent and as
// unpacked. A bomb costs us the second bound and no more.
type body struct {
	reader  io.Reader
	closers []func()
	once    sync.Once
	x       *exchange
}

func newBody(res *http.Response, x *exchange, reserve func() error, release func()) *body {
	sent := res.Body
	b := &body{x: x, closers: []func(){func() { sent.Close() }, release}}
	var r io.Reader = &cappedReader{r: sent, left: x.maxWire, limit: x.maxWire, what: "body as sent", cuts: x.cutsBody, count: &x.sent}
	codings := strings.Split(strings.Join(res.Header.Values("Content-Encoding"), ","), ",")
	for i := range min(len(codings), 3) {
		coding := strings.ToLower(strings.TrimSpace(codings[len(codings)-1-i]))
		if coding != "" && coding != "identity" {
			r = &decoder{coding: coding, r: bufio.NewReader(r), body: b}
		}
	}
	r = &reservingReader{r: r, left: smallBody, reserve: reserve}
	b.reader = &cappedReader{r: r, left: x.maxBody, limit: x.maxBody, what: "body unpacked", cuts: x.cutsBody}
	return b
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		var known *Error
		b.x.isBroken = !errors.As(err, &known) // we stopped, not the host
	}
	return n, err
}

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

// smallBody is what a body may take without asking. Nearly all take no more.
const smallBody = 1 << 20

// bodies bounds the memory of all large bodies together, from the download
// until the caller has read them. Who needs more than smallBody takes at once
// all it may come to need: taking it bit by bit, several could each wait for
// what the others hold.
type bodies struct {
	all  *semaphore.Weighted
	size int64
}

func newBodies(size int64) *bodies { return &bodies{semaphore.NewWeighted(size), size} }

// reserver makes what a body calls before it outgrows smallBody.
func (b *bodies) reserver(ctx context.Context, res *http.Response, x *exchange) func() error {
	need := x.maxBody
	if res.ContentLength > 0 && res.Header.Get("Content-Encoding") == "" {
		need = min(need, res.ContentLength)
	}
	return func() error {
		b.release(x) // of a hop before, whose body is gone
		if err := b.all.Acquire(ctx, min(need, b.size)); err != nil {
			return &Error{Outcome: OutcomeDeferred, Reason: "no room for its body: too many large ones at once", Status: res.StatusCode, Err: err}
		}
		x.reserved = min(need, b.size)
		return nil
	}
}

// trim gives back what the body did not need after all.
func (b *bodies) trim(x *exchange, length int) {
	if over := x.reserved - int64(length); over > 0 {
		b.all.Release(over)
		x.reserved -= over
	}
}

func (b *bodies) release(x *exchange) {
	b.all.Release(x.reserved)
	x.reserved = 0
}

// reservingReader asks for room where a body outgrows what it may take unasked.
type reservingReader struct {
	r       io.Reader
	left    int64
	reserve func() error // nil: done
}

func (r *reservingReader) Read(p []byte) (int, error) {
	if r.left <= 0 && r.reserve != nil {
		if err := r.reserve(); err != nil {
			return 0, err
		}
		r.reserve = nil
	}
	n, err := r.r.Read(p)
	r.left -= int64(n)
	return n, err
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
