package press

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/overheard-news/overheard/crawlers/press/wording"
)

// addresses is how many styles of article address there are.
const addresses = 6

// membersFolder is what robots.txt forbids on hosts that forbid a folder.
const membersFolder = "/members"

// pathOf returns the canonical address of an article without its host. Its last
// number is day and number within the night: the server finds the article by it.
func (p *Press) pathOf(a *article) string {
	o := &p.outlets[a.outlet]
	id := strconv.Itoa(int(a.day)*1000 + int(a.number))
	local := o.local(a.published)
	prefix := ""
	if a.flags&flagForbidden != 0 {
		prefix = membersFolder
	}
	style := p.styleOf(a)
	switch style {
	case 2:
		return prefix + "/article/" + id
	case 3:
		return prefix + "/story.php?id=" + id
	}
	headline := p.headline(a).text
	slug := wording.Slug(headline)
	if style == 5 {
		slug = url.PathEscape(wording.Hyphenate(headline, unicode.IsPrint))
	}
	if slug == "" {
		slug = "story"
	}
	switch style {
	case 0:
		return prefix + local.Format("/2006/01/02/") + slug + "-" + id
	case 1:
		return prefix + "/news/" + slug + "-" + id + ".html"
	case 4:
		return prefix + "/" + p.stories[a.story].kind + "/" + slug + "-" + id
	}
	return prefix + local.Format("/2006-01-02/") + slug + "-" + id
}

func (o *outlet) local(seconds int64) time.Time {
	return time.Unix(seconds, 0).In(o.zone)
}

// ampOf returns the address of the article's twin for telephones.
func ampOf(path string) string { return "/amp" + path }

// find returns the article an address leads to and whether it is its AMP twin.
// Parameters that links gather on their way (utm_source ...) are overlooked.
func (p *Press) find(host int, u *url.URL) (a *article, isAMP bool) {
	path := u.EscapedPath()
	if id := u.Query().Get("id"); id != "" {
		path += "?id=" + id
	}
	path, isAMP = strings.CutPrefix(path, "/amp")
	if before, session, has := strings.Cut(path, ";jsessionid="); has {
		_, query, _ := strings.Cut(session, "?")
		path = strings.TrimSuffix(before+"?"+query, "?")
	}
	digits := strings.TrimSuffix(path, ".html")
	digits = digits[strings.LastIndexAny(digits, "/-=")+1:]
	id, err := strconv.Atoi(digits)
	if err != nil {
		return nil, false
	}
	night, number := id/1000-p.firstDay, id%1000
	if night < 0 || night >= p.cfg.Nights || number >= p.starts[host][night+1]-p.starts[host][night] {
		return nil, false
	}
	a = &p.articles[p.starts[host][night]+number]
	if !strings.EqualFold(p.pathOf(a), path) || (isAMP && p.outlets[host].tricks&trickTwins == 0) {
		return nil, false
	}
	return a, isAMP
}

// articleAt returns the article with a canonical address; nil if there is none.
func (p *Press) articleAt(address string) *article {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	host, side, isKnown := p.locate(u.Hostname())
	if !isKnown || side != 0 {
		return nil
	}
	a, isAMP := p.find(host, u)
	if isAMP {
		return nil
	}
	return a
}

// sides are the host names of an outlet: its own, and on hosts with that trick
// those for telephones and for AMP.
const (
	sides   = 3
	sideAMP = 2
)

// locate tells an outlet by a host name without port, and which side of it that is.
func (p *Press) locate(name string) (host, side int, isKnown bool) {
	slug, isOurs := strings.CutSuffix(strings.ToLower(name), ".localhost")
	for i, prefix := range []string{"", "m.", "amp."} {
		rest, has := strings.CutPrefix(slug, prefix)
		if host, isKnown = p.bySlug[rest]; isOurs && has && isKnown {
			return host, i, i == 0 || p.outlets[host].tricks&trickMobile != 0
		}
	}
	return 0, 0, false
}

// hostOf returns the host name of an outlet, with the port if it is not 0.
func (o *outlet) hostOf(port int) string {
	if port == 0 {
		return o.slug + ".localhost"
	}
	return fmt.Sprintf("%s.localhost:%d", o.slug, port)
}
