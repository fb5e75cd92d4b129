package discover

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// corpusPage is one line of dev.jsonl.
type corpusPage struct {
	URL         string `json:"url"`
	Host        string `json:"host"`
	PageType    string `json:"page_type"`
	HTMLPath    string `json:"html_path"`
	ContentType string `json:"content_type"`
}

func corpusPages(t *testing.T) []corpusPage {
	t.Helper()
	f, err := os.Open(corpus(t, "dev.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var pages []corpusPage
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var p corpusPage
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		pages = append(pages, p)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return pages
}

// byHost gives the addresses of articles of hosts with at least so many.
func byHost(pages []corpusPage, least int) map[string][]string {
	hosts := map[string][]string{}
	for _, p := range pages {
		if p.PageType == "article" && p.URL != "" && !slices.Contains(hosts[p.Host], p.URL) {
			hosts[p.Host] = append(hosts[p.Host], p.URL)
		}
	}
	maps.DeleteFunc(hosts, func(_ string, urls []string) bool { return len(urls) < least })
	return hosts
}

// A pattern learned from all articles of a host but one knows the one. The
// articles of a host are up to sixteen years apart, so that some of the last
// ones have a shape that no other has.
func TestCorpusPatternsKnowTheArticleLeftOut(t *testing.T) {
	t.Parallel()
	hosts := byHost(corpusPages(t), 4)
	total, known := 0, 0
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		urls := hosts[host]
		hostKnown := 0
		for i, u := range urls {
			p := LearnPattern(slices.Delete(slices.Clone(urls), i, i+1))
			total++
			if p.Match(u) {
				known++
				hostKnown++
			} else {
				t.Logf("  missed %s", u)
			}
		}
		t.Logf("%s: %d of %d: %s", host, hostKnown, len(urls), LearnPattern(urls))
	}
	t.Logf("%d hosts: %d of %d articles known (%.3f)", len(hosts), known, total, float64(known)/float64(total))
	if total < 200 || float64(known) < 0.85*float64(total) {
		t.Errorf("%d of %d articles known", known, total)
	}
}

func readCorpusPage(t *testing.T, p corpusPage) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join(corpus(t), p.HTMLPath))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// What a learned pattern takes of the links of a host's own pages is printed,
// for a reader to judge: go test -v -run OfAHost.
func TestCorpusPatternsOnTheLinksOfAHost(t *testing.T) {
	t.Parallel()
	pages := corpusPages(t)
	hosts := byHost(pages, 4)
	var links, taken int
	type pick struct{ url, text string }
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		pattern := LearnPattern(hosts[host])
		matched, other := map[string]pick{}, map[string]pick{}
		for _, p := range pages {
			if p.Host != host {
				continue
			}
			l, err := ReadLinks(p.URL, p.ContentType, readCorpusPage(t, p))
			if err != nil {
				continue
			}
			for _, link := range l.Pages {
				if siteOf(link.URL) != siteOf(p.URL) {
					continue
				}
				if pattern.Match(link.URL) {
					matched[link.URL] = pick{link.URL, link.Text}
				} else {
					other[link.URL] = pick{link.URL, link.Text}
				}
			}
		}
		links, taken = links+len(matched)+len(other), taken+len(matched)
		t.Logf("%s: %d of %d own links: %s", host, len(matched), len(matched)+len(other), pattern)
		for name, from := range map[string]map[string]pick{"+": matched, "-": other} {
			keys := slices.Sorted(maps.Keys(from))
			for i := 0; i < len(keys); i += max(1, len(keys)/8) {
				t.Logf("   %s %s  %q", name, keys[i], clip(from[keys[i]].text, 60))
			}
		}
	}
	t.Logf("%d own links, %d taken", links, taken)
	if taken == 0 || taken == links {
		t.Errorf("of %d links %d were taken", links, taken)
	}
}
