package press

import (
	"iter"
	"net/http"
	"time"
)

// Capture is an article's page as an archive that came by an hour after its
// publication would have kept it.
type Capture struct {
	URL      string // canonical address
	OutletID string
	Night    time.Time
	At       time.Time
	Header   http.Header
	Body     []byte // in the character set of the host, not compressed
}

// Captures writes the pages of all articles for a server at the port (0: none in
// the addresses), night after night and within one outlet after outlet, each when
// it is asked for: a million take no more memory than one. Articles that nobody
// could have got as text, whatever robots.txt says, are left out: those of broken
// hosts, of broken pages and behind a consent wall.
func (p *Press) Captures(port int) iter.Seq[Capture] {
	return func(yield func(Capture) bool) {
		for night := range p.cfg.Nights {
			for host := range p.outlets {
				for i := p.starts[host][night]; i < p.starts[host][night+1]; i++ {
					c, ok := p.capture(&p.articles[i], port)
					if ok && !yield(c) {
						return
					}
				}
			}
		}
	}
}

func (p *Press) capture(a *article, port int) (Capture, bool) {
	o := &p.outlets[a.outlet]
	if o.tricks.isBroken() || o.tricks&trickConsent != 0 || a.flags&flagBroken != 0 {
		return Capture{}, false
	}
	at := time.Unix(a.published, 0).UTC().Add(time.Hour)
	base := "http://" + o.hostOf(port)
	return Capture{
		URL: base + p.pathOf(a), OutletID: o.slug, Night: nightOf(int(a.day)), At: at,
		Header: http.Header{"Content-Type": {o.contentType("text/html")}},
		Body:   o.encode(p.articlePage(int(a.outlet), a, base, false, at)),
	}, true
}
