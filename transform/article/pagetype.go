package article

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// judge decides what kind of page this is, whether it is stored, and whether all of
// it is there. Each refusal needs two signs that agree, one of them a lack of text
// or of any mark of an article.
func judge(doc *document, page *url.URL, a *Article, isChannelTimeModified bool) Verdict {
	size := measure(a.Body)
	marked := isMarked(doc)
	refuse := func(pageType, format string, args ...any) Verdict {
		return Verdict{Outcome: NotArticle, PageType: pageType, Reason: fmt.Sprintf(format, args...)}
	}
	keep := typeOfArticle(doc, page, a.Title, size)
	place, placeType := servicePlace(page)
	stub := func(format string, args ...any) Verdict {
		v := Verdict{Outcome: Stub, PageType: TypeStub, Reason: fmt.Sprintf(format, args...)}
		if keep == TypeVideo {
			v.PageType = TypeVideo
		}
		return v
	}
	switch {
	case size < 1500 && isMissing(doc, a.Title, a.Body):
		return refuse(TypeSoft404, "soft 404: %q", clip(a.Title, 80))
	case size < 1500 && isWall(a.Title, a.Body), !marked && !isSigned(a) && isConsent(doc, a.Title, a.Body):
		return refuse(TypeConsentWall, "consent or robot check: %q", clip(a.Title, 80))
	case size < 80 && !marked && isListing(doc, page, size):
		return refuse(TypeListing, "listing: %d links, %d of %d words in them", doc.links, doc.linkWords, doc.words)
	case size < 80 && !marked:
		return refuse(TypeOther, "no text: %d characters", size)
	case size == 0 && a.Title == "":
		return refuse(TypeOther, "no text and no title")
	case !marked && isCollection(doc):
		return refuse(TypeListing, "declared a collection")
	case !marked && (doc.ld.isCatalog || strings.HasPrefix(strings.ToLower(doc.meta["og:type"]), "product")):
		return refuse(TypeOther, "declared goods or a job")
	case !marked && (isListing(doc, page, size) || size < 300 && !namesStory(page) && (isLinks(doc) || isDepartment(page) && !isSigned(a))):
		return refuse(TypeListing, "listing: %d links, %d of %d words in them", doc.links, doc.linkWords, doc.words)
	case place != "" && !doc.ld.found && slices.Contains(doc.ld.others, "Product"):
		return refuse(TypeOther, "goods, filed under %q", place)
	case !marked && !isDated(a, isChannelTimeModified) && (placeType == TypeOther || placeType == TypeListing && !namesStory(page)):
		return refuse(placeType, "filed under %q, without date or author", place)
	case isPaid(doc) && isTeaser(doc, a.Body, size):
		return stub("declared not free, teaser only")
	case size < 1500 && asksToPay(doc, a.Body):
		return stub("short and asks to subscribe")
	case size < 80:
		return stub("article without text: %d characters", size)
	}
	return Verdict{Outcome: Stored, PageType: keep}
}

// isMarked tells whether the page's markup says that it is an article.
func isMarked(doc *document) bool {
	kind := strings.ToLower(doc.meta["og:type"])
	return doc.ld.found || strings.HasPrefix(kind, "article") || strings.HasPrefix(kind, "video") || doc.meta["article:published_time"] != ""
}

// isDated tells whether the page states when it was published, or who wrote it, or
// its channel when. A sitemap that gives the last change lists sections too.
func isDated(a *Article, isChannelTimeModified bool) bool {
	switch a.PublishedOrigin {
	case originURL, originFeed:
		return true
	case originSitemap:
		return !isChannelTimeModified
	}
	return isSigned(a)
}

// isSigned tells whether the page itself states when it was published, or who
// wrote it.
func isSigned(a *Article) bool {
	switch a.PublishedOrigin {
	case originLinkedData, originMeta, originTime:
		return true
	}
	return len(a.Authors) > 0
}

// isDepartment tells the addresses under which papers keep their departments, and
// some of them stories too.
func isDepartment(page *url.URL) bool {
	return slices.ContainsFunc(strings.Split(strings.ToLower(page.Path), "/"), func(s string) bool {
		return slices.Contains([]string{"section", "sections", "topic", "topics", "rubrik", "rubrique", "rubriek", "seccion", "secciones", "secao", "sezione", "thema", "themen", "thema's", "tema", "temas", "label", "labels", "hashtag", "author", "authors", "autor", "autoren", "auteur"}, s)
	})
}

// isLinks tells a page of links with hardly any other words.
func isLinks(doc *document) bool {
	return doc.links >= 10 && doc.linkWords*10 > doc.words*6 && doc.prose < 3
}

// typeOfArticle tells live blogs and pages around a film from other articles.
func typeOfArticle(doc *document, page *url.URL, title string, size int) string {
	path := strings.ToLower(page.Path)
	switch {
	case doc.ld.isLive || slices.Contains(doc.ld.others, "LiveBlogPosting"):
		return TypeLiveBlog
	case len(doc.times) >= 6 && (livePath.MatchString(path) || liveTitle.MatchString(title)):
		return TypeLiveBlog
	case strings.HasPrefix(strings.ToLower(doc.meta["og:type"]), "video"):
		return TypeVideo
	case !doc.ld.found && slices.Contains(doc.ld.others, "VideoObject") && size < 3000:
		return TypeVideo
	case size < 1500 && videoPath.MatchString(path):
		return TypeVideo
	}
	return TypeArticle
}

var (
	livePath  = regexp.MustCompile(`/(live|livestory|live-?blog|live-?ticker|live-?updates?|live-?news|live-?reporting|ticker|en-direct|en-vivo|minuto-a-minuto|ao-vivo|diretta)([/_-]|$)`)
	liveTitle = regexp.MustCompile(`(?i)^live\b|\b(live ?blog|live ?ticker|live updates?|as it happened|newsblog|en direct|en vivo|minuto a minuto|ao vivo|minuto por minuto|in diretta)\b|онлайн-трансляция|速報中`)
	videoPath = regexp.MustCompile(`/(videos?|watch|mediathek|tv|clips?|vidéos?)/`)
)

// isCollection tells pages that call themselves a list.
func isCollection(doc *document) bool {
	return slices.ContainsFunc(doc.ld.others, func(t string) bool { return t == "CollectionPage" || t == "SearchResultsPage" })
}

// servicePlace names the part of an address under which sites keep what is no
// news (goods, help, manuals), and tells the places of lists among them.
func servicePlace(page *url.URL) (place, pageType string) {
	first, _, _ := strings.Cut(page.Hostname(), ".")
	if slices.Contains([]string{"docs", "doc", "support", "help", "shop", "store", "developer", "developers"}, first) {
		return first + ".", TypeOther
	}
	for s := range strings.SplitSeq(strings.ToLower(page.Path), "/") {
		switch s {
		case "docs", "doc", "documentation", "manual", "support", "help", "faq", "product", "products", "shop", "store", "cart", "checkout", "pricing", "careers", "login", "register", "account":
			return "/" + s, TypeOther
		case "department", "departments", "browse", "collections", "category", "categories", "tag", "tags", "search", "sale", "archive":
			return "/" + s, TypeListing
		}
	}
	return "", ""
}

// measure is the length of a text in characters, those of dense scripts counted
// double and a half: a Chinese sentence is as long as an English one in fewer.
func measure(s string) int {
	n := utf8.RuneCountInString(s)
	if n > 0 && len(s) > 5*n/2 {
		return n * 5 / 2
	}
	return n
}

func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

// isMissing finds error pages served with status 200. The site's own words for it
// stand in the title or the heading; a news headline can hold them too ("Plane not
// found"), so one that the markup calls an article needs the text to agree.
func isMissing(doc *document, title, body string) bool {
	found := false
	for _, t := range append([]string{title, doc.title}, headingTexts(doc)...) {
		found = found || utf8.RuneCountInString(t) < 90 && missingTitle.MatchString(t) || holdsMissingWord(t)
	}
	said := missingText.MatchString(body) || holdsMissingWord(body)
	size := measure(body)
	if doc.ld.found {
		return found && said
	}
	return found && (size < 600 || said) || said && size < 250
}

func holdsMissingWord(s string) bool {
	if !missingWordTree.isIn(s) {
		return false
	}
	lower := strings.ToLower(s)
	return slices.ContainsFunc(missingWord, func(w string) bool { return strings.Contains(lower, w) })
}

func isWall(title, body string) bool {
	size := measure(body)
	return size < 1500 && wallTitle.MatchString(title) || size < 800 && wallText.MatchString(body)
}

// namesStory tells an address that points at one text: its last part has a long
// number or four words, or a parameter has a long number.
func namesStory(page *url.URL) bool {
	last := page.Path[strings.LastIndex(strings.TrimSuffix(page.Path, "/"), "/")+1:]
	return longNumber.MatchString(last) || longNumber.MatchString(page.RawQuery) || len(slugWords.FindAllString(last, 4)) >= 4
}

// isListing finds front pages and sections: an address that names none of its
// articles, most words in links, hardly any prose.
func isListing(doc *document, page *url.URL, size int) bool {
	dense := doc.words > 0 && doc.linkWords*10 > doc.words*6
	path := strings.Trim(page.Path, "/")
	home := path == "" && page.RawQuery == ""
	section := !longNumber.MatchString(path) && page.RawQuery == "" && strings.Count(path, "/") <= 2 && len(slugWords.FindAllString(path[strings.LastIndex(path, "/")+1:], 4)) < 3
	switch {
	case doc.teasers >= 12 && doc.prose < doc.teasers/4 && dense && size < 3000 && !namesStory(page):
		return true
	case home:
		return doc.links > 30 && (dense || doc.prose < 3) || doc.prose < 2
	case section:
		return doc.links > 30 && dense && doc.prose < 3 && size < 3000
	}
	return false
}

var (
	longNumber = regexp.MustCompile(`\d{4}`)
	slugWords  = regexp.MustCompile(`[^-_.+%]+`)
)

// isTeaser tells a teaser from a whole text that is merely marked as paid, as
// many are for readers who have used up their free articles.
func isTeaser(doc *document, body string, size int) bool {
	switch {
	case doc.paidText >= 600: // the paid part is there
		return false
	case doc.paidText >= 0 && doc.paidText < 200:
		return size < 3000
	case doc.ld.wordCount > 0:
		return len(strings.Fields(body))*2 < doc.ld.wordCount || size < 600
	}
	return size < 1500
}

func headingTexts(doc *document) []string {
	var out []string
	for _, h := range doc.headings {
		if h.level == 1 {
			out = append(out, h.text)
		}
	}
	return out
}
