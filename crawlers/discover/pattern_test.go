package discover

import (
	"fmt"
	"strings"
	"testing"
)

func TestPatternsAreLearned(t *testing.T) {
	t.Parallel()
	many := func(n int, format string) []string {
		var urls []string
		for i := range n {
			urls = append(urls, fmt.Sprintf(format, i%28+1, 4_000_000+7919*i))
		}
		return urls
	}
	sections := []string{"news", "sport", "culture"}
	var bySection []string
	for i := range 60 {
		bySection = append(bySection, fmt.Sprintf("https://paper.example/%s/a-story-with-many-words-%c", sections[i%3], 'a'+i%26))
	}
	for _, c := range []struct {
		name     string
		from     []string
		pattern  string
		yes, not []string
	}{
		{"a date and a slug", []string{"https://p.example/2026/03/01/rain-falls-on-town", "https://p.example/2026/03/02/wind", "https://p.example/2026/02/27/sun-shines"},
			"date:day depth:3-5 ext:none",
			[]string{"https://p.example/2027/1/9/x", "http://other.example/2027/01/09/some-story/?utm=1"},
			[]string{"https://p.example/2026/03/02/", "https://p.example/2026/03/", "https://p.example/sport", "https://p.example/2026/03/02/page/2", "https://p.example/2026/03/02/photo.jpg", "https://p.example/tag/2026/03/02/x"}},
		{"a number at the end", many(12, "https://p.example/news/some-long-story-%02d-%d.html"),
			"id:7 words:2 depth:2-3 ext:html has:news",
			[]string{"https://p.example/news/another-long-story-9999999.html"},
			[]string{"https://p.example/news/another-long-story-99.html", "https://p.example/sport/another-long-story-9999999.html", "https://p.example/news/another-long-story-9999999", "https://p.example/news/"}},
		{"a number alone, under a word", []string{"https://p.example/article/20123", "https://p.example/article/20124", "https://p.example/article/20199", "https://p.example/article/21123"},
			"id:4 depth:1-3 ext:none has:article",
			[]string{"https://p.example/article/99999"}, []string{"https://p.example/gallery/99999", "https://p.example/article/7"}},
		{"a letter before the number", many(12, "https://p.example/en/some-long-story-%02d/a-%d"),
			"id:7 words:2 mark:a depth:3-4 ext:none has:en",
			[]string{"https://p.example/en/another-story-of-ours/a-9999999"}, []string{"https://p.example/en/a-series-of-ours/s-9999999", "https://p.example/en/a-series-of-ours/9999999"}},
		{"a parameter", []string{"https://p.example/story.php?id=20123", "https://p.example/story.php?id=20124&utm_x=4", "https://p.example/story.php?cat=5&id=20125", "https://p.example/story.php?id=20126"},
			"query:id depth:1-2 ext:php has:story",
			[]string{"https://p.example/story.php?id=99999"}, []string{"https://p.example/story.php", "https://p.example/list.php?id=20123", "https://p.example/story.php?id=x"}},
		{"a random identifier", []string{"https://p.example/news/articles/c8rzv3p2mjvo", "https://p.example/news/articles/cn0w8y1qjz2o", "https://p.example/sport/articles/c1e2k3m4n5po", "https://p.example/news/articles/c20wqx1d3zpo"},
			"hash depth:2-4 ext:none has:articles",
			[]string{"https://p.example/news/articles/czx1y2z3k4lo"}, []string{"https://p.example/news/articles/europe", "https://p.example/news/topics/cz4pr2gd8x9t"}},
		{"slugs under sections that are all known", bySection,
			"slug:6 depth:2-2 ext:none first:culture,news,sport",
			[]string{"https://p.example/sport/the-cup-goes-to-the-north"}, []string{"https://p.example/travel/the-cup-goes-to-the-north", "https://p.example/sport/cup-final", "https://p.example/the-cup-goes-to-the-north"}},
		{"another script, escaped", []string{"https://p.example/a/%D9%81%D9%88%D8%B2-%D8%A7%D9%84%D9%81%D8%B1%D9%8A%D9%82-%D9%81%D9%8A-%D8%A7%D9%84%D9%85%D8%A8%D8%A7%D8%B1%D8%A7%D8%A9", "https://p.example/b/خبر-عاجل-من-العاصمة", "https://p.example/c/新华社北京三月二日电"},
			"slug:3 depth:2-3 ext:none",
			[]string{"https://p.example/x/ニュース速報です本日"}, []string{"https://p.example/x/体育"}},
		{"a few that are none among many", append(many(30, "https://p.example/a/%d-story-%d"), "https://p.example/about-the-people-of-this-paper", "https://p.example/x"),
			"id:7 mark:story depth:2-3 ext:none has:a",
			[]string{"https://p.example/a/1-story-9000000"}, []string{"https://p.example/about-the-people-of-this-paper"}},
		{"a listing word that articles have", []string{"https://p.example/topics/2026/03/01/x", "https://p.example/topics/2026/03/02/y", "https://p.example/2026/03/03/z"},
			"date:day depth:3-6 ext:none; allow:topics",
			[]string{"https://p.example/topics/2026/04/01/x"}, []string{"https://p.example/tags/2026/04/01/x"}},
		{"two shapes", append(many(10, "https://p.example/2026/03/%02d/story-%d"), "https://p.example/live/the-long-night-of-the-count", "https://p.example/live/the-long-day-of-the-count", "https://p.example/live/a-week-of-rain-and-wind"),
			"date:day depth:4-5 ext:none | slug:5 depth:2-3 ext:none",
			[]string{"https://p.example/live/the-last-hour-of-the-count"}, []string{"https://p.example/live/now"}},
		{"too few", []string{"https://p.example/2026/03/01/a", "https://p.example/2026/03/01/b"}, "", nil, []string{"https://p.example/2026/03/01/a"}},
		{"nothing to tell them by", []string{"https://p.example/a", "https://p.example/b", "https://p.example/c"}, "", nil, []string{"https://p.example/a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := LearnPattern(c.from)
			if p.String() != c.pattern {
				t.Errorf("pattern %q, want %q", p, c.pattern)
			}
			again, err := ParsePattern(p.String())
			if err != nil || again.String() != p.String() {
				t.Errorf("read again: %q, %v", again, err)
			}
			for _, p := range []Pattern{p, again} {
				for _, u := range c.yes {
					if !p.Match(u) {
						t.Errorf("%s is no article by %q", u, p)
					}
				}
				for _, u := range c.not {
					if p.Match(u) {
						t.Errorf("%s is an article by %q", u, p)
					}
				}
			}
		})
	}
}

func TestBadPatternsAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"x", "date:day", "date:noon depth:1-2", "id:0 depth:1-2", "slug:x depth:1-2", "query: depth:1-2", "hash depth:3-2", "hash depth:1-99", "hash depth:1-2 ext:exe",
		"hash depth:1-2 has:", "hash depth:1-2 has:A", "hash depth:1-2 colour:red", "hash depth:1-2; deny:x", "hash depth:1-2 | ", " ", strings.Repeat("hash depth:1-2 | ", 11) + "hash depth:1-2",
		"hash depth:1-2 first:" + strings.Repeat("x", maxPatternText),
	} {
		if p, err := ParsePattern(text); err == nil {
			t.Errorf("%.60q was read as %q", text, p)
		}
	}
	if p, err := ParsePattern(""); err != nil || !p.IsZero() {
		t.Errorf("the empty pattern: %v, %v", p, err)
	}
}

func FuzzParsePattern(f *testing.F) {
	f.Add("date:day depth:4-5 ext:none | id:7 words:2 depth:2-4 has:news,a%2Cb; allow:topics", "https://p.example/news/2026/03/01/a-b-c-1234567")
	f.Add("query:id depth:1-2 ext:php has:story first:%D9%81", "https://p.example/story.php?id=20123")
	f.Fuzz(func(t *testing.T, text, address string) {
		p, err := ParsePattern(text)
		if err != nil {
			return
		}
		p.Match(address)
		again, err := ParsePattern(p.String())
		if err != nil || again.String() != p.String() {
			t.Errorf("%q became %q: %v", p, again, err)
		}
	})
}

func FuzzLearnPattern(f *testing.F) {
	f.Add("https://p.example/2026/03/01/a\nhttps://p.example/2026/03/02/b-c-d\nhttps://p.example/x-1234567.html\nhttps://p.example/s?id=99999")
	f.Fuzz(func(t *testing.T, list string) {
		p := LearnPattern(strings.Split(list, "\n"))
		again, err := ParsePattern(p.String())
		if err != nil || again.String() != p.String() {
			t.Errorf("%q became %q: %v", p, again, err)
		}
	})
}
