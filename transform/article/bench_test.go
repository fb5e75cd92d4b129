package article

import (
	"log/slog"
	"net/url"
	"strings"
	"testing"
)

// BenchmarkJudge takes the judgement of a page alone, beside all of its reading:
// short texts are asked for the words of walls, paywalls and error pages, long ones
// are not.
func BenchmarkJudge(b *testing.B) {
	cyrillic := "<p>" + strings.Repeat("Мэр открыл новый мост в понедельник после двух лет работ, и первый автобус прошёл по нему утром. ", 8) + "</p>"
	for _, bb := range []struct{ name, body string }{
		{"short", story}, {"short, a line a paragraph", distinct(10)}, {"short Cyrillic", cyrillic}, {"long", distinct(60)},
	} {
		page := Page{URL: "https://www.example.com/news/new-bridge-opens-in-westhaven", ContentType: "text/html; charset=utf-8", Body: []byte(document1("<title>A bridge opens at last</title>", "<h1>A bridge opens at last</h1>"+bb.body)), FirstSeenAt: seen}
		n := New(slog.New(slog.DiscardHandler), Config{})
		b.Run(bb.name+"/judge", func(b *testing.B) {
			doc, _ := n.parse(string(page.Body))
			address, err := url.Parse(page.URL)
			if err != nil {
				b.Fatal(err)
			}
			a := &Article{Title: "A bridge opens at last"}
			a.Body = n.body(doc, address, a.Title).text
			b.ReportAllocs()
			for b.Loop() {
				if v := judge(doc, address, a, false); v.Outcome != Stored {
					b.Fatalf("verdict %+v", v)
				}
			}
			b.ReportMetric(float64(measure(a.Body)), "characters")
		})
		b.Run(bb.name+"/normalise", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := n.Normalise(b.Context(), page); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
