package canonical

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestClean(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, give, want string }{
		{"host and scheme are lower case", "HTTP://WWW.Example.COM/A/b", "http://www.example.com/A/b"},
		{"an empty path is the root", "https://example.com", "https://example.com/"},
		{"default ports go", "https://example.com:443/a", "https://example.com/a"},
		{"other ports stay", "http://example.com:8080/a", "http://example.com:8080/a"},
		{"fragments go", "https://example.com/a#comments", "https://example.com/a"},
		{"credentials go", "https://me:secret@example.com/a", "https://example.com/a"},
		{"dot segments are resolved", "https://example.com/a/./b/../c", "https://example.com/a/c"},
		{"a trailing dot of the host goes", "https://example.com./a", "https://example.com/a"},
		{"the scheme is not upgraded", "http://example.com/a", "http://example.com/a"},
		{"international hosts are ASCII", "https://Bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"},
		{"escapes have one form", "https://example.com/%7euser/%c3%a4", "https://example.com/~user/%C3%A4"},
		{"campaign parameters go", "https://example.com/a?utm_source=rss&id=7&UTM_Medium=x&fbclid=1", "https://example.com/a?id=7"},
		{"order is kept", "https://example.com/a?z=1&a=2&m=3", "https://example.com/a?z=1&a=2&m=3"},
		{"an empty query goes", "https://example.com/a?", "https://example.com/a"},
		{"a query of tracking alone goes", "https://example.com/a?rss", "https://example.com/a"},
		{"ref goes", "https://example.com/a/?ref=rss", "https://example.com/a/"},
		{"a source that names a channel goes", "https://example.com/a?source=twitter", "https://example.com/a"},
		{"a source that names something else stays", "https://example.com/a?source=12", "https://example.com/a?source=12"},
		{"a session in the path goes", "https://example.com/a.html;jsessionid=51A2171.live", "https://example.com/a.html"},
		{"other path parameters stay", "https://example.com/index.php/id;198;fp;2", "https://example.com/index.php/id;198;fp;2"},
		{"a session in the query goes", "https://example.com/a?PHPSESSID=abc&id=1", "https://example.com/a?id=1"},
		{"a sid that is a key goes", "https://example.com/a?sid=0123456789abcdef0123456789abcdef", "https://example.com/a"},
		{"a sid that is a story stays", "https://example.com/a?sid=99390", "https://example.com/a?sid=99390"},
		{"an ASP.NET session goes", "https://example.com/(S(abcdefghij0123456789abcd))/a.aspx", "https://example.com/a.aspx"},
		{"white space around goes", " \n https://example.com/a\t", "https://example.com/a"},
		{"line breaks inside go", "https://example.com/a\n/b", "https://example.com/a/b"},
		{"backslashes are slashes", `https:\\example.com\a`, "https://example.com/a"},
		{"a cache of AMP pages", "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/news/a?utm_source=x&id=7", "https://www.example.com/news/a?id=7"},
		{"a cache of AMP pages over http", "https://example-com.cdn.ampproject.org/v/example.com/a", "http://example.com/a"},
		{"AMP pages within a search engine", "https://www.google.co.uk/amp/s/example.com/a", "https://example.com/a"},
		{"a cache's own pages", "https://cdn.ampproject.org/v0.js", "https://cdn.ampproject.org/v0.js"},
		{"the marks of a mailing", "https://example.com/a?sfmc_id=1&wpisrc=nl&mc_cid=3&page=2", "https://example.com/a?page=2"},
		{"numbers that mean an address are one", "http://0x7f.1/a", "http://127.0.0.1/a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Clean(tt.give)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Clean(%q) (-want +got):\n%s", tt.give, diff)
			}
			again, err := Clean(got)
			if err != nil || again != got {
				t.Errorf("Clean is not idempotent: %q then %q, %v", got, again, err)
			}
		})
	}
}

func TestCleanRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, give string
		want       error
	}{
		{"mail", "mailto:desk@example.com", ErrNotWeb},
		{"script", "javascript:void(0)", ErrNotWeb},
		{"ftp", "ftp://example.com/a", ErrNotWeb},
		{"a relative address", "/a/b", ErrBad},
		{"nothing", "", ErrBad},
		{"no host", "https://", ErrBad},
		{"more than can be stored", "https://example.com/" + strings.Repeat("a", MaxLength), ErrTooLong},
		{"more than is parsed", "https://example.com/?utm_source=" + strings.Repeat("a", maxRaw), ErrTooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := Clean(tt.give); !errors.Is(err, tt.want) {
				t.Errorf("Clean(%.40q) = %q, %v; want %v", tt.give, got, err, tt.want)
			}
		})
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, page, declared, want string
		believed                   bool
	}{
		{"nothing declared", "https://example.com/a?utm_source=x", "", "https://example.com/a", false},
		{"the same", "https://example.com/a", "https://example.com/a#top", "https://example.com/a", true},
		{"a relative address", "https://example.com/news/a-b-c", "/news/a-b-c?utm_source=x", "https://example.com/news/a-b-c", true},
		{"http to https", "http://www.example.com/news/a-b-c", "https://example.com/news/a-b-c", "https://example.com/news/a-b-c", true},
		{"another site", "https://example.com/news/a-b-c", "https://example.org/news/a-b-c", "https://example.com/news/a-b-c", false},
		{"a neighbour under a public suffix", "https://one.co.uk/a-b-c", "https://two.co.uk/a-b-c", "https://one.co.uk/a-b-c", false},
		{"the home page", "https://example.com/news/a-b-c", "https://example.com/", "https://example.com/news/a-b-c", false},
		{"the section", "https://example.com/news/world/story-of-today", "https://example.com/news/world/", "https://example.com/news/world/story-of-today", false},
		{"another section", "https://example.com/2024/05/123456", "https://example.com/sport", "https://example.com/2024/05/123456", false},
		{"the script without its id", "https://example.com/story.php?id=123", "https://example.com/story.php", "https://example.com/story.php?id=123", false},
		{"the root without its id", "https://example.com/?fArticleId=123", "https://example.com/", "https://example.com/?fArticleId=123", false},
		{"the script with another order", "https://example.com/story.php?id=123&x=y", "https://example.com/story.php?x=y&id=123", "https://example.com/story.php?x=y&id=123", true},
		{"the id moved into the path", "https://example.com/story.php?id=12345", "https://example.com/news/12345", "https://example.com/news/12345", true},
		{"the id replaced by words", "https://example.com/?p=77", "https://example.com/2024/floods-reach-the-town", "https://example.com/2024/floods-reach-the-town", true},
		{"AMP at the end", "https://example.com/news/a-b-c/amp", "https://example.com/news/a-b-c", "https://example.com/news/a-b-c", true},
		{"AMP at the start", "https://example.com/amp/news/short", "https://example.com/news/short", "https://example.com/news/short", true},
		{"AMP as a parameter", "https://example.com/news/short?amp=1", "https://example.com/news/short", "https://example.com/news/short", true},
		{"AMP as a host", "https://amp.example.com/news/short", "https://www.example.com/news/short", "https://www.example.com/news/short", true},
		{"mobile as a host", "https://m.example.com/news/short", "https://example.com/news/short", "https://example.com/news/short", true},
		{"the second page", "https://example.com/news/short?page=2", "https://example.com/news/short", "https://example.com/news/short", true},
		{"a page that is the article", "https://example.com/scan.php?page=news_item&px=Steam-Numbers", "https://example.com/scan.php", "https://example.com/scan.php?page=news_item&px=Steam-Numbers", false},
		{"the slug left off after the number", "https://example.com/a/1234567/slug", "https://example.com/a/1234567", "https://example.com/a/1234567", true},
		{"AMP cache", "https://example-com.cdn.ampproject.org/c/s/example.com/news/short/amp", "https://example.com/news/short", "https://example.com/news/short", true},
		{"a file of its own", "https://example.com/news/short/index.html", "https://example.com/news/short/", "https://example.com/news/short/", true},
		{"a slash at the end", "https://example.com/news/short", "https://example.com/news/short/", "https://example.com/news/short/", true},
		{"a slash that nobody confirms", "https://example.com/news/short/", "", "https://example.com/news/short/", false},
		{"print as a parameter", "https://example.com/news/short?print=1", "https://example.com/news/short", "https://example.com/news/short", true},
		{"print as a part", "https://example.com/print/news/short", "https://example.com/news/short", "https://example.com/news/short", true},
		{"mobile as a host that nobody confirms", "https://m.example.com/news/short", "", "https://m.example.com/news/short", false},
		{"nonsense", "https://example.com/a", "http://", "https://example.com/a", false},
		{"a script", "https://example.com/a", "javascript:void(0)", "https://example.com/a", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, believed := Same(tt.page, tt.declared)
			if got != tt.want || believed != tt.believed {
				t.Errorf("Same(%q, %q) = %q, %v; want %q, %v", tt.page, tt.declared, got, believed, tt.want, tt.believed)
			}
		})
	}
}

func TestID(t *testing.T) {
	t.Parallel()
	// The digits pin the stored keys: a change here orphans every article.
	if got, want := ID("https://example.com/a"), int64(1650293449894792702); got != want {
		t.Errorf("ID = %d, want %d", got, want)
	}
	if ID("https://example.com/a") == ID("https://example.com/b") {
		t.Error("two addresses share an id")
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"https://example.com/a?utm_source=1&b=%7e#x", "http://a.b/;jsessionid=1/..;sid=2", "http://EXAMPLE.com:80/%2e%2e/%zz?=&&", "https://a.cdn.ampproject.org/c/s/b.cdn.ampproject.org/c/c.d/e", "http://[::1]/(S(abcdefghij0123456789abcd))/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		once, err := Clean(raw)
		if err != nil {
			return
		}
		twice, err := Clean(once)
		if err != nil || twice != once {
			t.Fatalf("Clean(%q) = %q, then %q, %v", raw, once, twice, err)
		}
		Same(once, raw)
	})
}
