package press

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html/charset"
)

func lastNight() time.Time { return time.Date(2026, 3, 8, 0, 0, 0, 0, time.UTC) }

// companies are a few with names in several scripts, two of them to compare with.
func companies() []Company {
	of := func(id, sector string, isChinese bool, names map[string][]string) Company {
		c := Company{ID: id, Name: names["und"][0], Sector: sector, Seat: "Shenzhen", Chinese: isChinese, Forms: map[string][]Form{}}
		for language, list := range names {
			for _, name := range list {
				c.Forms[language] = append(c.Forms[language], Form{name, classSure})
			}
		}
		if short := map[string]string{"vivo": "Vivo", "boc": "BOC", "byd": "Byd"}[id]; short != "" {
			c.Forms["und"] = append(c.Forms["und"], Form{short, classAmbiguous})
		}
		return c
	}
	return []Company{
		of("huawei", "electronics", true, map[string][]string{"und": {"Huawei"}, "ru": {"Хуавэй"}, "ar": {"هواوي"}, "ko": {"화웨이"}, "zh": {"華為"}}),
		of("byd", "automotive", true, map[string][]string{"und": {"BYD"}, "zh": {"比亞迪"}}),
		of("xiaomi", "electronics", true, map[string][]string{"und": {"Xiaomi"}, "ja": {"シャオミ"}}),
		of("vivo", "electronics", true, map[string][]string{"und": {"vivo Mobile"}}),
		of("boc", "banking", true, map[string][]string{"und": {"Bank of China"}}),
		of("catl", "batteries", true, map[string][]string{"und": {"CATL"}}),
		of("haier", "appliances", true, map[string][]string{"und": {"Haier"}}),
		of("nvidia", "semiconductors", false, map[string][]string{"und": {"Nvidia"}}),
		of("tesla", "automotive", false, map[string][]string{"und": {"Tesla"}}),
	}
}

func newPress(t *testing.T, change func(*Config)) *Press {
	t.Helper()
	cfg := Config{Seed: 7, Outlets: 40, Nights: 3, LastNight: lastNight(), ArticlesPerOutletNight: 5, Companies: companies(), Tricks: AllTricks()}
	cfg.Tricks.HangFor = 20 * time.Millisecond
	if change != nil {
		change(&cfg)
	}
	p, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// reader fetches from a press that is served on loopback.
type reader struct {
	t      *testing.T
	p      *Press
	port   int
	client *http.Client
}

func serve(t *testing.T, p *Press) *reader {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Serve(ctx, ln) }()
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, ln.Addr().String())
	}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	return &reader{t: t, p: p, port: ln.Addr().(*net.TCPAddr).Port, client: &http.Client{Transport: transport}}
}

func (r *reader) url(host int, path string) string {
	return "http://" + r.p.outlets[host].hostOf(r.port) + path
}

// get fetches an address; header holds names and values in turn.
func (r *reader) get(address string, header ...string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := r.client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

func (r *reader) mustGet(address string, header ...string) (*http.Response, []byte) {
	r.t.Helper()
	res, body, err := r.get(address, header...)
	if err != nil {
		r.t.Fatal(err)
	}
	return res, body
}

// patient waits when it is told to, as a polite reader does.
func (r *reader) patient(address string) (*http.Response, []byte) {
	r.t.Helper()
	res, body := r.mustGet(address)
	for range 3 {
		if res.StatusCode != http.StatusTooManyRequests {
			break
		}
		time.Sleep(retryAfter)
		res, body = r.mustGet(address)
	}
	return res, body
}

func decoded(t *testing.T, res *http.Response, body []byte) string {
	t.Helper()
	in, err := charset.NewReader(bytes.NewReader(body), res.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// hosts returns the hosts with a trick.
func (p *Press) hosts(kind trick) []int {
	var out []int
	for i := range p.outlets {
		if p.outlets[i].tricks&kind != 0 {
			out = append(out, i)
		}
	}
	return out
}

func TestTheSameSeedGivesTheSamePress(t *testing.T) {
	t.Parallel()
	one, two := newPress(t, nil), newPress(t, nil)
	if diff := cmp.Diff(one.Outlets(81), two.Outlets(81)); diff != "" {
		t.Errorf("registry differs:\n%s", diff)
	}
	if diff := cmp.Diff(one.Truth(81), two.Truth(81)); diff != "" {
		t.Errorf("truth differs:\n%s", diff)
	}
	ask := func(p *Press, address string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodGet, u.RequestURI(), nil)
		req.Host = u.Host
		p.Handler().ServeHTTP(w, req)
		return fmt.Sprint(w.Code, w.Header(), w.Body)
	}
	for i, o := range one.Outlets(81) {
		if t := one.outlets[i].tricks; t&(trickReset|trickHang|trickSlow|trickRestlessTag|trickThrottle) != 0 {
			continue
		}
		for _, c := range o.Channels {
			if ask(one, c.URL) != ask(two, c.URL) {
				t.Errorf("%s differs", c.URL)
			}
		}
		a := &one.articles[one.starts[i][0]]
		if address := "http://" + o.ID + ".localhost:81" + one.pathOf(a); ask(one, address) != ask(two, address) {
			t.Errorf("%s differs", address)
		}
	}
}

func TestALongerPressKeepsItsNights(t *testing.T) {
	t.Parallel()
	short := newPress(t, nil).Truth(0)
	long := newPress(t, func(c *Config) { c.Nights, c.LastNight = 5, c.LastNight.AddDate(0, 0, 1) }).Truth(0)
	has := map[string]string{}
	for _, a := range long.Articles {
		has[a.CanonicalURL] = a.Headline
	}
	for _, a := range short.Articles {
		if has[a.CanonicalURL] != a.Headline {
			t.Fatalf("%s is not in the longer press", a.CanonicalURL)
		}
	}
}

func TestEveryTrueArticleIsListedAndServed(t *testing.T) {
	t.Parallel()
	for name, tricks := range map[string]Tricks{"kind": {}, "field": AllTricks()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tricks.SlowHosts, tricks.HangFor = 0, 20*time.Millisecond
			p := newPress(t, func(c *Config) { c.Tricks = tricks })
			r := serve(t, p)
			addresses := map[string]bool{}
			for i := range p.outlets {
				if !p.outlets[i].tricks.isBroken() {
					for _, c := range p.outlets[i].channels { // declared or not
						r.list(r.url(i, c.path), addresses, 0)
					}
				}
			}
			listed := map[string]bool{}
			for address := range addresses {
				if a := p.anySide(address); a != nil {
					listed[r.url(int(a.outlet), p.pathOf(a))] = true
				}
			}
			for _, a := range p.Truth(r.port).Articles {
				if !a.IsToBeHad {
					continue
				}
				if !listed[a.CanonicalURL] {
					t.Errorf("%s is in no channel", a.CanonicalURL)
				}
				res, body := r.patient(a.CanonicalURL)
				if text := decoded(t, res, body); res.StatusCode != http.StatusOK || !strings.Contains(text, escaped(a.Headline)) {
					t.Fatalf("%s: %s without %q", a.CanonicalURL, res.Status, a.Headline)
				}
			}
		})
	}
}

// anySide returns the article at an address, be it for telephones, for AMP or
// with a session.
func (p *Press) anySide(address string) *article {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	host, _, isKnown := p.locate(u.Hostname())
	if !isKnown {
		return nil
	}
	a, _ := p.find(host, u)
	return a
}

// escaped is a headline as pages hold it.
func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(s)
}

// list collects the addresses of a channel; an index that goes on for ever is
// left after two levels.
func (r *reader) list(address string, into map[string]bool, depth int) {
	r.t.Helper()
	if depth > 2 {
		return
	}
	res, body := r.mustGet(address)
	if strings.HasSuffix(address, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			r.t.Fatal(err)
		}
		body, _ = io.ReadAll(z) // a cut one ends early
	}
	text := string(body)
	if !strings.HasSuffix(address, ".json") {
		text = decoded(r.t, res, body)
	}
	for _, m := range regexp.MustCompile(`(?:<loc>|<link>|href=")(http[^<"]+)|"url":("[^"]+")`).FindAllStringSubmatch(text, -1) {
		link := m[1]
		if m[2] != "" {
			if err := json.Unmarshal([]byte(m[2]), &link); err != nil {
				r.t.Fatal(err)
			}
		}
		link = strings.ReplaceAll(link, "&amp;", "&")
		if strings.Contains(text, "<sitemapindex") {
			r.list(link, into, depth+1)
			continue
		}
		into[link] = true
	}
}

func TestChannelsAreWellFormed(t *testing.T) {
	t.Parallel()
	p := newPress(t, func(c *Config) { c.Tricks = Tricks{Twins: 1} })
	for i := range p.outlets {
		for _, c := range p.outlets[i].channels {
			body, _ := p.channelBody(i, c, "http://x.localhost", time.Now())
			if c.form == formGzip || c.form == formJSON {
				continue
			}
			d := xml.NewDecoder(bytes.NewReader(body))
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s%s: %v", p.outlets[i].slug, c.path, err)
				}
			}
		}
	}
}

func TestNewRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{
		"no outlets":        {Nights: 1, LastNight: lastNight()},
		"too many outlets":  {Outlets: 1001, Nights: 1, LastNight: lastNight()},
		"no night":          {Outlets: 1},
		"too many articles": {Outlets: 1, Nights: 1, LastNight: lastNight(), ArticlesPerOutletNight: 1000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := New(cfg); err == nil {
				t.Error("no error")
			}
		})
	}
}
