package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/semaphore"
)

// body is what colly reads: decompressed, and bounded twice, as sent and as
// unpacked. A bomb costs us the second bound and no more.
type body struct {
	reader  io.Reader
	closers []func()
	once    sync.Once
	x       *exchange
	tools   *tools
	reserve func(int64) error
	size    int64 // as announced, if it comes unpacked; else -1
	err     error // how it ended
}

func newBody(res *http.Response, x *exchange, tools *tools, reserve func(int64) error, release func()) *body {
	sent := res.Body
	b := &body{x: x, tools: tools, reserve: reserve, size: res.ContentLength, closers: []func(){func() { sent.Close() }, release}}
	var r io.Reader = &cappedReader{r: sent, left: x.maxWire, limit: x.maxWire, what: "body as sent", cuts: x.cutsBody, count: &x.sent}
	r = b.undo(res.Header, r)
	need := x.maxBody
	if b.size > 0 {
		need = min(need, b.size)
	}
	r = &reservingReader{r: r, left: smallBody, need: need, reserve: reserve}
	b.reader = &cappedReader{r: r, left: x.maxBody, limit: x.maxBody, what: "body unpacked", cuts: x.cutsBody}
	return b
}

// undo puts before a reader a decoder for each content-encoding, the last one
// first.
func (b *body) undo(header http.Header, r io.Reader) io.Reader {
	announced := header["Content-Encoding"]
	if len(announced) == 0 {
		return r
	}
	codings := strings.Split(strings.Join(announced, ","), ",")
	for i := range min(len(codings), 3) {
		coding := strings.ToLower(strings.TrimSpace(codings[len(codings)-1-i]))
		if coding != "" && coding != "identity" {
			r, b.size = b.decode(coding, r), -1
		}
	}
	return r
}

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.reader.Read(p)
	if b.err = err; err != nil && !errors.Is(err, io.EOF) {
		var known *Error
		b.x.isBroken = !errors.As(err, &known) // we stopped, not the host
	}
	return n, err
}

// readAll reads all there is into a slice of the right size. colly would read
// it too, into one it grows; after this it finds the end, or the error.
func (b *body) readAll() []byte {
	if b.size >= 0 {
		whole := make([]byte, 0, min(b.size, smallBody)+1) // one more, to see the end
		return b.readInto(whole, func(full []byte) []byte { return slices.Grow(full, max(int(b.size)+1-len(full), 1)) })
	}
	scratch := b.tools.scratch.Get().(*[]byte)
	read := b.readInto((*scratch)[:0], func(full []byte) []byte { return slices.Grow(full, len(full)) })
	if cap(read) > smallBody {
		return read // too large to keep, and to copy
	}
	*scratch = read
	defer b.tools.scratch.Put(scratch)
	return slices.Clone(read)
}

// readInto fills a slice to its capacity, and grows it if there is more.
func (b *body) readInto(read []byte, grow func([]byte) []byte) []byte {
	for {
		n, err := b.Read(read[len(read):cap(read)])
		if read = read[:len(read)+n]; err != nil {
			return read
		}
		if len(read) == cap(read) {
			read = grow(read)
		}
	}
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

// reserver makes what a body calls before it outgrows smallBody, and before a
// decoder takes memory of its own.
func (b *bodies) reserver(ctx context.Context, res *http.Response, x *exchange) func(size int64) error {
	all := int64(0)
	return func(size int64) error {
		all += size
		b.release(x) // also of a hop before, whose body is gone
		if err := b.all.Acquire(ctx, min(all, b.size)); err != nil {
			return &Error{Outcome: OutcomeDeferred, Reason: "no room for its body: too many large ones at once", Status: res.StatusCode, Err: err}
		}
		x.reserved = min(all, b.size)
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
	need    int64
	reserve func(int64) error // nil: done
}

func (r *reservingReader) Read(p []byte) (int, error) {
	if r.left <= 0 && r.reserve != nil {
		if err := r.reserve(r.need); err != nil {
			return 0, err
		}
		r.reserve = nil
	}
	n, err := r.r.Read(p)
	r.left -= int64(n)
	return n, err
}
