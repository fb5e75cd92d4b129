package warc

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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

// TestBeginAtDamage begins to read where it cannot be told how the file is packed.
func TestBeginAtDamage(t *testing.T) {
	t.Parallel()
	for form, files := range map[string][2]string{
		"record-wise": {zipped(recordOf(1)), zipped(recordOf(2))},
		"plain":       {plainRecord("HTTP/1.1 200 OK\r\n\r\n" + zipped("no record")), recordOf(2)},
	} {
		first := files[0]
		for cut := 3; cut < len(first); cut++ {
			if strings.HasPrefix(first[cut:], "\x1f\x8b") {
				continue // of the page, but it looks like the file's
			}
			pages, damage := found(t, NewReader(strings.NewReader(first[cut:]+files[1]), int64(cut)))
			if len(damage) > 1 || pages["https://a.example/2"] != bodyOf(2) {
				t.Fatalf("%s, from byte %d: %d pages, damage %q", form, cut, len(pages), damage)
			}
		}
	}
}
