package archive

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/overheard-news/overheard/crawlers/warc"
)

// benchPage is a page of about 60 KB that packs like one, to about a quarter.
func benchPage(n int) Page {
	random := rand.New(rand.NewPCG(uint64(n), 1))
	var b strings.Builder
	for b.Len() < 60_000 {
		fmt.Fprintf(&b, "<div class=\"c%d\"><a href=\"/news/%x\">", random.IntN(20), random.Uint64())
		for range 12 {
			fmt.Fprintf(&b, "%s ", words[random.IntN(len(words))])
		}
		b.WriteString("</a></div>\n")
	}
	return Page{
		URL: fmt.Sprintf("https://a.example/%d", n), FetchedAt: time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC), Status: 200,
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: []byte(b.String()),
	}
}

var words = strings.Fields("the of and to in company market shares said year percent government new after will profit its that from has was quarter group bank prices they people million over more than first which their energy report minister court police children river election season league goal weather forecast music festival museum hospital doctors school road bridge railway airport flight storm flood fire rescue")

// BenchmarkWrite writes pages of 60 KB. Its measures besides the time: ratio is
// that time against writing the same packed bytes to a file, pack against packing
// them alone.
func BenchmarkWrite(b *testing.B) {
	pages := make([]Page, 64)
	for n := range pages {
		pages[n] = benchPage(n)
	}
	a := newTestArchive(b, nil)
	packer := warc.NewWriter(nil)
	packed := make([][]byte, len(pages))
	for n, p := range pages {
		one, err := packer.Pack(warc.NewRecord{Type: warc.TypeResponse, TargetURI: p.URL, Date: p.FetchedAt, Head: warc.ResponseHead(200, p.Header, len(p.Body)), Payload: p.Body})
		if err != nil {
			b.Fatal(err)
		}
		packed[n] = append([]byte(nil), one...)
	}
	out, err := os.Create(filepath.Join(b.TempDir(), "packed"))
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	b.SetBytes(int64(len(pages[0].Body)))
	var archived, written time.Duration
	i := 0
	for b.Loop() {
		began := time.Now()
		if _, err := a.Write(pages[i%len(pages)]); err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		if _, err := out.Write(packed[i%len(packed)]); err != nil {
			b.Fatal(err)
		}
		archived += between.Sub(began)
		written += time.Since(between)
		i++
	}
	b.ReportMetric(float64(b.N)/archived.Seconds(), "records/s")
	b.ReportMetric(float64(archived)/float64(written), "ratio-to-write")
	b.ReportMetric(float64(len(packed[0]))/float64(len(pages[0].Body)), "packed-share")
}
