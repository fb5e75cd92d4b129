package fetch

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// tools are what bodies are unpacked with, used again as each takes up to some
// hundred kilobytes.
type tools struct {
	buffers, gzips, brotlis, zstds, scratch sync.Pool
}

func newTools() *tools {
	t := &tools{}
	t.buffers.New = func() any { return bufio.NewReader(nil) }
	t.gzips.New = func() any { return new(gzip.Reader) }
	t.brotlis.New = func() any { return brotli.NewReader(nil) }
	t.scratch.New = func() any { s := make([]byte, 0, 64<<10); return &s }
	return t
}

// decode puts a decoder before a reader, until the body is closed.
func (b *body) decode(coding string, r io.Reader) io.Reader {
	buffer := b.tools.buffers.Get().(*bufio.Reader)
	buffer.Reset(r)
	b.closers = append(b.closers, func() {
		buffer.Reset(nil)
		b.tools.buffers.Put(buffer)
	})
	return &decoder{coding: coding, r: buffer, body: b}
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
	head, err := d.r.Peek(zstd.HeaderMaxSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(head) == 0 {
		return d.r, nil // an empty body, of a 304 or a HEAD
	}
	if size := window(d.coding, head); size > smallBody {
		if err := d.body.reserve(size); err != nil {
			return nil, err
		}
	}
	switch d.coding {
	case "gzip", "x-gzip":
		if len(head) < 2 || head[0] != 0x1f || head[1] != 0x8b {
			return d.r, nil
		}
		return d.gzip()
	case "deflate":
		if len(head) >= 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			return zlib.NewReader(d.r)
		}
		return flate.NewReader(d.r), nil
	case "br":
		z := d.body.tools.brotlis.Get().(*brotli.Reader)
		d.body.closers = append(d.body.closers, func() {
			if z.Reset(nil) == nil {
				d.body.tools.brotlis.Put(z)
			}
		})
		return z, z.Reset(d.r)
	case "zstd":
		return d.zstd()
	default:
		return d.r, nil
	}
}

func (d *decoder) gzip() (io.Reader, error) {
	z := d.body.tools.gzips.Get().(*gzip.Reader)
	if err := z.Reset(d.r); err != nil {
		return nil, err // it may hold on to our reader: not used again
	}
	d.body.closers = append(d.body.closers, func() { d.body.tools.gzips.Put(z) })
	return z, nil
}

// window is how much memory a body asks its decoder to take before it has
// shown that it needs any: 16 MiB for a few bytes, if someone means ill.
func window(coding string, head []byte) int64 {
	switch coding {
	case "br": // RFC 7932, 9.1
		bits := 16
		if head[0]&1 == 1 {
			switch high, low := int(head[0]>>4&7), int(head[0]>>1&7); {
			case low != 0:
				bits = 17 + low
			case high == 0:
				bits = 17
			default:
				bits = 8 + high
			}
		}
		return 1 << bits
	case "zstd":
		var h zstd.Header
		if h.Decode(head) == nil {
			return int64(min(h.WindowSize, maxWindow))
		}
	}
	return 0
}

// maxWindow is how far back a zstd frame may refer: what RFC 9659 allows on the
// web.
const maxWindow = 8 << 20

func (d *decoder) zstd() (io.Reader, error) {
	z, isOld := d.body.tools.zstds.Get().(*zstd.Decoder)
	var err error
	if isOld {
		err = z.Reset(d.r)
	} else {
		z, err = zstd.NewReader(d.r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	}
	if err != nil {
		return nil, err
	}
	d.body.closers = append(d.body.closers, func() {
		if z.Reset(nil) == nil {
			d.body.tools.zstds.Put(z)
		}
	})
	return z, nil
}
