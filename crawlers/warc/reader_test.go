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

// TestDamageCostsOneRecord flips each byte of a file in turn.
func TestDamageCostsOneRecord(t *testing.T) {
	t.Parallel()
	var parts []string
	for n := range 4 {
		parts = append(parts, recordOf(n))
	}
	file := zipped(parts...)
	starts := []int{0}
	for _, p := range parts {
		starts = append(starts, starts[len(starts)-1]+len(zipped(p)))
	}
	unseen := 0
	for i := starts[1]; i < len(file); i++ {
		damaged := []byte(file)
		damaged[i] ^= 0xff
		pages, damage := found(t, NewReader(bytes.NewReader(damaged), 0))
		for n := range 4 {
			isHit := i >= starts[n] && i < starts[n+1]
			got, isThere := pages[fmt.Sprintf("https://a.example/%d", n)]
			switch {
			case isThere && got != bodyOf(n):
				t.Fatalf("byte %d: page %d was read wrong", i, n)
			case !isThere && !isHit:
				t.Fatalf("byte %d: page %d was lost, damage %q", i, n, damage)
			case !isThere && len(damage) != 1:
				t.Fatalf("byte %d: page %d was lost, and the damage is %q", i, n, damage)
			case isThere && isHit:
				unseen++ // such as a byte of the time in the gzip header
			}
		}
	}
	if most := (len(file) - starts[1]) / 10; unseen > most {
		t.Errorf("%d damaged bytes made no difference, want at most %d", unseen, most)
	}
}

// TestTornFile cuts a file at each byte, as a killed writer does.
func TestTornFile(t *testing.T) {
	t.Parallel()
	for name, pack := range map[string]func(...string) string{
		"record-wise": zipped,
		"as one":      func(s ...string) string { return zipped(strings.Join(s, "")) },
		"plain":       func(s ...string) string { return strings.Join(s, "") },
	} {
		first, file := pack(recordOf(0)), pack(recordOf(0), recordOf(1))
		for i := range len(file) {
			pages, damage := found(t, NewReader(strings.NewReader(file[:i]), 0))
			if len(damage) > 1 {
				t.Fatalf("%s, %d bytes: damage %q", name, i, damage)
			}
			for uri, body := range pages {
				if n := int(uri[len(uri)-1] - '0'); body != bodyOf(n) {
					t.Fatalf("%s, %d bytes: page %d was read wrong", name, i, n)
				}
			}
			if name != "as one" && i >= len(first) && len(pages) < 1 {
				t.Fatalf("%s, %d bytes: the whole record was lost: %q", name, i, damage)
			}
		}
	}
}

func TestDamageInPlainFiles(t *testing.T) {
	t.Parallel()
	good := recordOf(0)
	tests := []struct{ name, file string }{
		{"a length too short", strings.Replace(recordOf(1), "Content-Length: 2", "Content-Length: 1", 1)},
		{"a length too long", strings.Replace(recordOf(1), "Content-Length: ", "Content-Length: 1", 1)},
		{"no length", strings.Replace(recordOf(1), "Content-Length", "Content-Lengths", 1)},
		{"a negative length", strings.Replace(recordOf(1), "Content-Length: ", "Content-Length: -", 1)},
		{"a length beyond reason", strings.Replace(recordOf(1), "Content-Length: ", "Content-Length: 99999999999999", 1)},
		{"two lengths", strings.Replace(recordOf(1), "\r\n\r\n", "\r\nContent-Length: 7\r\n\r\n", 1)},
		{"no type", strings.Replace(recordOf(1), "WARC-Type", "WARC-Typo", 1)},
		{"no date", strings.Replace(recordOf(1), "2026-11-22T02", "yesterday", 1)},
		{"a version of tomorrow", strings.Replace(recordOf(1), "WARC/1.0", "WARC/2.0", 1)},
		{"a line that is no field", strings.Replace(recordOf(1), "WARC-Date:", "WARC-Date", 1)},
		{"garbage", strings.Repeat("x", 100_000) + "\r\n"},
		{"a header without end", "WARC/1.0\r\nWARC-Type: " + strings.Repeat("x", 2*maxHead) + "\r\n\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for form, file := range map[string]string{
				"plain":       good + test.file + recordOf(2) + recordOf(3),
				"record-wise": zipped(good, test.file, recordOf(2), recordOf(3)),
				"as one":      zipped(good + test.file + recordOf(2) + recordOf(3)),
			} {
				pages, damage := found(t, NewReader(strings.NewReader(file), 0))
				if form == "as one" && test.name == "a length too long" {
					continue // it swallows what follows, and cannot be wound back
				}
				if pages["https://a.example/2"] != bodyOf(2) || pages["https://a.example/3"] != bodyOf(3) || len(damage) != 1 {
					t.Errorf("%s: %d pages, damage %q; want the last two, and one damaged", form, len(pages), damage)
				}
			}
		})
	}
}

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

func TestBodiesThatAreDamaged(t *testing.T) {
	t.Parallel()
	head := "HTTP/1.1 200 OK\r\n"
	bomb := zipped(strings.Repeat("\x00", 8<<20))
	tests := []struct {
		name, block string
		want        string // of the error
	}{
		{"no status line", "hello", "status line"},
		{"half a gzip", head + "Content-Encoding: gzip\r\n\r\n" + zipped(page(1))[:50], "unpack gzip"},
		{"half a chunk", head + "Transfer-Encoding: chunked\r\n\r\n5\r\nabc", "unexpected EOF"},
		{"a chunk without size", head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n", "chunk size"},
		{"a chunk of the wrong size", head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n", "behind a chunk"},
		{"a bomb", head + "Content-Encoding: gzip\r\n\r\n" + bomb, "too large"},
		{"a head without end", head + "X: " + strings.Repeat("x", maxHead), "header over"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, file := range []string{plainRecord(test.block) + recordOf(2), zipped(plainRecord(test.block), recordOf(2))} {
				r := NewReader(strings.NewReader(file), 0)
				rec, err := r.Next()
				if err != nil {
					t.Fatal(err)
				}
				res, err := rec.Response()
				if err == nil {
					_, err = res.ReadAll(1 << 20)
				}
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v, want ...%s...", err, test.want)
				}
				pages, damage := found(t, r)
				if diff := cmp.Diff(map[string]string{"https://a.example/2": bodyOf(2)}, pages); diff != "" || len(damage) > 0 {
					t.Errorf("the next record: %s, damage %q", diff, damage)
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

// TestMemoryIsFlat reads a record of 1 GiB.
func TestMemoryIsFlat(t *testing.T) {
	const size = 1 << 30
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
		t.Errorf("took %d bytes for a record of 1 GiB", grown)
	}
}
