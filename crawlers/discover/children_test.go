package discover

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNamedPeriods(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"/sitemap-2024-05-17.xml":                    "2024-05-18 exact",
		"/sitemap_20240517.xml.gz":                   "2024-05-18 exact",
		"/sitemaps/2024/05/17/":                      "2024-05-18 exact",
		"/sitemap.xml?yyyy=2024&mm=05&dd=17":         "2024-05-18 exact",
		"/sitemap-2024-05.xml":                       "2024-06-01 exact",
		"/post-sitemap-202412.xml":                   "2025-01-01 exact",
		"/sitemaps/2024/May/":                        "2024-06-01 exact",
		"/sitemap-december2024.xml":                  "2025-01-01 exact",
		"/sitemap-2024.xml":                          "2025-01-01",
		"/sitemap-2024-1.xml":                        "2025-01-01",
		"/sitemap-17.xml":                            "",
		"/sitemap-120240517.xml":                     "",
		"/sitemap-2024051.xml":                       "",
		"/news.xml":                                  "",
		"/sitemap.xml?from=1262304000&to=1264982399": "",
		"/sitemap-mayor-2024x.xml":                   "2025-01-01",
	} {
		p := namedPeriod("https://paper.example" + name)
		got := ""
		if !p.end.IsZero() {
			got = p.end.Format(time.DateOnly)
		}
		if p.isExact {
			got += " exact"
		}
		if got != want {
			t.Errorf("%s ends %q, want %q", name, got, want)
		}
	}
}

func TestListsOfLists(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"/post_tag-sitemap.xml": true, "/category-sitemap.xml": true, "/author-sitemap2.xml": true, "/sitemap-tags-1.xml": true, "/image-sitemap.xml": true,
		"/post-sitemap.xml": false, "/news-sitemap.xml": false, "/sitemap-articles-by-topic.xml": false, "/sitemap.xml": false, "/tag/sitemap-1.xml": false,
	} {
		if got := isListOfLists("https://paper.example" + name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestFromEitherEnd(t *testing.T) {
	t.Parallel()
	list := []int{1, 2, 3, 4, 5}
	fromEitherEnd(list)
	if d := cmp.Diff([]int{1, 5, 2, 4, 3}, list); d != "" {
		t.Error(d)
	}
}
