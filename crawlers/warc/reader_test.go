package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// plainRecord is a record as it stands in a plain file.
func plainRecord(block string, fields ...string) string {
	header := fmt.Sprintf("WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2026-11-22T02:00:00Z\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n", len(block))
	for _, f := range fields {
		header += f + "\r\n"
	}
	return header + "\r\n" + block + "\r\n\r\n"
}

func zipped(texts ...string) string {
	var b bytes.Buffer
	for _, s := range texts {
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, s)
		_ = w.Close()
	}
	return b.String()
}

// page is an HTTP answer whose body says which one it is.
func page(n int) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\npage %d %s", n, strings.Repeat("lorem ipsum ", 20))
}

func recordOf(n int) string {
	return plainRecord(page(n), fmt.Sprintf("WARC-Target-URI: https://a.example/%d", n))
}

// found is what could be read of a file: the pages by their address, and the
// damage.
func found(t *testing.T, r *Reader) (pages map[string]string, damage []string) {
	t.Helper()
	pages = map[string]string{}
	for range 1000 {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return pages, damage
		}
		body := []byte(nil)
		if err == nil {
			var res *Response
			if res, err = rec.Response(); err == nil {
				body, err = res.ReadAll(1 << 20)
			}
		}
		var d *DamagedError
		switch {
		case errors.Is(err, ErrNoResponse): // its header was hit: that it is damaged shows at its end
		case errors.As(err, &d):
			damage = append(damage, d.Error())
		case err != nil:
			t.Fatalf("%v", err)
		default:
			pages[rec.TargetURI] = string(body)
		}
	}
	t.Fatal("it does not end")
	return nil, nil
}

func bodyOf(n int) string { _, body, _ := strings.Cut(page(n), "\r\n\r\n"); return body }

func TestWhatRealFilesDo(t *testing.T) {
	t.Parallel()
	const body = "<p>Grüße</p>"
	var br, zs, zl bytes.Buffer
	w := brotli.NewWriter(&br)
	_, _ = io.WriteString(w, body)
	_ = w.Close()
	z, _ := zstd.NewWriter(&zs)
	_, _ = io.WriteString(z, body)
	_ = z.Close()
	d := zlib.NewWriter(&zl)
	_, _ = io.WriteString(d, body)
	_ = d.Close()
	head := "HTTP/1.1 200 OK\r\n"
	chunks := "6\r\n<p>Grü\r\n6;x=y\r\n\xc3\x9fe</p\r\n1\r\n>\r\n0\r\n\r\n"
	chunks = strings.Replace(chunks, "6\r\n<p>Gr\xc3\xbc", "7\r\n<p>Gr\xc3\xbc", 1)
	tests := []struct{ name, record, want string }{
		{"as it should be", plainRecord(head + "\r\n" + body), body},
		{"lines that end in LF", strings.ReplaceAll(plainRecord(head+"\r\n"+body), "\r\n", "\n"), ""},
		{"names in any case", strings.NewReplacer("WARC-Type", "warc-TYPE", "Content-Length", "content-length").Replace(plainRecord(head + "\r\n" + body)), body},
		{"gzip", plainRecord(head + "Content-Encoding: gzip\r\n\r\n" + zipped(body)), body},
		{"brotli", plainRecord(head + "Content-Encoding: br\r\n\r\n" + br.String()), body},
		{"zstd", plainRecord(head + "Content-Encoding: zstd\r\n\r\n" + zs.String()), body},
		{"deflate", plainRecord(head + "content-encoding: deflate\r\n\r\n" + zl.String()), body},
		{"announced, but not done", plainRecord(head + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + body), body},
		{"chunks", plainRecord(head + "Transfer-Encoding: chunked\r\n\r\n" + chunks), body},
		{"chunks of gzip", plainRecord(head + "Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n" + fmt.Sprintf("%X\r\n%s\r\n0\r\n\r\n", len(zipped(body)), zipped(body))), body},
		{"cut, as it says", plainRecord(head+"Transfer-Encoding: chunked\r\n\r\n"+chunks[:len(chunks)-8], "WARC-Truncated: length"), body[:len(body)-1]},
		{"a status line of HTTP/2", plainRecord("HTTP/2 200\r\n\r\n" + body), body},
		{"a line that is no field", plainRecord(head + "nonsense\r\n folded\r\n\r\n" + body), body},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.want == "" { // the block became shorter, too: its length must be that
				block := strings.ReplaceAll(head+"\r\n"+body, "\r\n", "\n")
				test.record = strings.ReplaceAll(plainRecord(block), "\r\n", "\n")
				test.want = body
			}
			for _, file := range []string{test.record, zipped(test.record)} {
				r := NewReader(iotest.OneByteReader(strings.NewReader(file)), 0)
				rec, err := r.Next()
				if err != nil {
					t.Fatal(err)
				}
				res, err := rec.Response()
				if err != nil {
					t.Fatal(err)
				}
				got, err := res.ReadAll(1 << 20)
				if err != nil || string(got) != test.want || res.Status != 200 {
					t.Errorf("got status %d, %q, %v; want %q", res.Status, got, err, test.want)
				}
				if _, err := r.Next(); !errors.Is(err, io.EOF) {
					t.Errorf("at the end: %v", err)
				}
			}
		})
	}
}

func TestHeaderFields(t *testing.T) {
	t.Parallel()
	file := "WARC/1.1\r\nwarc-type: Metadata\r\nWARC-Target-URI: <https://a.example/b c>\r\nWARC-Record-ID: <urn:x>\r\n" +
		"WARC-Date: 2026-11-22T02:00:00.123456Z\r\nX-Long: one\r\n  two\r\nWARC-Truncated: time\r\nContent-Length: 2\r\n\r\nhi\r\n\r\n"
	rec, err := NewReader(strings.NewReader(file), 0).Next()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"metadata", "https://a.example/b%20c", "<urn:x>", "2026-11-22T02:00:00.123456Z", "one two", "time", "1.1"}
	got := []string{rec.Type, rec.TargetURI, rec.ID, rec.Date.Format(time.RFC3339Nano), rec.Header.Get("x-long"), rec.Truncated, rec.Version}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	block, err := io.ReadAll(rec.Block())
	if string(block) != "hi" || err != nil {
		t.Errorf("block %q, %v", block, err)
	}
}

// TestSourceErrorIsFinal: a transfer that breaks is no damage.
func TestSourceErrorIsFinal(t *testing.T) {
	t.Parallel()
	cause := errors.New("connection reset")
	for _, file := range []string{zipped(recordOf(0), recordOf(1)), recordOf(0) + recordOf(1), zipped(recordOf(0) + recordOf(1))} {
		for i := range len(file) {
			r := NewReader(io.MultiReader(strings.NewReader(file[:i]), iotest.ErrReader(cause)), 0)
			var err error
			for range 10 {
				var rec *Record
				if rec, err = r.Next(); err != nil {
					break
				}
				if res, err := rec.Response(); err == nil {
					_, _ = res.ReadAll(1 << 20)
				}
			}
			if !errors.Is(err, cause) {
				t.Fatalf("after %d bytes of %d: got %v", i, len(file), err)
			}
		}
	}
}

func TestWhatIsNoWARC(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"html": "<!doctype html><p>404</p>", "zstd": "\x28\xb5\x2f\xfd\x00\x00", "arc": "filedesc://x.arc 0.0.0.0 1 text/plain 1\n",
		"arc.gz": zipped("filedesc://x.arc 0.0.0.0 1 text/plain 1\n"),
	} {
		if _, err := NewReader(strings.NewReader(file), 0).Next(); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewReader(strings.NewReader(""), 0).Next(); !errors.Is(err, io.EOF) {
		t.Errorf("an empty file: %v", err)
	}
}

// TestMemoryIsFlat reads a record of 256 MiB.
func TestMemoryIsFlat(t *testing.T) {
	const size = 1 << 28
	pr, pw := io.Pipe()
	go func() {
		z, _ := gzip.NewWriterLevel(pw, gzip.BestSpeed)
		_, _ = fmt.Fprintf(z, "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Date: 2026-11-22T02:00:00Z\r\nContent-Length: %d\r\n\r\n", size)
		chunk := make([]byte, 1<<20)
		for range size / len(chunk) {
			_, _ = z.Write(chunk)
		}
		_ = z.Close()
		_ = pw.Close()
	}()
	r := NewReader(pr, 0)
	rec, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n, err := io.Copy(io.Discard, rec.Block())
	if err != nil || n != size {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if _, err := rec.Finish(); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
		t.Errorf("took %d bytes for a record of 256 MiB", grown)
	}
}
