package press

import (
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
)

// Handler answers for all outlets, told apart by the Host header.
func (p *Press) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, port, err := net.SplitHostPort(r.Host)
		if err != nil {
			name = r.Host
		}
		if strings.EqualFold(name, deskHost) {
			p.desk(w, r)
			return
		}
		host, side, isKnown := p.locate(name)
		if !isKnown {
			http.Error(w, fmt.Sprintf("no outlet of this press is called %q", name), http.StatusMisdirectedRequest)
			return
		}
		number, _ := strconv.Atoi(port) // 0 where there is none
		v := &visit{p: p, o: &p.outlets[host], host: host, w: w, r: r, base: "http://" + p.outlets[host].hostOf(number), now: p.cfg.Clock()}
		v.state = p.stateOf(host, v.now)
		v.a, v.isAMP = p.find(host, r.URL)
		v.isAMP = v.isAMP || side == sideAMP
		done, wait := p.manners.begin(v, host*sides+side, time.Now())
		defer done()
		if wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
			http.Error(w, "slow down", http.StatusTooManyRequests)
			return
		}
		v.answer()
	})
}

// visit is one request to one host.
type visit struct {
	p     *Press
	o     *outlet
	host  int
	w     http.ResponseWriter
	r     *http.Request
	base  string // of the outlet's own host
	now   time.Time
	state state
	a     *article // nil if the address is of none
	isAMP bool
	seat  int // in the book of manners
}

func (v *visit) answer() {
	switch t := v.o.tricks; {
	case t&trickError != 0 || v.state.gone == Errs:
		http.Error(v.w, "something went wrong", http.StatusInternalServerError)
		return
	case t&trickReset != 0 || v.state.gone == Dies:
		v.reset()
		return
	case v.state.gone == Vanishes:
		http.NotFound(v.w, v.r)
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
	case v.list(path):
	case strings.HasPrefix(path, "/sitemaps/"):
		v.periodMap(path)
	case v.o.tricks&trickConsent != 0 && path == "/consent":
		v.page(v.p.consentWall(v.host), http.StatusOK)
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

// channel answers for the feeds and sitemaps of the host, where they are now.
func (v *visit) channel(path string) bool {
	for _, c := range v.o.channels {
		hasMoved := c.kind == "feed" && v.state.feed != ""
		switch {
		case hasMoved && path == c.movedPath(), c.path == path && !hasMoved:
			body, media := v.p.channelBody(v.host, c, v.base, v.now)
			v.send(body, media)
		case c.path != path:
			continue
		case v.state.feed == FeedMoved:
			http.Redirect(v.w, v.r, v.base+c.movedPath(), http.StatusMovedPermanently)
		case v.state.feed == FeedReplaced:
			v.page(v.p.frontPage(v.host, v.base, v.now), http.StatusOK)
		default:
			v.page(v.p.notFound(v.host, "notfound"), http.StatusNotFound)
		}
		return true
	}
	return false
}

// list answers for departments, and for tags where there are some.
func (v *visit) list(path string) bool {
	name, isSection := strings.CutPrefix(path, "/section/")
	tag, isTag := strings.CutPrefix(path, "/tag/")
	switch {
	case isSection && slices.Contains(sections(), name):
	case isTag && v.o.tricks&trickListings != 0:
		name = tag
	default:
		return false
	}
	v.page(v.p.listPage(v.host, name, v.base, v.now), http.StatusOK)
	return true
}

// periodMap answers for the child of an index: a night, or a month.
func (v *visit) periodMap(path string) {
	name := strings.TrimSuffix(strings.TrimPrefix(path, "/sitemaps/"), ".xml")
	from, err := time.Parse(time.DateOnly, name)
	to := from.AddDate(0, 0, 1)
	if err != nil {
		from, err = time.Parse("2006-01", name)
		to = from.AddDate(0, 1, 0)
	}
	if err != nil {
		http.NotFound(v.w, v.r)
		return
	}
	v.send([]byte(v.p.periodMap(v.host, v.base, from, to, v.now)), "application/xml")
}

func (v *visit) article() {
	a := v.a
	switch {
	case a == nil && v.o.tricks&trickSoftNotFound != 0:
		v.page(v.p.notFound(v.host, "notfound"), http.StatusOK)
		return
	case a == nil || a.published > v.now.Unix():
		v.page(v.p.notFound(v.host, "notfound"), http.StatusNotFound)
		return
	case a.flags&flagBroken != 0:
		http.Error(v.w, "something went wrong", http.StatusInternalServerError)
		return
	case v.o.tricks&trickConsent != 0 && !strings.Contains(v.r.Header.Get("Cookie"), "consent=all"):
		if a.number%2 == 0 {
			v.p.manners.decided(v)
			http.Redirect(v.w, v.r, v.base+"/consent?back="+url.QueryEscape(v.r.URL.RequestURI()), http.StatusFound)
			return
		}
		v.page(v.p.consentWall(v.host), http.StatusOK)
		return
	}
	switch v.p.goneAt(a, v.now) {
	case Deleted, Expired:
		v.p.manners.decided(v)
		v.page(v.p.notFound(v.host, "gone"), []int{http.StatusNotFound, http.StatusGone}[a.number%2])
	case Redirected:
		v.p.manners.decided(v)
		next := v.p.successor(a)
		v.p.manners.sends(v, next)
		http.Redirect(v.w, v.r, v.base+next, http.StatusMovedPermanently)
	default:
		v.page(v.p.articlePage(v.host, a, v.base, v.isAMP, v.now), http.StatusOK)
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
	v.p.answers.Add(1)
	h := fnv.New64a()
	_, _ = h.Write(body) // never fails
	tag := fmt.Sprintf("%q", strconv.FormatUint(h.Sum64(), 36))
	isConditional := v.r.Header.Get("If-None-Match") != "" || v.r.Header.Get("If-Modified-Since") != ""
	isSame := v.r.Header.Get("If-None-Match") == tag
	switch {
	case v.o.tricks&trickForeverTag != 0:
		tag, isSame = `"v1"`, isConditional
	case v.o.tricks&trickRestlessTag != 0:
		tag, isSame = fmt.Sprintf(`"r%d"`, v.p.answers.Add(1)), false
	}
	v.w.Header().Set("ETag", tag)
	if isSame {
		v.w.WriteHeader(http.StatusNotModified)
		return
	}
	v.p.manners.decided(v)
	v.w.Header().Set("Content-Type", media)
	if v.o.compresses && media != "application/x-gzip" && strings.Contains(v.r.Header.Get("Accept-Encoding"), "gzip") {
		v.w.Header().Set("Content-Encoding", "gzip")
		z := v.p.zips.Get().(*gzip.Writer) // a new one takes a megabyte
		z.Reset(v.w)
		_, _ = z.Write(body)
		_ = z.Close()
		v.p.zips.Put(z)
		return
	}
	v.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(body)
	}
}

// robots answers with the rules, or that there are none.
func (v *visit) robots() {
	v.p.manners.sawRobots(v)
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
	if o.tricks&(trickRobotsFolder|trickRobotsAll) == 0 && o.crawlDelay == 0 && host%3 == 0 && o.hiding != behindRobots {
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
		if c.kind == "sitemap" && (o.hiding == hidesNothing || o.hiding == behindRobots) {
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
