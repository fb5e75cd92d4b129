package article

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// recorded is one page of the shared corpus with what is known of it.
type recorded struct {
	ID          string `json:"id"`
	URL         string `json:"url"`
	News        bool   `json:"news"`
	PageType    string `json:"page_type"`
	Lang        string `json:"lang"`
	ContentType string `json:"content_type"`
	Path        string `json:"html_path"`
	FetchedAt   string `json:"fetched_at"`
	Gold        struct {
		Title     string   `json:"title"`
		Body      string   `json:"body"`
		Authors   []string `json:"authors"`
		Published string   `json:"published"`
	} `json:"gold"`
	QA struct {
		BodyOK  bool `json:"body_ok"`
		TitleOK bool `json:"title_ok"`
	} `json:"gold_qa"`
	html []byte
}

// corpusDir skips the test where the shared material is not at hand.
func corpusDir(t testing.TB) string {
	t.Helper()
	shared := os.Getenv("OVERHEARD_SHARED")
	if shared == "" {
		t.Skip("OVERHEARD_SHARED is not set")
	}
	return filepath.Join(shared, "corpus")
}

func readCorpus(t testing.TB, dir string) []recorded {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []recorded
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var r recorded
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		zipped, err := os.ReadFile(filepath.Join(dir, r.Path))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(zipped))
		if err != nil {
			t.Fatal(err)
		}
		if r.html, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// corpusNow is after every page of the corpus.
var corpusNow = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func (r recorded) page() Page {
	seen := corpusNow
	if t, err := time.Parse("2006-01-02T15:04:05", r.FetchedAt); err == nil {
		seen = t
	}
	return Page{URL: r.URL, RequestedURL: r.URL, ContentType: r.ContentType, Body: r.html, FetchedAt: seen, FirstSeenAt: seen}
}

// TestOnRecordedPages measures every field on the shared corpus and holds the
// floors below; figures are printed with -v.
func TestOnRecordedPages(t *testing.T) {
	list := readCorpus(t, corpusDir(t))
	if warehousetest.IsRaceBuild() { // ten times slower, and races show on a few pages as well
		for i := range len(list) / 5 {
			list[i] = list[5*i]
		}
		list = list[:len(list)/5]
	}
	n := New(slog.New(slog.DiscardHandler), Config{})
	verbose := os.Getenv("OVERHEARD_VERBOSE") != ""
	type tally struct{ ok, all int }
	rate := func(c tally) string {
		return fmt.Sprintf("%.3f (%d of %d)", float64(c.ok)/float64(max(c.all, 1)), c.ok, c.all)
	}
	var news, others, title, newsTitle, day, authors, lang tally
	var f1 float64
	var f1s []float64
	outcomes := map[string]int{}
	ids := map[int64][]string{}
	var spent time.Duration
	for _, r := range list {
		start := time.Now()
		a, v, err := n.Normalise(t.Context(), r.page())
		took := time.Since(start)
		spent += took
		if err != nil {
			t.Errorf("%s: %v", r.ID, err)
			continue
		}
		if took > 500*time.Millisecond {
			t.Logf("slow: %s %s %d bytes", r.ID, took, len(r.html))
		}
		isArticle := r.PageType == "article"
		outcomes[fmt.Sprintf("news=%v article=%v %s", r.News, isArticle, v.Outcome)]++
		if r.News && isArticle {
			news.all++
			if a != nil {
				news.ok++
			}
		}
		if !isArticle {
			others.all++
			if a == nil {
				others.ok++
			}
		}
		if (a == nil) == isArticle || v.Outcome == Stub {
			t.Logf("%s: news=%v %s %s: %s %s", v.Outcome, r.News, r.PageType, r.ID, v.Reason, r.URL)
		}
		if a == nil || !isArticle {
			continue
		}
		ids[a.ID] = append(ids[a.ID], r.URL+"\t"+a.Title+"\t"+a.CanonicalURL)
		if r.Gold.Body != "" && r.QA.BodyOK {
			f := shingleF1(r.Gold.Body, a.Body)
			f1 += f
			f1s = append(f1s, f)
			if verbose && f < .6 {
				t.Logf("body F1 %.2f %s gold %d got %d", f, r.ID, len(r.Gold.Body), len(a.Body))
			}
		}
		if r.Gold.Title != "" && r.QA.TitleOK {
			title.all++
			ok := line(r.Gold.Title) == a.Title
			if r.News {
				newsTitle.all++
				if ok {
					newsTitle.ok++
				}
			}
			if ok {
				title.ok++
			} else if verbose {
				t.Logf("title %s: want %q got %q", r.ID, r.Gold.Title, a.Title)
			}
		}
		if len(r.Gold.Published) >= 10 {
			day.all++
			if sameDay(r.Gold.Published, a.PublishedAt) {
				day.ok++
			} else if verbose {
				t.Logf("date %s: want %s got %s by %s exact=%v", r.ID, r.Gold.Published, a.PublishedAt.Format(time.RFC3339), a.PublishedOrigin, a.IsPublishedExact)
			}
		}
		if len(r.Gold.Authors) > 0 {
			authors.all++
			if sameNames(r.Gold.Authors, a.Authors) {
				authors.ok++
			} else if verbose {
				t.Logf("authors %s: want %q got %q", r.ID, r.Gold.Authors, a.Authors)
			}
		}
		if r.Lang != "" {
			lang.all++
			if baseLanguage(r.Lang) == a.Language {
				lang.ok++
			} else {
				t.Logf("language %s: want %s got %s: %s", r.ID, r.Lang, a.Language, clip(a.Body, 60))
			}
		}
	}
	for _, urls := range ids {
		if len(urls) > 1 {
			t.Logf("one id for:\n\t%s", strings.Join(urls, "\n\t"))
		}
	}
	mean := f1 / float64(len(f1s))
	slices.Sort(f1s)
	t.Logf("outcomes: %v", outcomes)
	t.Logf("news stored: %s; non-articles refused: %s", rate(news), rate(others))
	t.Logf("body F1 mean %.3f median %.3f p10 %.3f on %d", mean, f1s[len(f1s)/2], f1s[len(f1s)/10], len(f1s))
	t.Logf("title exact %s, news %s; same day %s; authors %s; language %s", rate(title), rate(newsTitle), rate(day), rate(authors), rate(lang))
	t.Logf("%.1f ms a page", spent.Seconds()*1000/float64(len(list)))
	if mean < .94 {
		t.Errorf("body F1 mean %.3f, want at least .94", mean)
	}
	if share := float64(news.ok) / float64(news.all); share < .985 {
		t.Errorf("share of news pages stored %.4f, want at least .985", share)
	}
}

// sameDay accepts the day in the zone the gold is written in, or in UTC.
func sameDay(gold string, got time.Time) bool {
	if t, err := time.Parse(time.RFC3339, gold); err == nil {
		return got.In(t.Location()).Format(time.DateOnly) == gold[:10] || got.Format(time.DateOnly) == t.UTC().Format(time.DateOnly)
	}
	return got.Format(time.DateOnly) == gold[:10]
}

func sameNames(want, got []string) bool {
	key := func(list []string) string {
		var out []string
		for _, s := range list {
			out = append(out, letters(s))
		}
		slices.Sort(out)
		return strings.Join(out, ",")
	}
	return key(want) == key(got)
}

// shingleF1 compares texts by their runs of four tokens; a token is a word, or a
// character in scripts without spaces.
func shingleF1(want, got string) float64 {
	w, g := shingles(want), shingles(got)
	if len(w) == 0 || len(g) == 0 {
		return 0
	}
	var both, all int
	for s, n := range w {
		both += min(n, g[s])
	}
	for _, n := range g {
		all += n
	}
	var total int
	for _, n := range w {
		total += n
	}
	p, r := float64(both)/float64(all), float64(both)/float64(total)
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func shingles(s string) map[string]int {
	var tokens []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			tokens = append(tokens, word.String())
			word.Reset()
		}
	}
	for _, r := range line(s) {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			flush()
			tokens = append(tokens, string(r))
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			word.WriteRune(unicode.ToLower(r))
		default:
			flush()
		}
	}
	flush()
	out := map[string]int{}
	for i := 0; i+4 <= len(tokens); i++ {
		out[strings.Join(tokens[i:i+4], " ")]++
	}
	if len(tokens) > 0 && len(tokens) < 4 {
		out[strings.Join(tokens, " ")]++
	}
	return out
}

// BenchmarkRecordedPages reports the whole way of a page, and the parse alone as
// the limit no extractor can go below.
func BenchmarkRecordedPages(b *testing.B) {
	list := readCorpus(b, corpusDir(b))[:200]
	size := 0
	for _, r := range list {
		size += len(r.html)
	}
	b.Run("parse alone", func(b *testing.B) {
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			if _, err := html.Parse(bytes.NewReader(list[i%len(list)].html)); err != nil {
				b.Log(err)
			}
			i++
		}
		b.ReportMetric(float64(size)/float64(len(list)), "bytes/page")
	})
	b.Run("normalise", func(b *testing.B) {
		n := New(slog.New(slog.DiscardHandler), Config{})
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			p := list[i%len(list)].page()
			p.ChannelKind, p.ChannelPublishedAt = "feed", p.FirstSeenAt.Add(-time.Hour) // as a crawl brings it
			if _, _, err := n.Normalise(b.Context(), p); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
}
