package article

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// seen is when the test pages were first discovered.
var seen = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// story is prose enough to be an article.
var story = strings.Repeat("<p>The mayor of Westhaven opened the new bridge on Monday after two years of works that cost more than planned.</p>\n"+
	"<p>Residents had waited through three winters, and many of them crossed it on foot before the first bus was allowed to pass.</p>\n"+
	"<p>The contractor said that the steel had come late, and that the next bridge upstream would be finished before the summer ends.</p>\n", 1) +
	"<p>Traffic on the old ferry fell by half within the week, the harbour office said, and its owner will sell one of the two boats.</p>"

func document1(head, body string) string {
	return "<!doctype html><html lang=en><head><meta charset=utf-8>" + head + "</head><body>" + body + "</body></html>"
}

func normalise(t testing.TB, p Page) (*Article, Verdict) {
	t.Helper()
	if p.URL == "" {
		p.URL = "https://www.example.com/news/new-bridge-opens-in-westhaven"
	}
	if p.ContentType == "" {
		p.ContentType = "text/html; charset=utf-8"
	}
	if p.FirstSeenAt.IsZero() {
		p.FirstSeenAt = seen
	}
	a, v, err := New(slog.New(slog.DiscardHandler), Config{}).Normalise(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return a, v
}

func TestNormaliseWholeArticle(t *testing.T) {
	t.Parallel()
	head := `<title>New bridge opens in Westhaven | Example Times</title><meta property="og:site_name" content="Example Times">
<link rel=canonical href="https://www.example.com/news/new-bridge-opens-in-westhaven">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"New bridge opens in Westhaven","datePublished":"2026-03-09T08:30:00+01:00","author":[{"@type":"Person","name":"Ada Quill"},{"@type":"Person","name":"By Ben Ink"}]}</script>`
	body := `<nav><a href=/>Home</a><a href=/sport>Sport</a></nav><article><h1>New bridge opens in Westhaven</h1>` + story + `</article><footer>Share to Facebook</footer>`
	a, v := normalise(t, Page{URL: "https://www.example.com/news/new-bridge-opens-in-westhaven?utm_source=feed", Body: []byte(document1(head, body))})
	if v.Outcome != Stored {
		t.Fatalf("verdict %+v", v)
	}
	text := a.Body
	a.Body, a.ContentHash, a.CharacterCount, a.ID = "", "", 0, 0
	want := &Article{
		CanonicalURL: "https://www.example.com/news/new-bridge-opens-in-westhaven", URL: "https://www.example.com/news/new-bridge-opens-in-westhaven",
		Title: "New bridge opens in Westhaven", Authors: []string{"Ada Quill", "Ben Ink"}, Language: "en", Charset: "utf-8",
		PublishedAt: time.Date(2026, 3, 9, 7, 30, 0, 0, time.UTC), PublishedOrigin: "json_ld", IsPublishedExact: true, Access: "full",
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("article (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(text, "The mayor of Westhaven") || strings.Count(text, "\n") != 3 || strings.Contains(text, "Facebook") || strings.Contains(text, "Sport") {
		t.Errorf("body = %q", text)
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, head, heading, channel, want string }{
		{"linked data first", `<script type="application/ld+json">{"@type":"NewsArticle","headline":"From the data"}</script><title>From the page title</title>`, "", "", "From the data"},
		{"og before h1", `<meta property="og:title" content="From the graph">`, "From the heading of it", "", "From the graph"},
		{"two against one", `<meta property="og:title" content="Westhaven: now with bridge"><title>A bridge at last | Example</title>`, "A bridge at last", "", "A bridge at last"},
		{"the channel confirms", `<meta property="og:title" content="Ten photos"><title>Bridge opens | Example</title>`, "", "Bridge opens", "Bridge opens"},
		{"site at the end", `<title>Bridge opens - Example</title>`, "", "", "Bridge opens"},
		{"site and section at the end", `<title>Bridge opens | Example News | example.com</title>`, "", "", "Bridge opens"},
		{"site in front", `<title>Example.com - A bridge opens at last</title>`, "", "", "A bridge opens at last"},
		{"a hyphen inside stays", `<title>Wait-and-see in Westhaven</title>`, "", "", "Wait-and-see in Westhaven"},
		{"escaped twice", `<meta property="og:title" content="Smith &amp;amp; Sons buy the ferry">`, "", "", "Smith & Sons buy the ferry"},
		{"soft hyphens go", "<title>Heli\u00adkopter\u00adlande\u00adplatz im Garten</title>", "", "", "Helikopterlandeplatz im Garten"},
		{"a logo is no heading", `<title>A bridge opens at last</title>`, "Example", "", "A bridge opens at last"},
		{"the channel last", ``, "", "From the feed", "From the feed"},
		{"an unclosed title is none", `<meta name=x content=y>`, strings.Repeat("word ", 100), "From the feed", "From the feed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			body := story
			if tt.heading != "" {
				body = "<h1>" + tt.heading + "</h1>" + story
			}
			a, v := normalise(t, Page{Body: []byte(document1(tt.head, body)), ChannelTitle: tt.channel})
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if a.Title != tt.want {
				t.Errorf("title = %q, want %q", a.Title, tt.want)
			}
		})
	}
}

func TestAuthors(t *testing.T) {
	t.Parallel()
	ld := func(author string) string {
		return `<script type="application/ld+json">{"@type":"Article","headline":"x","author":` + author + `}</script>`
	}
	tests := []struct {
		name, head string
		want       []string
	}{
		{"none", "", []string{}},
		{"one as text", ld(`"Ada Quill"`), []string{"Ada Quill"}},
		{"joined", ld(`"By Ada Quill and Ben Ink, Cy Pen"`), []string{"Ada Quill", "Ben Ink", "Cy Pen"}},
		{"an address is no name", ld(`"https://example.com/author/ada"`) + `<meta name=author content="Ada Quill">`, []string{"Ada Quill"}},
		{"a user name is no name", `<meta name=author content="admin">`, []string{}},
		{"a degree is no name", ld(`"Ada Quill, PhD"`), []string{"Ada Quill"}},
		{"twice is once", ld(`[{"name":"Ada Quill"},{"name":"ADA QUILL"}]`), []string{"Ada Quill"}},
		{"from meta", `<meta name="author" content="Von Ada Quill">`, []string{"Ada Quill"}},
		{"the site for want of another", `<meta property="og:site_name" content="Example Times">` + ld(`"Example Times"`), []string{"Example Times"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, v := normalise(t, Page{Body: []byte(document1("<title>A bridge opens at last</title>"+tt.head, story))})
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if diff := cmp.Diff(tt.want, a.Authors); diff != "" {
				t.Errorf("authors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPublished(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		d, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return d.UTC()
	}
	ld := func(s string) string {
		return `<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"` + s + `"}</script>`
	}
	meta := func(s string) string { return `<meta property="article:published_time" content="` + s + `">` }
	channel := at("2026-03-10T06:00:00Z")
	tests := []struct {
		name   string
		page   Page
		head   string
		body   string
		want   time.Time
		origin string
		exact  bool
	}{
		{name: "linked data", head: ld("2026-03-09T08:30:00+02:00"), want: at("2026-03-09T06:30:00Z"), origin: "json_ld", exact: true},
		{name: "meta", head: meta("2026-03-09T08:30:00Z"), want: at("2026-03-09T08:30:00Z"), origin: "meta", exact: true},
		{name: "exact meta before a bare date in the data", head: ld("2026-03-09") + meta("2026-03-09T08:30:00Z"), want: at("2026-03-09T08:30:00Z"), origin: "meta", exact: true},
		{name: "a marked time", body: `<time itemprop=datePublished datetime="2026-03-09T08:30:00Z">x</time>`, want: at("2026-03-09T08:30:00Z"), origin: "time", exact: true},
		{name: "the address", page: Page{URL: "https://example.com/2026/03/08/new-bridge-opens"}, want: at("2026-03-08T00:00:00Z"), origin: "url"},
		{name: "the text", body: `<p>Published: 7 March 2026</p>`, want: at("2026-03-07T00:00:00Z"), origin: "text"},
		{name: "nothing", want: seen, origin: "first_seen"},
		{name: "page exact before feed", page: Page{ChannelPublishedAt: channel, ChannelKind: "feed"}, head: ld("2026-03-09T08:30:00Z"), want: at("2026-03-09T08:30:00Z"), origin: "json_ld", exact: true},
		{name: "feed before a bare date", page: Page{ChannelPublishedAt: channel, ChannelKind: "feed"}, head: ld("2026-03-10"), want: channel, origin: "feed", exact: true},
		{name: "feed before a time without zone", page: Page{ChannelPublishedAt: channel, ChannelKind: "feed"}, head: ld("2026-03-10T07:00:00"), want: channel, origin: "feed", exact: true},
		{name: "sitemap adds the time of day", page: Page{ChannelPublishedAt: channel, ChannelKind: "sitemap", IsChannelTimeModified: true}, head: ld("2026-03-10"), want: channel, origin: "sitemap", exact: true},
		{name: "sitemap that tells of a change", page: Page{ChannelPublishedAt: channel, ChannelKind: "sitemap", IsChannelTimeModified: true}, head: ld("2026-02-01"), want: at("2026-02-01T00:00:00Z"), origin: "json_ld"},
		{name: "news sitemap before a bare date", page: Page{ChannelPublishedAt: channel, ChannelKind: "sitemap"}, head: ld("2026-03-09"), want: channel, origin: "sitemap", exact: true},
		{name: "sitemap for want of another", page: Page{ChannelPublishedAt: channel, ChannelKind: "sitemap", IsChannelTimeModified: true}, want: channel, origin: "sitemap", exact: true},
		{name: "trusted channel wins", page: Page{ChannelPublishedAt: channel, ChannelKind: "feed", TrustChannelDates: true}, head: ld("2012-03-09T08:30:00Z"), want: channel, origin: "feed", exact: true},
		{name: "from the future", head: ld("2026-05-01T08:30:00Z"), want: seen, origin: "first_seen"},
		{name: "a clock that runs ahead", head: ld("2026-03-10T20:00:00Z"), want: at("2026-03-10T20:00:00Z"), origin: "json_ld", exact: true},
		{name: "a channel from the future", page: Page{ChannelPublishedAt: at("2030-01-01T10:00:00Z"), ChannelKind: "feed", TrustChannelDates: true}, head: ld("2026-03-09T08:30:00Z"), want: at("2026-03-09T08:30:00Z"), origin: "json_ld", exact: true},
		{name: "the epoch", head: ld("1970-01-01T00:00:00Z") + meta("2026-03-09T08:30:00Z"), want: at("2026-03-09T08:30:00Z"), origin: "meta", exact: true},
		{name: "the year one", head: ld("0001-01-01T00:00:00Z"), want: seen, origin: "first_seen"},
		{name: "no date at all", head: ld("yesterday"), want: seen, origin: "first_seen"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := tt.page
			p.Body = []byte(document1("<title>A bridge opens at last</title>"+tt.head, tt.body+story))
			a, v := normalise(t, p)
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if !a.PublishedAt.Equal(tt.want) || a.PublishedOrigin != tt.origin || a.IsPublishedExact != tt.exact {
				t.Errorf("published %s by %s, exact %v; want %s by %s, exact %v", a.PublishedAt, a.PublishedOrigin, a.IsPublishedExact, tt.want, tt.origin, tt.exact)
			}
		})
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		give, want string
		exact      bool
	}{
		{"2026-03-09T08:30:00.123Z", "2026-03-09T08:30:00Z", true},
		{"2026-03-09T08:30:00+0100", "2026-03-09T07:30:00Z", true},
		{"2026-03-09T08:30:00+01:00[Europe/Oslo]", "2026-03-09T07:30:00Z", true},
		{"2026-03-09 08:30:00 +0100", "2026-03-09T07:30:00Z", true},
		{"2026-03-09T08:30+01:00", "2026-03-09T07:30:00Z", true},
		{"Mon, 09 Mar 2026 08:30:00 GMT", "2026-03-09T08:30:00Z", true},
		{"1773045000", "2026-03-09T08:30:00Z", true},
		{"1773045000000", "2026-03-09T08:30:00Z", true},
		{"2026-03-09T08:30:00", "2026-03-09T08:30:00Z", false},
		{"2026-03-09T00:00:00", "2026-03-09T00:00:00Z", false},
		{"09.03.2026", "2026-03-09T00:00:00Z", false},
		{"March 9, 2026", "2026-03-09T00:00:00Z", false},
		{"20260309", "2026-03-09T00:00:00Z", false},
		{"2026年3月9日", "2026-03-09T00:00:00Z", false},
	}
	for _, tt := range tests {
		t.Run(tt.give, func(t *testing.T) {
			t.Parallel()
			d, ok := parseDate(tt.give)
			if got := d.at.Format(time.RFC3339); !ok || got != tt.want || d.exact != tt.exact {
				t.Errorf("parseDate = %s, exact %v, %v; want %s, exact %v", got, d.exact, ok, tt.want, tt.exact)
			}
		})
	}
	for _, bad := range []string{"", "03/04/2026", "soon", "2026-13-45", strings.Repeat("9", 200)} {
		if d, ok := parseDate(bad); ok {
			t.Errorf("parseDate(%q) = %v, want none", bad, d.at)
		}
	}
}

func TestTooOld(t *testing.T) {
	t.Parallel()
	old := `<title>A bridge opens at last</title><script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2019-03-09T08:30:00Z"}</script>`
	p := Page{Body: []byte(document1(old, story)), MaxAge: 30 * 24 * time.Hour}
	if a, v := normalise(t, p); a != nil || v.Outcome != TooOld {
		t.Errorf("verdict %+v, want too_old", v)
	}
	p.ChannelPublishedAt, p.ChannelKind, p.TrustChannelDates = seen.Add(-time.Hour), "feed", true
	if _, v := normalise(t, p); v.Outcome != Stored {
		t.Errorf("verdict %+v with a trusted recent date, want stored", v)
	}
	p.MaxAge, p.TrustChannelDates = 0, false
	if _, v := normalise(t, p); v.Outcome != Stored {
		t.Errorf("verdict %+v without a limit, want stored", v)
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, outlet, page, want string }{
		{"English", "The mayor opened the new bridge on Monday after two years of works, and many residents crossed it on foot.", "", "", "en"},
		{"English on a page that says German", "The mayor opened the new bridge on Monday after two years of works, and many residents crossed it on foot before the bus.", "", "de", "en"},
		{"German on a page that says English", "Die Bürgermeisterin eröffnete am Montag nach zwei Jahren Bauzeit die neue Brücke, und viele Bewohner gingen zu Fuß hinüber.", "", "en-US", "de"},
		{"Norwegian from the outlet", "Ordføreren åpnet den nye broen mandag etter to år med arbeid, og mange innbyggere gikk over til fots før bussen.", "nb", "", "no"},
		{"Norwegian detected", "Ordføreren åpnet den nye brua mandag etter to år med arbeid. Hun sa at kommunen ikke har råd til flere slike prosjekter, og at innbyggerne må vente.", "", "", "no"},
		{"Japanese with few kana", "東京都知事選挙の投票が七日行われ、現職が三選を果たした。投票率は六十パーセントを超えた。", "", "", "ja"},
		{"Chinese", "周二上午，本地一家工厂宣布将在年底前新增两条生产线，预计招聘三百名工人。", "", "", "zh"},
		{"Chinese from a Japanese page still Chinese", "周二上午，本地一家工厂宣布将在年底前新增两条生产线，预计招聘三百名工人。", "", "ja", "zh"},
		{"Korean", "화요일 아침 지역의 한 공장이 연말까지 생산 라인 두 개를 늘리겠다고 발표했다.", "", "", "ko"},
		{"Russian", "Во вторник утром местный завод объявил, что до конца года откроет две новые линии и наймёт триста рабочих.", "", "", "ru"},
		{"Ukrainian", "У вівторок уранці місцевий завод оголосив, що до кінця року відкриє дві нові лінії та найме триста робітників.", "", "", "uk"},
		{"Arabic", "أعلن المصنع المحلي صباح الثلاثاء أنه سيفتح خطين جديدين قبل نهاية العام وسيوظف ثلاثمئة عامل.", "", "", "ar"},
		{"Persian", "کارخانه محلی صبح سه‌شنبه اعلام کرد که تا پایان سال دو خط تولید جدید راه‌اندازی می‌کند و سیصد کارگر می‌گیرد.", "", "", "fa"},
		{"Urdu", "مقامی کارخانے نے منگل کی صبح اعلان کیا کہ وہ سال کے آخر تک دو نئی لائنیں کھولے گا اور تین سو مزدور رکھے گا۔", "", "", "ur"},
		{"Armenian", "Տեղական գործարանը երեքշաբթի առավոտյան հայտարարեց, որ մինչև տարեվերջ կբացի երկու նոր գիծ։", "", "", "hy"},
		{"Malay, which the detector does not know", "Kerajaan mengumumkan bahawa jambatan baharu itu akan dibuka kepada orang ramai pada hujung minggu ini selepas dua tahun.", "ms", "", "ms"},
		{"too short to tell", "Oslo 2–1", "", "", "und"},
		{"too short, declared", "Oslo 2–1", "no", "en", "no"},
		{"a tag with a region", "Ok", "pt-BR", "", "pt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := chooseLanguage("", tt.text, tt.outlet, tt.page); got != tt.want {
				t.Errorf("language = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestGate(t *testing.T) {
	t.Parallel()
	links := strings.Repeat("<li><a href=/a/b>Five words of a headline</a></li>", 60)
	marked := `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Plane not found","datePublished":"2026-03-09T08:30:00Z"}</script>`
	paid := `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Bridge","isAccessibleForFree":"False"}</script>`
	page := func(head, body string) Page { return Page{Body: []byte(document1(head, body))} }
	home := page("<title>Example Times</title>", links)
	home.URL = "https://www.example.com/"
	section := page("<title>Politics - Example Times</title>", links)
	section.URL = "https://www.example.com/news/politics/"
	sent := page("<title>Example Times</title>", story+links)
	sent.URL, sent.RequestedURL = "https://www.example.com/", "https://www.example.com/news/gone-for-good"
	byQuery := page("<title>A bridge opens at last</title>", story)
	byQuery.URL = "https://www.example.com/?fArticleId=4711"
	typed := func(contentType, body string) Page { return Page{ContentType: contentType, Body: []byte(body)} }
	tests := []struct {
		name string
		page Page
		want string
	}{
		{"an article", page("<title>A bridge opens at last</title>", story), Stored},
		{"an article under a query", byQuery, Stored},
		{"an article among many links", page("<title>A bridge opens at last</title>", links+story+links), Stored},
		{"a soft 404", page("<title>Page not found</title>", "<h1>Page not found</h1><p>The page you are looking for has been moved.</p>"), NotArticle},
		{"a soft 404 by number", page("<title>404 | Example</title>", "<p>Nothing here. Try the search.</p>"), NotArticle},
		{"a soft 404 in German", page("<title>Seite nicht gefunden</title>", "<p>Die angeforderte Seite gibt es nicht. Bitte nutzen Sie die Suche.</p>"), NotArticle},
		{"a soft 404 in French", page("<title>Page introuvable</title>", "<p>La page que vous cherchez a disparu.</p>"), NotArticle},
		{"a soft 404 in Russian", page("<title>Страница не найдена</title>", "<p>Воспользуйтесь поиском по сайту.</p>"), NotArticle},
		{"a soft 404 in Chinese", page("<title>页面不存在</title>", "<p>您访问的页面已被删除。</p>"), NotArticle},
		{"a soft 404 in Spanish", page("<title>Página no encontrada</title>", "<p>La página que buscas no existe.</p>"), NotArticle},
		{"news of something not found", page("<title>Plane not found</title>"+marked, story), Stored},
		{"news of a 404", page("<title>404 jobs to go at the harbour</title>", story+story), Stored},
		{"a consent wall", page("<title>Before you continue</title>", "<p>We and our partners use cookies. Please accept to continue to the site of your choice.</p>"), NotArticle},
		{"a robot check", page("<title>Just a moment...</title>", "<p>Enable JavaScript and cookies to continue</p>"), NotArticle},
		{"a front page", home, NotArticle},
		{"a section", section, NotArticle},
		{"sent home", sent, NotArticle},
		{"no text", page("<title>x</title>", "<div></div>"), NotArticle},
		{"an empty body", typed("text/html", ""), NotArticle},
		{"a PDF", typed("application/pdf", "%PDF-1.4"), NotArticle},
		{"a PDF that says it is HTML", typed("text/html", "%PDF-1.4"), NotArticle},
		{"an image", typed("image/jpeg", "\xff\xd8\xff\xe0"), NotArticle},
		{"JSON", typed("text/html", `{"error":"not found"}`), NotArticle},
		{"a feed", typed("text/html", `<?xml version="1.0"?><!-- x --><rss version="2.0"></rss>`), NotArticle},
		{"plain text", typed("text/html", "just words"), NotArticle},
		{"a shop", page(`<title>A kettle for you</title><meta property="og:type" content="product">`, story), NotArticle},
		{"a declared teaser", page("<title>Bridge</title>"+paid, "<p>The mayor of Westhaven opened the new bridge on Monday after two years of works that cost more than planned.</p>"), Stub},
		{"a short text that asks to subscribe", page("<title>A bridge opens at last</title>", "<p>The mayor of Westhaven opened the new bridge on Monday after two years of works that cost more than planned.</p><p>Subscribe to continue reading this article.</p>"), Stub},
		{"declared paid, but all of it there", page("<title>Bridge</title>"+paid, distinct(30)), Stored},
		{"headline and film", page("<title>See the bridge</title>"+marked, "<div>film</div>"), Stub},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, v := normalise(t, tt.page)
			if v.Outcome != tt.want {
				t.Fatalf("verdict %+v, want %s", v, tt.want)
			}
			if (a != nil) != (v.Outcome == Stored || v.Outcome == Stub) {
				t.Errorf("article %v with outcome %s", a != nil, v.Outcome)
			}
			if a == nil && v.Reason == "" {
				t.Error("refused without a reason")
			}
		})
	}
}

// distinct makes n paragraphs that do not repeat.
func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<p>On day %d of the works the crew of gang %d set beam %d above the river, and the harbour master wrote down the hour of it.</p>", i, i*7, i*31)
	}
	return b.String()
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, reason string }{
		{"bytes", strings.Repeat("x", 3<<20+1), "bytes"},
		{"nodes", "<html>" + strings.Repeat("<p>a", 31_000), "nodes"},
		{"nesting", "<html>" + strings.Repeat("<div>", 600) + "text", "512"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, v := normalise(t, Page{Body: []byte(tt.body)})
			if v.Outcome != TooLarge || !strings.Contains(v.Reason, tt.reason) {
				t.Errorf("verdict %+v, want too_large for %s", v, tt.reason)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

// TestHeavyPagesEnd holds pages under the limits that extractors are slow on.
func TestHeavyPagesEnd(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body string }{
		{"paragraphs", "<article>" + distinct(14_000) + "</article>"},
		{"a title never closed", "<title>" + strings.Repeat(" | a - b", 200_000)},
		{"opening brackets", strings.Repeat("<", 500_000)},
		{"links", strings.Repeat("<a href=/x>word</a> ", 9_000)},
		{"deep data", `<script type="application/ld+json">` + strings.Repeat("[", 100_000) + "</script><p>x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			a, v := normalise(t, Page{Body: []byte(tt.body)})
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %s, verdict %+v", took, v)
			}
			if a != nil && a.CharacterCount > maxBody {
				t.Errorf("%d characters", a.CharacterCount)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, url, head, want string }{
		{"canonical", "https://m.example.com/news/new-bridge-opens?ref=x", `<link rel=canonical href="https://www.example.com/news/new-bridge-opens">`, "https://www.example.com/news/new-bridge-opens"},
		{"og:url where canonical is false", "https://example.com/news/new-bridge-opens/amp", `<link rel=canonical href="https://example.com/"><meta property="og:url" content="https://example.com/news/new-bridge-opens">`, "https://example.com/news/new-bridge-opens"},
		{"neither", "https://example.com/story?id=77", `<link rel=canonical href="https://example.com/story">`, "https://example.com/story?id=77"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, v := normalise(t, Page{URL: tt.url, Body: []byte(document1("<title>A bridge opens at last</title>"+tt.head, story))})
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if a.CanonicalURL != tt.want {
				t.Errorf("canonical = %s, want %s", a.CanonicalURL, tt.want)
			}
		})
	}
}

func TestBodyIsSaidOnce(t *testing.T) {
	t.Parallel()
	long := "The mayor of Westhaven opened the new bridge on Monday after two years of works. Residents had waited through three winters for it."
	got := paragraphs("Yes.\n" + long + "\n\n \u00a0\nYes.\n" + long + "\nAn end\u200b that is\tnew,\u00ad and cafe\u0301.")
	want := "Yes.\n" + long + "\nYes.\nAn end that is new, and café."
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("paragraphs (-want +got):\n%s", diff)
	}
}

func TestNormaliseStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := New(slog.New(slog.DiscardHandler), Config{}).Normalise(ctx, Page{URL: "https://example.com/a"}); err == nil {
		t.Error("no error from a context that ended")
	}
}

// TestNormaliseIsDeterministic reads pages again and again from many goroutines.
func TestNormaliseIsDeterministic(t *testing.T) {
	t.Parallel()
	n := New(slog.New(slog.DiscardHandler), Config{})
	p := Page{URL: "https://example.com/news/a-new-bridge", Body: []byte(document1(`<title>A bridge opens at last</title><script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"Example"},{"@type":"NewsArticle","headline":"A bridge","author":"Ada Quill"}]}</script>`, story)), FirstSeenAt: seen}
	want, _, err := n.Normalise(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			got, _, err := n.Normalise(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("another article (-first +now):\n%s", diff)
			}
		})
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add([]byte(document1("<title>A bridge opens at last</title>", story)), "text/html", "https://example.com/news/a")
	f.Add([]byte(document1(`<script type="application/ld+json">[{"@type":["NewsArticle"],"author":[[{"name":{}}]],"datePublished":5}]</script>`, "<table><p>x<td><time datetime=x>")), "text/html; charset=gbk", "https://example.com/?p=1")
	f.Add([]byte("\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00"), "", "http://a/2024/13/45/x")
	n := New(slog.New(slog.DiscardHandler), Config{MaxBytes: 64 << 10, MaxNodes: 2000})
	f.Fuzz(func(t *testing.T, body []byte, contentType, address string) {
		a, v, err := n.Normalise(t.Context(), Page{URL: address, ContentType: contentType, Body: body, FirstSeenAt: seen})
		if err != nil {
			return
		}
		if v.Outcome == "" {
			t.Fatal("no outcome")
		}
		if a == nil {
			return
		}
		for _, s := range append([]string{a.Title, a.Body, a.CanonicalURL, a.Language, a.Charset}, a.Authors...) {
			if !utf8.ValidString(s) || strings.Contains(s, "\x00") || !norm.NFC.IsNormalString(s) {
				t.Fatalf("%q cannot be stored", s)
			}
		}
		if a.PublishedAt.IsZero() || a.PublishedAt.After(seen.Add(tolerance)) || a.Authors == nil || a.ID < 0 || a.Language == "" {
			t.Fatalf("incomplete article %+v", a)
		}
	})
}
