package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// benchFile is a file of pages of about 60 KB, as archives have them.
func benchFile(b *testing.B, records int) []byte {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 1))
	var file bytes.Buffer
	w := NewWriter(&file)
	for n := range records {
		var page strings.Builder
		for page.Len() < 60_000 {
			fmt.Fprintf(&page, "<div class=\"c%d\"><a href=\"/news/%x\">", random.IntN(20), random.Uint64())
			for range 12 {
				fmt.Fprintf(&page, "%x ", random.IntN(300)*7919)
			}
			page.WriteString("</a></div>\n")
		}
		_, err := w.Write(NewRecord{
			Type: TypeResponse, TargetURI: fmt.Sprintf("https://a.example/%d", n), Date: time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC),
			ContentType: "application/http; msgtype=response", Payload: []byte(page.String()),
			Head: ResponseHead(200, http.Header{"Content-Type": {"text/html"}, "Server": {"nginx"}, "Date": {"Sun, 22 Nov 2026 02:00:00 GMT"}}, page.Len()),
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return file.Bytes()
}

// BenchmarkReader reads the pages of a file; ratio is that time against
// unpacking the same file and nothing else, in turns. All reads them, headers only
// their headers, and skips the bodies.
func BenchmarkReader(b *testing.B) {
	const records = 200
	file := benchFile(b, records)
	for name, isRead := range map[string]bool{"all": true, "headers": false} {
		b.Run(name, func(b *testing.B) {
			var read, unpacked time.Duration
			var size int64
			z := new(gzip.Reader)
			r := NewReader(nil, 0)
			buffer := bufio.NewReaderSize(nil, rawBuffer)
			b.ReportAllocs()
			for b.Loop() {
				began := time.Now()
				buffer.Reset(bytes.NewReader(file))
				if err := z.Reset(buffer); err != nil {
					b.Fatal(err)
				}
				n, err := io.CopyBuffer(onlyWriter{io.Discard}, onlyReader{z}, make([]byte, textBuffer))
				if err != nil {
					b.Fatal(err)
				}
				size = n
				between := time.Now()
				r.Reset(onlyReader{bytes.NewReader(file)}, 0)
				if got := countPages(b, r, isRead); got != records {
					b.Fatalf("%d records", got)
				}
				unpacked += between.Sub(began)
				read += time.Since(between)
			}
			b.ReportMetric(float64(records*b.N)/read.Seconds(), "records/s")
			b.ReportMetric(float64(size)*float64(b.N)/read.Seconds()/1e6, "MB/s")
			b.ReportMetric(float64(read)/float64(unpacked), "ratio-to-gunzip")
		})
	}
}

// onlyReader and onlyWriter hide short cuts that one of the two would take.
type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)

func countPages(b *testing.B, r *Reader, isRead bool) int {
	b.Helper()
	for n := 0; ; n++ {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			b.Fatal(err)
		}
		if !isRead {
			continue
		}
		res, err := rec.Response()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := res.ReadAll(1 << 20); err != nil {
			b.Fatal(err)
		}
	}
}
