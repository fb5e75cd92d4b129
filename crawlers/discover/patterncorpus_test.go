package discover

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
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

// What a learned pattern takes of the links of a host's own pages: a sample is
// printed for a reader to judge, go test -v -run LinksOfAHost.
func TestCorpusPatternsOnTheLinksOfAHost(t *testing.T) {
	t.Parallel()
	const sample = 120
	pages := corpusPages(t)
	hosts := byHost(pages, 4)
	all, taken := map[string]bool{}, map[string]string{}
	for _, p := range pages {
		known := hosts[p.Host]
		if known == nil {
			continue
		}
		pattern := LearnPattern(known)
		l, err := ReadLinks(p.URL, p.ContentType, readCorpusPage(t, p))
		if err != nil {
			continue
		}
		for _, link := range l.Pages {
			if siteOf(link.URL) == siteOf(p.URL) {
				all[link.URL] = true
			}
		}
		for _, i := range itemsOn(l, p.URL, p.URL, pattern) {
			if !slices.Contains(known, i.URL) {
				taken[i.URL] = i.Title
			}
		}
	}
	addresses := slices.Sorted(maps.Keys(taken))
	dice := rand.New(rand.NewPCG(1, 2))
	dice.Shuffle(len(addresses), func(i, j int) { addresses[i], addresses[j] = addresses[j], addresses[i] })
	for _, u := range addresses[:min(sample, len(addresses))] {
		t.Logf("%s  %q", u, clip(taken[u], 60))
	}
	t.Logf("%d own links, %d taken", len(all), len(taken))
	if len(taken) < 1000 || len(taken)*2 > len(all) {
		t.Errorf("of %d links %d were taken", len(all), len(taken))
	}
}
