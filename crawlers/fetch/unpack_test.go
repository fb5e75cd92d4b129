package fetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// unpack reads a body as a Fetch would.
func unpack(f *Fetcher, coding string, sent []byte) ([]byte, *body, error) {
	x := &exchange{maxWire: 1 << 20, maxBody: 1 << 20}
	res := &http.Response{Header: http.Header{"Content-Encoding": {coding}}, Body: io.NopCloser(bytes.NewReader(sent)), ContentLength: int64(len(sent))}
	b := newBody(res, x, f.tools, func(int64) error { return nil }, func() {})
	read := b.readAll()
	_, err := b.Read(make([]byte, 1))
	b.Close()
	return read, b, err
}

// Decoders that are used again remember nothing, also after what broke off.
func TestDecodersAreUsedAgain(t *testing.T) {
	t.Parallel()
	f := newTestFetcher(t, nil)
	pack := map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"br":   func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
	}
	for round := range 5 {
		for coding, open := range pack {
			want := strings.Repeat(coding+" news of the day. ", 1000*(round+1))
			var b bytes.Buffer
			w := open(&b)
			io.WriteString(w, want)
			w.Close()
			sent := b.Bytes()
			if got, _, err := unpack(f, coding, sent); string(got) != want || !errors.Is(err, io.EOF) {
				t.Errorf("round %d, %s: %d bytes of %d, %v", round, coding, len(got), len(want), err)
			}
			if _, _, err := unpack(f, coding, sent[:len(sent)*2/3]); errors.Is(err, io.EOF) {
				t.Errorf("round %d, %s: cut, and no error", round, coding)
			}
		}
	}
}

func TestWindowThatADecoderMayTake(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		coding string
		head   []byte
		want   int64
	}{
		{"br", []byte{0x00}, 1 << 16}, {"br", []byte{0x01}, 1 << 17}, {"br", []byte{0x21}, 1 << 10}, {"br", []byte{0x0b}, 1 << 22}, {"br", []byte{0x0f}, 1 << 24},
		{"zstd", []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58}, 2 << 20}, {"zstd", []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff}, maxWindow},
		{"zstd", []byte("not zstd"), 0}, {"gzip", []byte{0x1f, 0x8b}, 0},
	} {
		if got := window(c.coding, c.head); got != c.want {
			t.Errorf("%s % x: %d, want %d", c.coding, c.head, got, c.want)
		}
	}
}

// Whatever comes, it ends, within its bounds.
func FuzzUnpack(f *testing.F) {
	fetcher := newTestFetcher(f, nil)
	f.Add("gzip", []byte{0x1f, 0x8b, 8, 0})
	f.Add("br, zstd", []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58})
	f.Add("deflate", []byte{0x78, 0x9c})
	f.Add("br", []byte{0x0b, 0x01, 0x80, 'a', 0x03})
	f.Fuzz(func(t *testing.T, coding string, sent []byte) {
		got, b, _ := unpack(fetcher, coding, sent)
		if int64(len(got)) > b.x.maxBody || b.x.sent > int64(len(sent)) {
			t.Errorf("%d bytes of %d sent, of which %d were read", len(got), len(sent), b.x.sent)
		}
	})
}
