package canonical

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/nlnwa/whatwg-url/url"
	"golang.org/x/net/publicsuffix"
)

// Same weighs the address a page declares for itself (rel=canonical, og:url; it
// may be relative) and returns the address to store, with true if that is the
// declared one. Templates often declare the home page, the section or the script
// without its parameters: those would merge all their articles into one, so a
// declared address must be of the same site and name the article as closely as
// the page's own does.
func Same(pageURL, declared string) (string, bool) {
	own, err := Clean(pageURL)
	if err != nil {
		return pageURL, false
	}
	if strings.TrimSpace(declared) == "" {
		return own, false
	}
	base, err := url.Parse(own)
	if err != nil {
		return own, false
	}
	want, err := settle(declared, base)
	if err != nil {
		return own, false
	}
	if want == own {
		return own, true
	}
	if !isPlausible(split(own), split(want)) {
		return own, false
	}
	return want, true
}

// address is a cleaned URL in the parts that Same compares.
type address struct {
	host     string
	segments []string // of the path, without empty ones
	query    []string // parameters, as written
}

func split(clean string) address {
	u, err := url.Parse(clean)
	if err != nil { // cannot be: clean has been parsed before
		return address{}
	}
	var a address
	a.host = u.Hostname()
	for s := range strings.SplitSeq(u.Pathname(), "/") {
		if s != "" {
			a.segments = append(a.segments, s)
		}
	}
	if q := u.Query(); q != "" {
		a.query = strings.Split(q, "&")
	}
	return a
}

func isPlausible(page, declared address) bool {
	if site(page.host) != site(declared.host) {
		return false
	}
	page = foldVariant(page)
	declared = foldVariant(declared)
	if !keepsQuery(page, declared) {
		return false
	}
	if slices.Equal(page.segments, declared.segments) {
		return true
	}
	if len(declared.segments) == 0 {
		return len(declared.query) > 0 && namesArticle(declared)
	}
	if isPrefix(declared.segments, page.segments) {
		return namesArticle(declared)
	}
	return namesArticle(declared) || !namesArticle(page)
}

// site is the registrable domain, or the host itself where there is none.
func site(host string) string {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return host
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return d
	}
	return host
}

// foldVariant takes away what tells an AMP, mobile or print rendering from the
// article itself.
func foldVariant(a address) address {
	var out address
	out.host = a.host
	for i, s := range a.segments {
		l := strings.ToLower(s)
		if slices.Contains(variantSegments, l) && (i == 0 || i == len(a.segments)-1) {
			continue
		}
		s = strings.TrimSuffix(s, ".amp")
		if strings.HasSuffix(l, ".amp.html") {
			s = s[:len(s)-len(".amp.html")] + ".html"
		}
		out.segments = append(out.segments, s)
	}
	if n := len(out.segments); n > 0 && indexFile.MatchString(out.segments[n-1]) {
		out.segments = out.segments[:n-1]
	}
	for _, p := range a.query {
		name, value, _ := strings.Cut(strings.ToLower(p), "=")
		if slices.Contains(variantNames, name) || slices.Contains(pagingNames, name) && pageNumber.MatchString(value) {
			continue
		}
		out.query = append(out.query, p)
	}
	return out
}

var (
	variantSegments = []string{"amp", "m", "mobile", "print", "amphtml"}
	variantNames    = []string{"amp", "amp_js_v", "usqp", "outputtype", "output", "print", "printable", "mobile", "replytocom", "share", "comments", "nocache", "single", "showall"}
	pagingNames     = []string{"page", "paged", "pg", "pagina", "seite", "pagewanted"}
	pageNumber      = regexp.MustCompile(`^([0-9]{1,2}|all|print)$`)
	indexFile       = regexp.MustCompile(`(?i)^(index|default)\.(html?|php|aspx?|jsp)$`)
)

// keepsQuery tells whether each parameter that could name the article is still
// there, in the declared query or in the declared path.
func keepsQuery(page, declared address) bool {
	samePath := slices.Equal(page.segments, declared.segments)
	path := strings.ToLower(strings.Join(declared.segments, "/"))
	for _, p := range page.query {
		if slices.Contains(declared.query, p) {
			continue
		}
		name, value, _ := strings.Cut(strings.ToLower(p), "=")
		if value == "" {
			value = name // "?123" and "?p/123" are used as ids too
		}
		if hasValue(declared.query, value) || len(value) > 3 && strings.Contains(path, value) {
			continue
		}
		if idName.MatchString(name) || longNumber.MatchString(value) {
			// An address rewritten to words may drop the number, if it names an article.
			if samePath || !namesArticle(declared) {
				return false
			}
		}
	}
	return true
}

func hasValue(query []string, value string) bool {
	return slices.ContainsFunc(query, func(p string) bool {
		_, v, _ := strings.Cut(strings.ToLower(p), "=")
		return v == value
	})
}

var (
	idName     = regexp.MustCompile(`(id|^p|^px|^a|^s|^c|^k|^q|^t|^v|^n|nr|no|num|code|article|artikel|story|story_name|news|title|file|filename|page|page_name|item|entry|post|doc|key|slug|headline|date|sn|msg|thread|topic)$`)
	longNumber = regexp.MustCompile(`[0-9]{4}`)
	words      = regexp.MustCompile(`[^-_.,+ ]+`)
)

// namesArticle tells whether an address points at one text: a segment with a
// long number or of three words and more, or a parameter that is an id.
func namesArticle(a address) bool {
	for i, s := range a.segments {
		if longNumber.MatchString(s) && (len(s) > 4 || i == len(a.segments)-1 && i > 0) {
			return true
		}
		// Escaped text is words in a script that URLs cannot write.
		if strings.Count(s, "%") >= 6 || len(words.FindAllString(s, 4)) >= 3 {
			return true
		}
	}
	for _, p := range a.query {
		name, value, _ := strings.Cut(strings.ToLower(p), "=")
		if value != "" && (idName.MatchString(name) || longNumber.MatchString(value)) || longNumber.MatchString(p) {
			return true
		}
	}
	return false
}

func isPrefix(short, long []string) bool {
	return len(short) < len(long) && slices.Equal(short, long[:len(short)])
}
