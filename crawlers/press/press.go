// Package press is a synthetic world press whose truth is known: up to a
// thousand outlets on loopback host names that publish for a number of nights,
// play the tricks of the field, and keep score of whoever reads them.
//
// Everything follows from a seed. New draws the plan (plan.go): outlets,
// publishers, stories, who reprints whom. Texts (story.go, out of the grammar in
// wording/), pages (page.go) and channels (channel.go) are made when they are
// asked for, so that a thousand outlets weigh little. Serve answers for
// <outlet>.localhost, told apart by the Host header, and counts bad manners
// (manners.go). Truth says what a perfect reader would have found, Score
// compares what a real one did.
//
//	p, err := press.New(press.Config{Seed: 1, Outlets: 100, Nights: 7, LastNight: yesterday,
//		ArticlesPerOutletNight: 12, Companies: press.CompaniesFrom(set), Tricks: press.AllTricks()})
//	go p.Serve(ctx, listener)
//	registry := p.Outlets(port)
//	... crawl, build ...
//	p.Score(found).WriteText(os.Stdout)
//
// All events are invented; every page says so at its foot.
package press

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/sql/seeds"
)

// Config says how large the press is and what it plays.
type Config struct {
	Seed                   int64
	Outlets                int       // 1 to 1,000
	Nights                 int       // nights of articles, the last of them LastNight
	LastNight              time.Time // UTC date of the last complete night
	ArticlesPerOutletNight float64   // mean over outlets; 0 means 12
	Companies              []Company
	Tricks                 Tricks
	Weights                map[string]float64 // outlet id to panel weight for the truth's ranking; nil: PanelWeights over GDP
	GDP                    map[string]int64   // country code to GDP, any unit; nil: all countries alike
	Clock                  func() time.Time   // what the outlets take for now; nil: time.Now
}

// Company is somebody the press can write about.
type Company struct {
	ID      string
	Name    string
	Sector  string
	Chinese bool                // false: a comparator, mentioned but not ranked
	Names   map[string][]string // language, or und for all, to the forms it is written in, the usual one first
}

// CompaniesFrom takes over the companies of the seed files with the aliases
// that need no context (class A): what a matcher must find without a doubt.
func CompaniesFrom(set seeds.Set) []Company {
	names := map[string]map[string][]string{}
	for _, a := range set.Aliases {
		if a.Class != "A" || !a.ValidTo.IsZero() || !a.ValidFrom.IsZero() {
			continue
		}
		if names[a.CompanyID] == nil {
			names[a.CompanyID] = map[string][]string{}
		}
		language, _, _ := strings.Cut(a.Language, "-")
		names[a.CompanyID][language] = append(names[a.CompanyID][language], a.Alias)
	}
	out := make([]Company, 0, len(set.Companies))
	for _, c := range set.Companies {
		out = append(out, Company{ID: c.ID, Name: c.Name, Sector: c.Sector, Chinese: !c.IsComparator, Names: names[c.ID]})
	}
	return out
}

// namesIn returns the forms an article in the language would use: its own ones
// first, then those for all languages in a script its readers can read.
func (c Company) namesIn(language string) []string {
	var out []string
	for _, name := range slices.Concat(c.Names[language], c.Names["und"], c.Names["en"]) {
		if isReadable(name, language) && !slices.Contains(out, name) {
			out = append(out, name)
		}
		if len(out) == 3 {
			break
		}
	}
	return out
}

func isReadable(name, language string) bool {
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) || unicode.Is(unicode.Latin, r):
		case unicode.Is(unicode.Cyrillic, r) && language == "ru":
		case unicode.Is(unicode.Arabic, r) && language == "ar":
		case unicode.Is(unicode.Hangul, r) && language == "ko":
		case unicode.In(r, unicode.Han, unicode.Katakana, unicode.Hiragana) && language == "ja":
		case unicode.Is(unicode.Han, r) && language == "zh":
		default:
			return false
		}
	}
	return true
}

// Press is one synthetic press. Its methods may be called concurrently.
type Press struct {
	cfg      Config
	seed     uint64
	firstDay int // days since 1970 of the first night
	wordings map[string]*wording
	outlets  []outlet
	bySlug   map[string]int
	stories  []story
	articles []article             // by outlet, then by night, then by time
	starts   [][]int               // outlet, night → first index in articles; one more at the end
	names    map[string][][]string // language → company index → forms
	usual    popularity            // of the first night, for the boxes beside texts
	truth    func() *truthIndex
	manners  *manners
	bomb     func() []byte
}

// New draws the plan of a press. The same Config gives the same press.
func New(cfg Config) (*Press, error) {
	if cfg.Outlets < 1 || cfg.Outlets > 1000 {
		return nil, fmt.Errorf("plan a press of %d outlets: 1 to 1,000 are possible", cfg.Outlets)
	}
	if cfg.Nights < 1 || cfg.LastNight.IsZero() {
		return nil, fmt.Errorf("plan a press of %d nights up to %s: at least one night and a last one are needed", cfg.Nights, cfg.LastNight.Format(time.DateOnly))
	}
	if cfg.ArticlesPerOutletNight == 0 {
		cfg.ArticlesPerOutletNight = 12
	}
	if cfg.ArticlesPerOutletNight < 1 || cfg.ArticlesPerOutletNight > 300 {
		return nil, fmt.Errorf("plan %g articles for each outlet and night: 1 to 300 are possible", cfg.ArticlesPerOutletNight)
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	wordings, err := readWordings()
	if err != nil {
		return nil, err
	}
	p := &Press{cfg: cfg, seed: mix(uint64(cfg.Seed)), wordings: wordings, bySlug: map[string]int{}, names: map[string][][]string{}}
	p.firstDay = dayOf(cfg.LastNight) - cfg.Nights + 1
	for language := range wordings {
		for _, c := range cfg.Companies {
			p.names[language] = append(p.names[language], c.namesIn(language))
		}
	}
	p.planOutlets()
	p.planTricks()
	p.planNights()
	p.usual = p.popularity(p.firstDay)
	p.manners = newManners(p)
	p.truth = sync.OnceValue(p.findTruth)
	p.bomb = sync.OnceValue(gzipBomb)
	return p, nil
}

// Serve answers on the listener until the context ends.
func (p *Press) Serve(ctx context.Context, ln net.Listener) error {
	server := &http.Server{Handler: p.Handler(), ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the synthetic press on %s: %w", ln.Addr(), err)
	}
	return ctx.Err()
}

// Outlets returns the registry of the press, for a server at the port.
func (p *Press) Outlets(port int) []outlets.Outlet {
	out := make([]outlets.Outlet, 0, len(p.outlets))
	for i := range p.outlets {
		o := &p.outlets[i]
		base := fmt.Sprintf("http://%s.localhost:%d", o.slug, port)
		entry := outlets.Outlet{ID: o.slug, Name: o.name, Publisher: o.publisher, Country: o.country, Language: o.language, Tier: o.tier, HomeURL: base + "/"}
		for _, c := range o.channels {
			entry.Channels = append(entry.Channels, outlets.Channel{Kind: c.kind, URL: base + c.path})
		}
		mean := p.cfg.ArticlesPerOutletNight * o.volume
		entry.Expect = &outlets.Expect{ArticlesPerDay: outlets.Range{Min: max(1, int(mean*0.5)), Max: int(mean*1.6) + 2}}
		out = append(out, entry)
	}
	return out
}

// dayOf counts the UTC days since 1970.
func dayOf(t time.Time) int { return int(t.Unix() / 86400) }

func nightOf(day int) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }
