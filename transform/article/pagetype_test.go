package article

import (
	"strings"
	"testing"
)

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

func TestPageType(t *testing.T) {
	t.Parallel()
	marked := func(kind string) string {
		return `<script type="application/ld+json">{"@type":"` + kind + `","headline":"A bridge opens at last"}</script>`
	}
	times := strings.Repeat(`<div><time datetime="2026-03-09T08:30:00Z">8:30</time><p>Another car has crossed the bridge.</p></div>`, 8)
	links := strings.Repeat("<li><a href=/a/b>Five words of a headline</a></li>", 60)
	teasers := strings.Repeat("<h3><a href=/a/b>Five words of a headline</a></h3>", 30)
	tests := []struct {
		name, url, head, body string
		want, outcome         string
	}{
		{"an article", "", marked("NewsArticle"), story, TypeArticle, Stored},
		{"a live blog by its data", "", marked("LiveBlogPosting"), story, TypeLiveBlog, Stored},
		{"a live blog by its address and times", "https://example.com/news/live/bridge-opens-today", "", story + times, TypeLiveBlog, Stored},
		{"a live blog by its title and times", "", `<meta property="og:title" content="Liveblog: bridge opens">`, story + times, TypeLiveBlog, Stored},
		{"an address alone makes no live blog", "https://example.com/live/concert-review-of-the-year", "", story, TypeArticle, Stored},
		{"a video with its text", "", marked("VideoObject"), story, TypeVideo, Stored},
		{"a video without", "", `<meta property="og:type" content="video.other">`, "<div>film</div>", TypeVideo, Stub},
		{"an article with a video in it", "", marked("NewsArticle") + marked("VideoObject"), story, TypeArticle, Stored},
		{"a teaser", "", `<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>`, "<p>The mayor of Westhaven opened the new bridge on Monday after two years of works.</p>", TypeStub, Stub},
		{"a front page", "https://example.com/", "", links, TypeListing, NotArticle},
		{"a section page of teasers", "https://example.com/politics/local-news", "", teasers, TypeListing, NotArticle},
		{"a list by its place", "https://example.com/tag/bridges", "", story, TypeListing, NotArticle},
		{"a story under the place of a list", "https://example.com/category/story.cfm?id=10486887", "", story, TypeArticle, Stored},
		{"a declared collection", "", marked("CollectionPage"), story, TypeListing, NotArticle},
		{"a soft 404", "", "<title>Page not found</title>", "<h1>Page not found</h1><p>The page you are looking for has been moved.</p>", TypeSoft404, NotArticle},
		{"a consent wall", "", "<title>Before you continue</title>", "<p>We and our partners use cookies. Please accept to continue to the site of your choice.</p>", TypeConsentWall, NotArticle},
		{"goods", "", `<meta property="og:type" content="product">`, story, TypeOther, NotArticle},
		{"a manual", "https://docs.example.com/install/how-to-start", "", story, TypeOther, NotArticle},
		{"a manual with a date is an article", "https://docs.example.com/install/how-to-start", `<meta property="article:published_time" content="2026-03-09T08:30:00Z">`, story, TypeArticle, Stored},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			head := tt.head
			if !strings.Contains(head, "<title>") {
				head += "<title>A bridge opens at last</title>"
			}
			a, v := normalise(t, Page{URL: tt.url, Body: []byte(document1(head, tt.body))})
			if v.PageType != tt.want || v.Outcome != tt.outcome {
				t.Fatalf("verdict %+v, want %s, %s", v, tt.want, tt.outcome)
			}
			if a != nil && a.PageType != tt.want {
				t.Errorf("the article says %q", a.PageType)
			}
		})
	}
}
