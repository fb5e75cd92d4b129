package discover

import (
	"regexp"
	"slices"
)

// Pattern is the shape of the addresses of an outlet's articles: one or a few
// shapes, each of which is enough, less what only lists articles. It is learned
// from addresses of known articles (learn.go), and printed and read as one line
// (patterntext.go). The zero value is unknown and matches nothing.
//
// It knows paths and parameters, not hosts: whose pages are looked through, and
// which hosts are the outlet's, the caller knows.
type Pattern struct {
	shapes  []shape
	allowed []string // listing words that addresses of articles have here, sorted
}

// shapeKind is the strongest thing by which an address tells an article.
type shapeKind byte

// The kinds of shapes, strongest first: an address is learned under the first
// it has.
const (
	shapeDate  shapeKind = iota + 1 // a date, and something behind it
	shapeID                         // a long number
	shapeHash                       // a random identifier
	shapeQuery                      // an identifier in a parameter
	shapeSlug                       // many words in a row
	shapeName                       // no more than a word or two under a marker, or with an extension
)

// shape is a set of conditions on an address, all of which must hold.
type shape struct {
	kind               shapeKind
	date               int    // shapeDate: at least so fine
	digits             int    // shapeID: at least so many in one number
	mark               string // shapeID: letters before the number; "": any or none
	key                string // shapeQuery: the parameter
	words              int    // at least so many in the longest slug; 0: it may have none
	minDepth, maxDepth int    // segments of the path
	ext                string // of the last segment; noExt: none; "": any
	has                []string
	first              []string // one of them is the first segment; empty: any
}

// noExt is the ext of a shape whose addresses have none.
const noExt = "none"

// listingWords are segments that stand in addresses of lists, of people and of
// services. They are looked for as whole segments only, and not where the
// outlet's own articles have them. Names that sections have, too, such as weather
// or games, are not among them.
var listingWords = setOf(
	"tag", "tags", "topic", "topics", "category", "categories", "author", "authors", "archive", "archives", "search", "contributor", "contributors", "profile", "profiles", "staff", "user", "users",
	"login", "signin", "signup", "register", "account", "subscribe", "subscription", "subscriptions", "newsletter", "newsletters", "feed", "feeds", "rss", "sitemap", "page", "pages", "print", "share", "comments", "wp-content", "wp-login.php", "cdn-cgi", "cart",
	"about", "about-us", "contact", "contact-us", "privacy", "privacy-policy", "terms", "terms-of-use", "terms-of-service", "terms-and-conditions", "cookies", "cookie-policy", "advertise", "advertising", "help", "faq", "legal", "imprint", "careers",
	"etiqueta", "etiquetas", "tema", "temas", "categoria", "categorias", "categoría", "autor", "autores", "autori", "autore", "auteur", "auteurs", "sujet", "sujets", "mot-cle", "rubrique", "buscar", "busca", "recherche", "pagina", "página", "contacto", "contato", "contatti", "privacidad", "privacidade", "hemeroteca", "archivo", "arquivo", "archivio",
	"thema", "themen", "schlagwort", "schlagworte", "stichwort", "kategorie", "rubrik", "autoren", "autorin", "suche", "seite", "impressum", "datenschutz", "kontakt", "agb", "abo", "archiv", "stikord", "emne", "tagg", "avainsana", "onderwerp", "auteur", "zoeken", "temat", "tematy", "szukaj", "strona", "stitek", "stitky", "etiket", "etiketler", "yazar", "yazarlar", "kategori", "arama", "cimke", "szerzo", "ετικέτα", "тег", "теги", "автор", "авторы", "тема", "темы", "рубрика", "поиск", "وسم", "برچسب", "标签", "标籤", "タグ", "태그", "penulis", "indeks",
)

func setOf(words ...string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, w := range words {
		set[w] = true
	}
	return set
}

// IsZero says that nothing is known.
func (p Pattern) IsZero() bool { return len(p.shapes) == 0 }

// Match tells whether an address looks like one of the outlet's articles.
func (p Pattern) Match(address string) bool {
	if p.IsZero() {
		return false
	}
	l, ok := lookAt(address)
	return ok && p.matches(&l)
}

func (p Pattern) matches(l *look) bool {
	if l.isFile || p.isListing(l) {
		return false
	}
	return slices.ContainsFunc(p.shapes, func(s shape) bool { return s.matches(l) })
}

var pageNumber = regexp.MustCompile(`^(?:page|p|pg|seite|pagina|strona|sayfa)[-_]?\d{1,4}$`)

// isListing tells addresses that list articles, or have nothing to do with them.
func (p Pattern) isListing(l *look) bool {
	for i, s := range l.segments {
		if listingWords[s.text] && !slices.Contains(p.allowed, s.text) {
			return true
		}
		if i == len(l.segments)-1 && pageNumber.MatchString(s.text) {
			return true
		}
	}
	return false
}

func (s *shape) matches(l *look) bool {
	switch s.kind {
	case shapeDate:
		if l.date < s.date || !l.hasTail() {
			return false
		}
	case shapeID:
		if l.digits < s.digits || s.mark != "" && l.mark != s.mark {
			return false
		}
	case shapeHash:
		if !l.hasHash {
			return false
		}
	case shapeQuery:
		if !slices.Contains(l.keys, s.key) {
			return false
		}
	}
	depth := len(l.segments)
	if l.words < s.words || depth < s.minDepth || depth > s.maxDepth {
		return false
	}
	if s.ext != "" && s.ext != l.ext && !(s.ext == noExt && l.ext == "") {
		return false
	}
	if len(s.first) > 0 && !slices.Contains(s.first, l.segments[0].text) {
		return false
	}
	return !slices.ContainsFunc(s.has, func(name string) bool { return !l.hasSegment(name) })
}

func (l *look) hasSegment(text string) bool {
	return slices.ContainsFunc(l.segments, func(s segment) bool { return s.text == text })
}

// anyArticle is what addresses of articles mostly look like, for an outlet whose
// own pattern is not known yet.
var anyArticle = Pattern{shapes: []shape{
	{kind: shapeDate, date: byMonth, minDepth: 2, maxDepth: 8},
	{kind: shapeID, digits: 5, words: 3, minDepth: 1, maxDepth: 6},
	{kind: shapeID, digits: 7, minDepth: 2, maxDepth: 5},
	{kind: shapeHash, minDepth: 2, maxDepth: 6},
	{kind: shapeQuery, key: "id", minDepth: 1, maxDepth: 4},
	{kind: shapeQuery, key: "articleid", minDepth: 1, maxDepth: 4},
	{kind: shapeQuery, key: "newsid", minDepth: 1, maxDepth: 4},
	{kind: shapeQuery, key: "idxno", minDepth: 1, maxDepth: 4},
	{kind: shapeSlug, words: 5, minDepth: 1, maxDepth: 5},
}}
