// Package article turns a fetched page into an article: title, text, authors,
// date, language and the one address it is known by.
//
//	n := article.New(lg, article.Config{})
//	a, verdict, err := n.Normalise(ctx, page)
//
// The way of a page: bytes to text (transform/decode), one parse, one walk that
// notes every fact the markup states (document.go), then each field from the facts
// by a file of its own: body.go, title.go, author.go, published.go, section.go,
// language.go. gate.go tells what is held back from its reader, quality.go whether
// the text is likely another's, and pagetype.go has the last word on what the page
// is, by the words of pagewords.go, which phrases.go makes cheap to look for. It is
// slow to refuse: a page too many is a row nobody reads, a story lost is a wrong rank.
//
// Normalise is a function of its input: it reads no clock and keeps no state, so a
// page gives the same article tonight and in a rebuild a year on.
package article

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/overheard-news/overheard/transform/canonical"
	"github.com/overheard-news/overheard/transform/decode"
)

// Page is what the crawler brings home.
type Page struct {
	URL                string // where the body came from, after redirects
	RequestedURL       string // what was asked for
	ContentType        string
	Body               []byte // content encoding undone, character set untouched
	LastModified       time.Time
	FetchedAt          time.Time
	FirstSeenAt        time.Time // when the URL was first discovered
	ChannelPublishedAt time.Time // what the feed or sitemap says; zero if nothing
	ChannelKind        string    // feed or sitemap
	// IsChannelTimeModified says that ChannelPublishedAt is only the last change,
	// as sitemaps without news dates have it.
	IsChannelTimeModified bool
	ChannelTitle          string
	OutletLanguage        string         // BCP 47; und or empty if not known
	OutletZone            *time.Location // in which times without a zone are read; nil is UTC
	TrustChannelDates     bool           // the channel's date wins over the page's
	MaxAge                time.Duration  // older articles are too_old; 0 keeps all
}

// Article is a row of staging.articles, but for what only the run knows.
type Article struct {
	ID               int64
	CanonicalURL     string
	URL              string
	Title            string
	Body             string // paragraphs separated by line feeds
	Authors          []string
	Language         string
	Charset          string
	PublishedAt      time.Time
	PublishedOrigin  string
	IsPublishedExact bool
	Access           string // full or stub
	CharacterCount   int
	ContentHash      string
	PageType         string          // TypeArticle, TypeLiveBlog, TypeVideo or TypeStub
	Section          string          // as the page or its address names it; empty if neither does
	QualityReason    string          // why the text is probably not the article's; empty if it is good
	DateCandidates   []DateCandidate // every date found, best first
}

// DateCandidate is one date found on the page or given by the channel.
type DateCandidate struct {
	At          time.Time `json:"at"`
	Origin      string    `json:"origin"`
	IsExact     bool      `json:"is_exact"`
	IsPlausible bool      `json:"is_plausible"`
	Reason      string    `json:"reason,omitempty"` // why it was refused
}

// Types of pages.
const (
	TypeArticle     = "article"
	TypeLiveBlog    = "live_blog"
	TypeVideo       = "video"
	TypeStub        = "stub" // a teaser outside a paywall
	TypeListing     = "listing"
	TypeSoft404     = "soft_404"
	TypeConsentWall = "consent_wall"
	TypeOther       = "other"
)

// Outcomes that Normalise gives.
const (
	Stored     = "stored"
	Stub       = "stub"
	NotArticle = "not_article"
	TooLarge   = "too_large"
	TooOld     = "too_old"
)

// Verdict says what became of a page, in the words of ops.urls, and why.
type Verdict struct {
	Outcome  string
	Reason   string
	PageType string // one of the Type constants; empty where the page was not read
}

// Config bounds the work on one page. The extractors cannot be interrupted and
// take quadratic time on some pages, so the bound is on what they are given.
type Config struct {
	MaxBytes int // of the body; 0 is 3 MiB
	MaxNodes int // elements and texts after scripts and drawings are taken out; 0 is 30,000
}

// Normaliser is safe for concurrent use.
type Normaliser struct {
	lg  *slog.Logger
	cfg Config
}

// New returns a Normaliser; zero limits take their defaults.
func New(lg *slog.Logger, cfg Config) *Normaliser {
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = 3 << 20
	}
	if cfg.MaxNodes == 0 {
		cfg.MaxNodes = 30_000
	}
	return &Normaliser{lg: lg, cfg: cfg}
}

// Normalise reads a page. The article is nil unless the outcome is stored or stub;
// an error means that the context ended or the page has no usable address.
func (n *Normaliser) Normalise(ctx context.Context, p Page) (*Article, Verdict, error) {
	if err := ctx.Err(); err != nil {
		return nil, Verdict{}, err
	}
	own, err := canonical.Clean(p.URL)
	if err != nil {
		return nil, Verdict{}, fmt.Errorf("normalise page %q: %w", p.URL, err)
	}
	text, charset, v := n.read(p)
	if v.Outcome != "" {
		return nil, v, nil
	}
	doc, v := n.parse(text)
	if v.Outcome != "" {
		return nil, v, nil
	}
	if isSentHome(p.RequestedURL, own) && !doc.ld.found {
		return nil, Verdict{Outcome: NotArticle, PageType: TypeListing, Reason: "redirected to the home page"}, nil
	}
	if err := ctx.Err(); err != nil { // extraction is the long part
		return nil, Verdict{}, err
	}
	base, err := url.Parse(own)
	if err != nil {
		return nil, Verdict{}, fmt.Errorf("normalise page %q: %w", p.URL, err)
	}

	a := &Article{URL: own, Charset: charset}
	a.Title = chooseTitle(doc, base.Hostname(), p.ChannelTitle)
	body := n.body(doc, base, a.Title)
	a.Body = body.text
	a.Authors = chooseAuthors(doc, base.Hostname(), body.byline)
	a.CanonicalURL = chooseAddress(p.URL, doc)
	a.ID = canonical.ID(a.CanonicalURL)
	a.Language = chooseLanguage(a.Title, a.Body, p.OutletLanguage, doc.lang)
	d, all := chooseDate(doc, base, p)
	a.PublishedAt, a.PublishedOrigin, a.IsPublishedExact, a.DateCandidates = d.at.UTC(), d.origin, d.exact, all
	a.CharacterCount = utf8.RuneCountInString(a.Body)
	a.ContentHash = contentHash(a.Title, a.Body)

	a.Section = chooseSection(doc, base, a.Title)

	v = judge(doc, base, a, p.IsChannelTimeModified)
	a.PageType = v.PageType
	if v.Outcome != Stored && v.Outcome != Stub {
		return nil, v, nil
	}
	a.Access = "full"
	if v.Outcome == Stub {
		a.Access = "stub"
	}
	if v.PageType != TypeStub && v.PageType != TypeVideo { // theirs are short by nature
		a.QualityReason = quality(doc, a, body)
	}
	if p.MaxAge > 0 && !p.FirstSeenAt.IsZero() && a.PublishedAt.Before(p.FirstSeenAt.Add(-p.MaxAge)) {
		return nil, Verdict{Outcome: TooOld, PageType: v.PageType, Reason: fmt.Sprintf("published %s by %s", a.PublishedAt.Format(time.DateOnly), a.PublishedOrigin)}, nil
	}
	return a, v, nil
}

// isSentHome tells whether an article's address led to a front page, which is how
// many sites answer for what they have deleted.
func isSentHome(requested, own string) bool {
	from, err := url.Parse(requested)
	if err != nil || requested == "" {
		return false
	}
	to, err := url.Parse(own)
	return err == nil && to.Path == "/" && to.RawQuery == "" && (len(from.Path) > 1 || from.RawQuery != "")
}

// read decodes the body, or says why it is no page.
func (n *Normaliser) read(p Page) (text, charset string, v Verdict) {
	if len(p.Body) > n.cfg.MaxBytes {
		return "", "", Verdict{Outcome: TooLarge, Reason: fmt.Sprintf("%d bytes of HTML, limit %d", len(p.Body), n.cfg.MaxBytes)}
	}
	if kind := foreignType(p.ContentType); kind != "" {
		return "", "", Verdict{Outcome: NotArticle, PageType: TypeOther, Reason: "content type " + kind}
	}
	text, charset, err := decode.Text(p.Body, p.ContentType)
	if err != nil {
		return "", "", Verdict{Outcome: NotArticle, PageType: TypeOther, Reason: err.Error()}
	}
	if what := notHTML(text); what != "" {
		return "", "", Verdict{Outcome: NotArticle, PageType: TypeOther, Reason: what}
	}
	return text, charset, Verdict{}
}

// parse makes the document, or says why it is too much to read.
func (n *Normaliser) parse(text string) (*document, Verdict) {
	doc, err := parseDocument(text, n.cfg.MaxNodes)
	switch {
	case errors.Is(err, errTooManyNodes):
		return nil, Verdict{Outcome: TooLarge, Reason: fmt.Sprintf("more than %d nodes", n.cfg.MaxNodes)}
	case err != nil: // html.Parse fails only past 512 levels
		return nil, Verdict{Outcome: TooLarge, Reason: err.Error()}
	}
	return doc, Verdict{}
}

// chooseAddress takes the first declared address that can be believed.
func chooseAddress(pageURL string, doc *document) string {
	for _, declared := range []string{doc.canonical, doc.meta["og:url"]} {
		if u, ok := canonical.Same(pageURL, declared); ok {
			return u
		}
	}
	own, _ := canonical.Same(pageURL, "")
	return own
}

// contentHash identifies what the reader sees; see staging.articles.content_hash.
func contentHash(title, body string) string {
	sum := sha256.Sum256([]byte(title + "\n" + body))
	return hex.EncodeToString(sum[:])
}

// foreignType returns the content type if it cannot be a page. Types that servers
// give to pages by mistake (text/plain, octet-stream) are left to the bytes.
func foreignType(contentType string) string {
	kind, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(contentType)), ";")
	kind = strings.TrimSpace(kind)
	for _, p := range []string{"image/", "audio/", "video/", "font/", "application/pdf", "application/zip", "application/json", "application/javascript", "text/javascript", "text/css", "text/csv", "text/calendar"} {
		if strings.HasPrefix(kind, p) {
			return kind
		}
	}
	return ""
}

// notHTML names text that is something else, by how it begins.
func notHTML(text string) string {
	head := strings.ToLower(strings.TrimSpace(text[:min(len(text), 2048)]))
	if head == "" {
		return "empty page"
	}
	for {
		start := head
		for _, open := range []struct{ from, to string }{{"<?", "?>"}, {"<!--", "-->"}} {
			if strings.HasPrefix(head, open.from) {
				_, rest, _ := strings.Cut(head, open.to)
				head = strings.TrimSpace(rest)
			}
		}
		if head == start {
			break
		}
	}
	for _, k := range []struct{ mark, what string }{
		{"<rss", "a feed"}, {"<feed", "a feed"}, {"<rdf:rdf", "a feed"}, {"<urlset", "a sitemap"}, {"<sitemapindex", "a sitemap"}, {"<svg", "a drawing"}, {"{", "JSON"}, {"[{", "JSON"},
	} {
		if strings.HasPrefix(head, k.mark) {
			return k.what + " instead of a page"
		}
	}
	if !strings.Contains(text, "<") {
		return "text without markup"
	}
	return ""
}
