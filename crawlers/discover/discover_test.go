package discover

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf "golang.org/x/text/encoding/unicode"

	"github.com/overheard-news/overheard/transform/canonical"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

const base = "https://paper.example/feeds/news.xml"

func TestFeeds(t *testing.T) {
	t.Parallel()
	rss := func(items string) string {
		return `<rss version="2.0"><channel><title>P</title>` + items + `</channel></rss>`
	}
	for _, c := range []struct {
		name, body string
		want       []Item
	}{
		{"RSS", rss(`<item><title>A &amp; B</title><link>https://paper.example/1?utm_source=rss</link><pubDate>Mon, 02 Mar 2026 10:00:00 +0200</pubDate></item>`),
			[]Item{{URL: "https://paper.example/1", AnnouncedURL: "https://paper.example/1?utm_source=rss", Title: "A & B", PublishedAt: at("2026-03-02T08:00:00Z")}}},
		{"a declaration, a comment, a doctype and stray words first", "\n<br />Warning<?xml version='1.0'?><!-- " + strings.Repeat("x", 5000) + " --><!DOCTYPE rss [<!ENTITY a 'b'>]>" + rss(`<item><link>https://paper.example/1</link></item>`),
			[]Item{{URL: "https://paper.example/1"}}},
		{"RDF", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel/><item><title>A</title><link>https://paper.example/1</link><dc:date>2026-03-02T10:00+09:00</dc:date></item></rdf:RDF>`,
			[]Item{{URL: "https://paper.example/1", Title: "A", PublishedAt: at("2026-03-02T01:00:00Z")}}},
		{"Atom, the change standing in for the publication", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A</title><link rel="self" href="https://paper.example/x"/><link rel="alternate" href="https://paper.example/1"/><updated>2026-03-02T10:00:00Z</updated></entry></feed>`,
			[]Item{{URL: "https://paper.example/1", Title: "A", PublishedAt: at("2026-03-02T10:00:00Z"), IsModifiedTime: true}}},
		{"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","title":"P","items":[{"id":"1","url":"https://paper.example/1","title":"A","date_published":"2026-03-02T10:00:00Z"}]}`,
			[]Item{{URL: "https://paper.example/1", Title: "A", PublishedAt: at("2026-03-02T10:00:00Z")}}},
		{"an id that is the address", rss(`<item><guid>https://paper.example/1</guid></item><item><guid isPermaLink="false">17</guid></item>`), []Item{{URL: "https://paper.example/1"}}},
		{"a relative link, from the site", `<rss><channel><link>https://www.paper.example/</link><item><link>/news/1</link></item></channel></rss>`, []Item{{URL: "https://www.paper.example/news/1"}}},
		{"a relative link, from the feed", rss(`<item><link>../news/1</link></item>`), []Item{{URL: "https://paper.example/news/1"}}},
		{"the address behind FeedBurner's", `<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><item><link>http://feedproxy.example/~r/1</link><feedburner:origLink>https://paper.example/1</feedburner:origLink></item></channel></rss>`, []Item{{URL: "https://paper.example/1"}}},
		{"the same address twice", rss(`<item><link>https://paper.example/1</link></item><item><link>https://paper.example/1#top</link><title>A</title></item>`), []Item{{URL: "https://paper.example/1", Title: "A"}}},
		{"not a page", rss(`<item><link>mailto:desk@paper.example</link></item><item><link>javascript:void(0)</link></item>`), nil},
		{"control characters", rss("<item><title>A\x0bB\x01</title><link>https://paper.example/1</link></item>"), []Item{{URL: "https://paper.example/1", Title: "AB"}}},
		{"a broken character", rss("<item><title>éàü\xff</title><link>https://paper.example/1</link></item>"), []Item{{URL: "https://paper.example/1", Title: "éàü\ufffd"}}},
		{"a bare ampersand", rss("<item><title>A & B</title><link>https://paper.example/1?a=1&b=2</link></item>"), []Item{{URL: "https://paper.example/1?a=1&b=2", Title: "A & B"}}},
		{"no items", rss(""), nil},
		{"markup and an escape too many in a headline", rss(`<item><title>&lt;b&gt;Rain&lt;/b&gt; &amp;amp; wind at Smith&amp;#8217;s</title><link>https://paper.example/1</link></item>`), []Item{{URL: "https://paper.example/1", Title: "Rain & wind at Smith’s"}}},
		{"what is less than something is no markup", rss(`<item><title>Why 3 &lt; 4 and a &lt;blink&gt; tag</title><link>https://paper.example/1</link></item>`), []Item{{URL: "https://paper.example/1", Title: "Why 3 < 4 and a <blink> tag"}}},
		{"a date in Dublin Core's terms", `<rss xmlns:dcterms="http://purl.org/dc/terms/"><channel><item><link>https://paper.example/1</link><dcterms:issued>2026-03-02T10:00:00Z</dcterms:issued></item></channel></rss>`, []Item{{URL: "https://paper.example/1", PublishedAt: at("2026-03-02T10:00:00Z")}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseFeed(base, "", []byte(c.body))
			if err != nil {
				t.Error(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFeedsInOldCharsets(t *testing.T) {
	t.Parallel()
	feed := func(declaration, title string) string {
		return declaration + `<rss><channel><item><title>` + title + `</title><link>https://paper.example/1</link></item></channel></rss>`
	}
	for _, c := range []struct {
		name, declared, header, title string
		e                             encoding.Encoding
	}{
		{"gb2312 in the declaration", "gb2312", "", "新华社北京电", simplifiedchinese.GBK},
		{"koi8-r in the declaration", "koi8-r", "application/xml; charset=utf-8", "Новости дня", charmap.KOI8R},
		{"euc-kr in the header", "", "text/xml; charset=euc-kr", "오늘의 뉴스", korean.EUCKR},
		{"windows-1251 undeclared", "", "", "Президент подписал новый закон о средствах массовой информации", charmap.Windows1251},
		{"UTF-16 with its mark", "utf-16", "", "Новости", utf.UTF16(utf.LittleEndian, utf.UseBOM)},
		{"UTF-16 without", "", "", "Новости", utf.UTF16(utf.BigEndian, utf.IgnoreBOM)},
		{"UTF-8 that calls itself Latin-1", "iso-8859-1", "text/xml; charset=iso-8859-1", "Économie", utf.UTF8},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			declaration := ""
			if c.declared != "" {
				declaration = `<?xml version="1.0" encoding="` + c.declared + `"?>`
			}
			body, err := c.e.NewEncoder().String(feed(declaration, c.title))
			if err != nil {
				t.Fatal(err)
			}
			got, err := ParseFeed(base, c.header, []byte(body))
			if err != nil || len(got) != 1 || got[0].Title != c.title {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestDamagedFeedsKeepWhatCanBeRead(t *testing.T) {
	t.Parallel()
	item := func(n int) string {
		return fmt.Sprintf("<item><title>T%d</title><link>https://paper.example/%d</link></item>", n, n)
	}
	entry := func(n int) string { return fmt.Sprintf(`<entry><link href="https://paper.example/%d"/></entry>`, n) }
	for _, c := range []struct {
		name, body string
		want       int
	}{
		{"RSS cut in an item", "<rss><channel>" + item(1) + item(2) + "<item><title>T3", 2},
		{"RSS cut between items", "<rss><channel>" + item(1) + item(2), 2},
		{"RDF cut", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel></channel>` + item(1) + "<item", 1},
		{"Atom cut", `<feed xmlns="http://www.w3.org/2005/Atom">` + entry(1) + entry(2) + "<entry><link", 2},
		{"one item with a wrong tag", "<rss><channel>" + item(1) + "<item><title>x</b></link></item>" + item(2) + "</channel></rss>", 2},
		{"JSON Feed cut", `{"version":"https://jsonfeed.org/version/1","items":[{"url":"https://paper.example/1"},{"url":"https://paper.ex`, 1},
		{"cut before the first item", "<rss><channel><title>P", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseFeed(base, "", []byte(c.body))
			if len(got) != c.want {
				t.Errorf("%d items, want %d (%v)", len(got), c.want, err)
			}
			if err == nil || errors.Is(err, ErrNotFeed) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestWhatIsNoFeedIsNamed(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"": "empty body", " \n\t": "empty body", "\xef\xbb\xbf": "empty body",
		"<!doctype html><html><head><title>\n Just a&nbsp;moment…</title>": `HTML page titled "Just a moment…"`,
		"<html><body>Access denied": "HTML page without a title",
		`{"error":"not found"}`:     "JSON that is not a JSON Feed",
		`[1,2]`:                     "JSON that is not a JSON Feed",
		"Not Found":                 `text that begins "Not Found"`,
		`<?xml version="1.0"?><opml version="1.0"/>`:                            "XML document of <opml>",
		`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>`: "a sitemap",
		"<!-- never closed": `text that begins "<!-- never closed"`,
	} {
		_, err := ParseFeed(base, "", []byte(body))
		if !errors.Is(err, ErrNotFeed) || err.Error() != "not a feed: "+want {
			t.Errorf("%q: %v, want %s", body, err, want)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"2026-03-02T10:00:00+02:00": "2026-03-02T08:00:00Z", "2026-03-02": "2026-03-02T00:00:00Z", "2026-03-02T10:00Z": "2026-03-02T10:00:00Z",
		"2026-03-02 10:00:00 +0800": "2026-03-02T02:00:00Z", "2026-03": "2026-03-01T00:00:00Z", "2026-03-02T10:00:00.123+0000": "2026-03-02T10:00:00.123Z",
		"Mon, 2 Mar 2026 10:00:00 EST": "2026-03-02T15:00:00Z", "Mon, 02 Mar 2026 10:00:00 GMT+8": "2026-03-02T02:00:00Z", "Mon, 02 Mar 2026 10:00:00 CEST": "2026-03-02T08:00:00Z",
		"lun, 02 mar 2026 10:00:00 +0100": "2026-03-02T09:00:00Z", "lundi 2 mars 2026 10:00": "2026-03-02T10:00:00Z", "2 de mayo de 2026": "2026-05-02T00:00:00Z",
		"martes, 3 de marzo de 2026": "2026-03-03T00:00:00Z", "Пн, 02 мар 2026 10:00:00 +0300": "2026-03-02T07:00:00Z", "2 Οκτωβρίου 2026": "2026-10-02T00:00:00Z",
		"2026年3月2日 10:00": "2026-03-02T10:00:00Z", "02.03.2026 10:00": "2026-03-02T10:00:00Z", "March 2, 2026 3:04 pm": "2026-03-02T15:04:00Z",
		"Thu Mar 05 2026 10:00:00 GMT+0100 (CET)": "2026-03-05T09:00:00Z", "Mon, 2 Dez 2026 10:00:00 +0100": "2026-12-02T09:00:00Z",
		"": "", "soon": "", "0001-01-01T00:00:00Z": "", "1970-01-01": "", "99999999": "",
	} {
		got := parseDate(s)
		if want == "" && !got.IsZero() || want != "" && !got.Equal(at(want)) {
			t.Errorf("%q: %v, want %s", s, got, want)
		}
	}
}

func pack(s string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.Bytes()
}

const urlset = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://paper.example/1 </loc><lastmod>2026-03-03T00:00:00Z</lastmod><image:image><image:loc>https://paper.example/1.jpg</image:loc><image:title>photo</image:title></image:image>
<news:news><news:publication><news:name>P</news:name></news:publication><news:publication_date>2026-03-02</news:publication_date><news:title><![CDATA[A & B]]></news:title></news:news></url>
<url><loc>/2?a=1&amp;b=2</loc><lastmod>2026-03-03T10:00+01:00</lastmod></url><url><loc>https://paper.example/3</loc></url></urlset>`

var urlsetItems = []Item{
	{URL: "https://paper.example/1", Title: "A & B", PublishedAt: at("2026-03-02T00:00:00Z")},
	{URL: "https://paper.example/2?a=1&b=2", PublishedAt: at("2026-03-03T09:00:00Z"), IsModifiedTime: true},
	{URL: "https://paper.example/3"},
}

func TestSitemaps(t *testing.T) {
	t.Parallel()
	utf16, _ := utf.UTF16(utf.LittleEndian, utf.UseBOM).NewEncoder().String(strings.Replace(urlset, "UTF-8", "UTF-16", 1))
	for _, c := range []struct {
		name string
		body []byte
		want Sitemap
	}{
		{"pages and news", []byte(urlset), Sitemap{Items: urlsetItems}},
		{"gzip", pack(urlset), Sitemap{Items: urlsetItems}},
		{"gzip in gzip", pack(string(pack(urlset))), Sitemap{Items: urlsetItems}},
		{"a mark first", []byte("\xef\xbb\xbf" + urlset), Sitemap{Items: urlsetItems}},
		{"UTF-16", []byte(utf16), Sitemap{Items: urlsetItems}},
		{"other prefixes", []byte(`<s:urlset><s:url><s:loc>https://paper.example/1</s:loc><n:news><n:publication_date>2026-03-02</n:publication_date></n:news></s:url></s:urlset> trailing <junk`), Sitemap{Items: []Item{{URL: "https://paper.example/1", PublishedAt: at("2026-03-02T00:00:00Z")}}}},
		{"bare ampersands, entities and tags left open", []byte(`<urlset><url><loc>https://paper.example/?a=1&b=2</loc><lastmod>x</url><url><loc>https://paper.example/2</loc></urlset>`), Sitemap{Items: []Item{{URL: "https://paper.example/?a=1&b=2"}}}},
		{"a broken character", []byte("<urlset><url><loc>https://paper.example/1</loc><news:news><news:title>éàü\xff\x01</news:title></news:news></url></urlset>"), Sitemap{Items: []Item{{URL: "https://paper.example/1", Title: "éàü\ufffd"}}}},
		{"an index", []byte(`<sitemapindex><sitemap><loc>https://paper.example/a.xml</loc><lastmod>2026-03-02</lastmod></sitemap><sitemap><loc>/b.xml.gz?x=1&amp;y=2</loc></sitemap><sitemap><loc>/b.xml.gz?x=1&amp;y=2</loc></sitemap></sitemapindex>`),
			Sitemap{Children: []Child{{URL: "https://paper.example/a.xml", ModifiedAt: at("2026-03-02T00:00:00Z")}, {URL: "https://paper.example/b.xml.gz?x=1&y=2"}}}},
		{"plain text", []byte("\xef\xbb\xbfhttps://paper.example/1\r\n\r\nhttps://paper.example/2\nnonsense\n"), Sitemap{Items: []Item{{URL: "https://paper.example/1"}, {URL: "https://paper.example/2"}}}},
		{"a feed", []byte(`<rss><channel><item><link>https://paper.example/1</link></item></channel></rss>`), Sitemap{Items: []Item{{URL: "https://paper.example/1"}}}},
		{"nothing in it", []byte(`<urlset></urlset>`), Sitemap{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseSitemap("https://paper.example/sitemap.xml", c.body)
			if err != nil {
				t.Error(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDamagedSitemapsKeepWhatCanBeRead(t *testing.T) {
	t.Parallel()
	var long strings.Builder
	long.WriteString("<urlset>")
	for i := range 20_000 {
		fmt.Fprintf(&long, "<url><loc>https://paper.example/%d-%x</loc></url>", i, i*7919)
	}
	long.WriteString("</urlset>")
	packed := pack(long.String())
	for _, c := range []struct {
		name    string
		body    []byte
		atLeast int
		want    string
	}{
		{"gzip cut in the middle", packed[:len(packed)/2], 5000, "read sitemap: truncated gzip after "},
		{"gzip cut in its head", packed[:5], 0, "read sitemap: truncated gzip after 0 URLs"},
		{"XML cut", []byte(urlset[:len(urlset)-30]), 2, "read sitemap: damaged after 2 URLs: "},
		{"more than fifty thousand", []byte("<urlset>" + manyURLs(maxItems+5) + "</urlset>"), maxItems, "read sitemap: more than 50000 URLs in one file"},
		{"a page", []byte("<html><title>404</title>"), 0, `not a feed: HTML page titled "404"`},
		{"nothing", nil, 0, "not a feed: empty body"},
		{"a bomb", pack("<urlset>" + strings.Repeat(" ", maxUnpacked)), 0, "read sitemap: over 52428800 bytes unpacked, 0 URLs read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseSitemap(base, c.body)
			if len(got.Items) < c.atLeast {
				t.Errorf("%d items, want at least %d", len(got.Items), c.atLeast)
			}
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func manyURLs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<url><loc>https://paper.example/%d</loc></url>", i)
	}
	return b.String()
}

func FuzzParseFeed(f *testing.F) {
	f.Add([]byte(`<rss><channel><item><title>A</title><link>/1</link><pubDate>Mon, 02 Mar 2026 10:00:00 +0200</pubDate></item></channel></rss>`), "text/xml; charset=koi8-r")
	f.Add([]byte(`{"version":"https://jsonfeed.org/version/1","items":[{"url":"https://paper.example/1"}]}`), "")
	f.Add([]byte("\xff\xfe<\x00r\x00s\x00s\x00>\x00"), "")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		items, err := ParseFeed(base, contentType, body)
		if errors.Is(err, ErrNotFeed) && len(items) > 0 {
			t.Errorf("%d items of what is no feed", len(items))
		}
	})
}

func FuzzParseSitemap(f *testing.F) {
	f.Add([]byte(urlset))
	f.Add(pack(urlset)[:100])
	f.Add([]byte("https://paper.example/1\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := ParseSitemap(base, body)
		if errors.Is(err, ErrNotFeed) && len(s.Items)+len(s.Children) > 0 {
			t.Errorf("%d items of what is no sitemap", len(s.Items))
		}
	})
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl) }

func checkStorable(t *testing.T, items []Item, children []Child) {
	t.Helper()
	for _, i := range items {
		if !isStorable(i.URL) || !isStorable(i.AnnouncedURL) || !isText(i.Title) || utf8.RuneCountInString(i.Title) > maxTitle {
			t.Errorf("%#v", i)
		}
	}
	for _, c := range children {
		if !isStorable(c.URL) {
			t.Errorf("%#v", c)
		}
	}
}

// hostile are documents with what no table takes, or too much of it.
func hostile() []string {
	long := strings.Repeat("x", 3000)
	var all []string
	for _, bad := range []string{"\x00", "\x01", "&#0;", "&#x0;", "&#1;", "&#27;", "&#x85;", "&#xD800;", "&#xFFFF;", "\xff", "\xc3\x28", "\xed\xa0\x80", "%00", "\\u0000", "\\ud800", "\u0085", long} {
		all = append(all,
			"<rss><channel><item><title>a"+bad+"b</title><link>https://paper.example/"+bad+"?utm_source="+bad+"</link></item></channel></rss>",
			"<rss><channel><item><title><![CDATA[a"+bad+"b]]></title><guid>https://paper.example/"+bad+"</guid></item></channel></rss>",
			`<feed><entry><title>a`+bad+`b</title><link href="https://paper.example/`+bad+`?utm_source=`+bad+`"/></entry></feed>`,
			`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"https://paper.example/`+bad+`?utm_source=`+bad+`","title":"a`+bad+`b"}]}`,
			"<urlset><url><loc>https://paper.example/"+bad+"?utm_source="+bad+"</loc><news:news><news:title>a"+bad+"b</news:title></news:news></url></urlset>",
			"<sitemapindex><sitemap><loc>https://paper.example/"+bad+".xml</loc></sitemap><sitemap><loc>/"+bad+".xml</loc></sitemap></sitemapindex>",
			"https://paper.example/a\nhttps://paper.example/"+bad+"?utm_source="+bad+"\n",
		)
	}
	return all
}

func TestWhatIsFoundCanBeStored(t *testing.T) {
	t.Parallel()
	for _, body := range hostile() {
		items, _ := ParseFeed(base, "", []byte(body))
		checkStorable(t, items, nil)
		s, _ := ParseSitemap(base, []byte(body))
		checkStorable(t, s.Items, s.Children)
	}
}

func TestChildrenWithAddressesTooLongAreSkipped(t *testing.T) {
	t.Parallel()
	long := "https://paper.example/" + strings.Repeat("x", canonical.MaxLength)
	got, err := ParseSitemap(base, []byte("<sitemapindex><sitemap><loc>"+long+"</loc></sitemap><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>https://paper.example/a&#x85;b.xml</loc></sitemap></sitemapindex>"))
	want := Sitemap{Children: []Child{{URL: "https://paper.example/a.xml"}}, SkippedCount: 2}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(err, d)
	}
}

func FuzzWhatIsFoundCanBeStored(f *testing.F) {
	for _, body := range hostile() {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		items, _ := ParseFeed(base, "", body)
		checkStorable(t, items, nil)
		s, _ := ParseSitemap(base, body)
		checkStorable(t, s.Items, s.Children)
	})
}
