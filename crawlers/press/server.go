package press

import (
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"html"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
	"github.com/overheard-news/overheard/crawlers/press/wording"
)

// Handler answers for all outlets, told apart by the Host header.
func (p *Press) Handler() http.Handler {
	var restless atomic.Int64 // validators that never hold
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			name = r.Host
		}
		host, isKnown := p.bySlug[strings.TrimSuffix(strings.ToLower(name), ".localhost")]
		if !isKnown {
			http.Error(w, fmt.Sprintf("no outlet of this press is called %q", name), http.StatusMisdirectedRequest)
			return
		}
		visit := &visit{p: p, o: &p.outlets[host], host: host, w: w, r: r, base: "http://" + r.Host, now: p.cfg.Clock(), restless: &restless}
		done, wait := p.manners.begin(host, r, time.Now())
		defer done()
		if wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
			http.Error(w, "slow down", http.StatusTooManyRequests)
			return
		}
		visit.answer()
	})
}

// visit is one request to one host.
type visit struct {
	p        *Press
	o        *outlet
	host     int
	w        http.ResponseWriter
	r        *http.Request
	base     string
	now      time.Time
	restless *atomic.Int64
}

func (v *visit) answer() {
	switch t := v.o.tricks; {
	case t&trickError != 0:
		http.Error(v.w, "something went wrong", http.StatusInternalServerError)
		return
	case t&trickReset != 0:
		v.reset()
		return
	case t&trickHang != 0:
		v.sleep(v.p.cfg.Tricks.HangFor)
		v.reset()
		return
	case t&trickSlow != 0:
		d := dice.Roll(v.p.seed, "slow "+v.r.URL.Path)
		v.sleep(time.Duration(d.Between(200, 400)) * time.Millisecond)
	}
	path := v.r.URL.Path
	switch {
	case path == "/robots.txt":
		v.robots()
	case path == "/":
		v.page(v.p.frontPage(v.host, v.base, v.now), http.StatusOK)
	case v.channel(path):
	case strings.HasPrefix(path, "/sitemaps/"):
		v.nightMap(path)
	case v.o.tricks&trickEndless != 0 && strings.HasPrefix(path, "/sitemap-more/"):
		number, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(path, "/sitemap-more/"), ".xml"))
		v.send([]byte(v.p.endlessIndex(v.base, number)), "application/xml")
	case v.o.tricks&trickEndless != 0 && strings.HasPrefix(path, "/calendar/"):
		v.page(v.p.calendar(v.host, path), http.StatusOK)
	case v.o.tricks&trickBomb != 0 && path == "/special/big-picture.html":
		v.bomb()
	case v.o.tricks&trickBomb != 0 && path == "/special/live-ticker.html":
		v.endless()
	default:
		v.article()
	}
}

func (v *visit) sleep(d time.Duration) {
	select {
	case <-time.After(d):
	case <-v.r.Context().Done():
	}
}

// reset drops the connection so that the reader sees a reset, not an end.
func (v *visit) reset() {
	conn, _, err := http.NewResponseController(v.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// channel answers for the feeds and sitemaps of the host.
func (v *visit) channel(path string) bool {
	for _, c := range v.o.channels {
		if c.path == path {
			body, media := v.p.channelBody(v.host, c, v.base, v.now)
			v.send(body, media)
			return true
		}
	}
	return false
}

func (v *visit) nightMap(path string) {
	night, err := time.Parse("/sitemaps/"+time.DateOnly+".xml", path)
	if err != nil {
		http.NotFound(v.w, v.r)
		return
	}
	v.send([]byte(v.p.nightMap(v.host, v.base, dayOf(night), v.now)), "application/xml")
}

func (v *visit) article() {
	a, isAMP := v.p.find(v.host, v.r.URL)
	deleted := a != nil && a.flags&flagDeleted != 0 && !v.now.Before(v.p.editedAt(a))
	switch {
	case a == nil && v.o.tricks&trickSoftNotFound != 0:
		v.page(v.p.notFound(v.host, "notfound"), http.StatusOK)
	case a == nil || a.published > v.now.Unix():
		v.page(v.p.notFound(v.host, "notfound"), http.StatusNotFound)
	case a.flags&flagBroken != 0:
		http.Error(v.w, "something went wrong", http.StatusInternalServerError)
	case deleted:
		v.p.manners.decided(v.host, v.r)
		v.page(v.p.notFound(v.host, "gone"), []int{http.StatusNotFound, http.StatusGone}[a.number%2])
	default:
		v.page(v.p.articlePage(v.host, a, v.base, isAMP, v.now), http.StatusOK)
	}
}

// page sends HTML in the character set of the host.
func (v *visit) page(text string, status int) {
	if status != http.StatusOK {
		v.w.Header().Set("Content-Type", v.o.contentType("text/html"))
		v.w.WriteHeader(status)
		_, _ = v.w.Write(v.o.encode(text)) // a reader that left needs no answer
		return
	}
	v.send(v.o.encode(text), v.o.contentType("text/html"))
}

// send answers 200, or 304 to a reader whose copy is the same, or says it is.
func (v *visit) send(body []byte, media string) {
	h := fnv.New64a()
	_, _ = h.Write(body) // never fails
	tag := fmt.Sprintf("%q", strconv.FormatUint(h.Sum64(), 36))
	isConditional := v.r.Header.Get("If-None-Match") != "" || v.r.Header.Get("If-Modified-Since") != ""
	isSame := v.r.Header.Get("If-None-Match") == tag
	switch {
	case v.o.tricks&trickForeverTag != 0:
		tag, isSame = `"v1"`, isConditional
	case v.o.tricks&trickRestlessTag != 0:
		tag, isSame = fmt.Sprintf(`"r%d"`, v.restless.Add(1)), false
	}
	v.w.Header().Set("ETag", tag)
	if isSame {
		v.w.WriteHeader(http.StatusNotModified)
		return
	}
	v.p.manners.decided(v.host, v.r)
	v.w.Header().Set("Content-Type", media)
	if v.o.compresses && media != "application/x-gzip" && strings.Contains(v.r.Header.Get("Accept-Encoding"), "gzip") {
		v.w.Header().Set("Content-Encoding", "gzip")
		z, _ := gzip.NewWriterLevel(v.w, gzip.BestSpeed) // the level is a known one
		_, _ = z.Write(body)
		_ = z.Close()
		return
	}
	v.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(body)
	}
}

// robots answers with the rules, or that there are none.
func (v *visit) robots() {
	v.p.manners.sawRobots(v.host)
	rules := v.p.robots(v.host, v.base)
	if rules == "" {
		http.NotFound(v.w, v.r)
		return
	}
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(v.w, rules)
}

func (p *Press) robots(host int, base string) string {
	o := &p.outlets[host]
	if o.tricks&(trickRobotsFolder|trickRobotsAll) == 0 && o.crawlDelay == 0 && host%3 == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("# rules for machines\nUser-agent: NosyBot\nDisallow: /\n\nUser-agent: *\n")
	switch {
	case o.tricks&trickRobotsAll != 0:
		b.WriteString("Disallow: /\n")
	case o.tricks&trickRobotsFolder != 0:
		fmt.Fprintf(&b, "Disallow: %s/\nDisallow: %s/\nDisallow: /*?print=1\n", membersFolder, ampOf(membersFolder))
	default:
		b.WriteString("Disallow: /search\n")
	}
	if o.crawlDelay > 0 {
		fmt.Fprintf(&b, "Crawl-delay: %g\n", o.crawlDelay.Seconds())
	}
	for _, c := range o.channels {
		if c.kind == "sitemap" {
			fmt.Fprintf(&b, "\nSitemap: %s%s\n", base, c.path)
		}
	}
	return b.String()
}

// isForbidden tells whether robots.txt forbids the path to all.
func (o *outlet) isForbidden(path string) bool {
	return o.tricks&trickRobotsAll != 0 && path != "/robots.txt" ||
		o.tricks&trickRobotsFolder != 0 && strings.HasPrefix(strings.TrimPrefix(path, "/amp"), membersFolder+"/")
}

// gzipBomb is half a gigabyte of spaces in half a megabyte: the same compressed
// block over and over, which gzip allows.
func gzipBomb() []byte {
	head := zip([]byte("<!DOCTYPE html><html><body><p>"))
	block := zip([]byte(strings.Repeat(" ", 8<<20)))
	out := head
	for range 64 {
		out = append(out, block...)
	}
	return out
}

func (v *visit) bomb() {
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Encoding", "gzip")
	_, _ = v.w.Write(v.p.bomb())
}

// endless sends a page of 200 MB to whoever keeps listening.
func (v *visit) endless() {
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if _, err := io.WriteString(v.w, "<!DOCTYPE html><html><body><h1>Live</h1>\n"); err != nil {
		return
	}
	line := strings.Repeat("<p>The ticker goes on; nothing has happened since the last line.</p>\n", 1000)
	for sent := 0; sent < 200<<20; sent += len(line) {
		if _, err := io.WriteString(v.w, line); err != nil {
			return
		}
	}
}

// frontPage links the newest articles.
func (p *Press) frontPage(host int, base string, now time.Time) string {
	o := &p.outlets[host]
	items := p.of(host, now)
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=%q>\n<head>%s<title>%s</title></head>\n<body><h1>%s</h1><ul>\n", o.language, o.charsetMeta(), html.EscapeString(o.name), html.EscapeString(o.name))
	for _, a := range items[max(0, len(items)-feedItems):] {
		headline := p.headline(&a).text
		fmt.Fprintf(&b, "<li><a href=%q>%s</a></li>\n", base+p.pathOf(&a), html.EscapeString(headline))
	}
	fmt.Fprintf(&b, "</ul><footer><small>%s</small></footer></body></html>\n", disclaimer)
	return b.String()
}

// notFound is the page for addresses without an article.
func (p *Press) notFound(host int, label string) string {
	o := &p.outlets[host]
	w := p.wordings[o.language]
	d := dice.Dice{}
	message := html.EscapeString(w.Say("ui."+label, &d, &wording.Slots{}))
	return fmt.Sprintf("<!DOCTYPE html>\n<html lang=%q>\n<head>%s<title>%s | %s</title></head>\n<body><h1>%s</h1><p><a href=\"/\">%s</a></p></body></html>\n",
		o.language, o.charsetMeta(), message, html.EscapeString(o.name), message, html.EscapeString(o.name))
}

// calendar is a month of nothing with a link to the next.
func (p *Press) calendar(host int, path string) string {
	o := &p.outlets[host]
	month, err := time.Parse("/calendar/2006-01.html", path)
	if err != nil {
		month = nightOf(0)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=%q>\n<head>%s<title>%s</title></head>\n<body><table><tr>", o.language, o.charsetMeta(), month.Format("2006-01"))
	for day := range 28 {
		fmt.Fprintf(&b, "<td>%d</td>", day+1)
	}
	fmt.Fprintf(&b, "</tr></table><a rel=\"next\" href=\"/calendar/%s.html\">&gt;</a></body></html>\n", month.AddDate(0, 1, 0).Format("2006-01"))
	return b.String()
}
