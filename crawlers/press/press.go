// Package press is a synthetic world press whose truth is known: up to a
// thousand outlets on loopback host names that publish for a number of nights,
// play the tricks of the field, and keep score of whoever reads them.
//
// Everything follows from a seed (package dice). New draws the plan: outlets and
// publishers (plan.go), the tricks each plays (tricks.go), the stories of each
// night and who reprints whom (night.go), whom they are about (fame.go) and by
// which of its names (company.go). Texts (story.go, out of the grammar of package
// wording), pages (page.go, layout.go; bait.go for what stands in them and is no
// article; lists.go for pages that are none) and channels (channel.go,
// sitemap.go) are made when they are asked for, so that a thousand outlets of 200
// articles a night weigh little.
//
// Nothing stands still. announce.go decides what a channel holds at a moment: a
// feed its newest few, a news sitemap two days, and some channels leave articles
// out by chance. life.go has what happens when: outlets die, are redesigned and
// move their feeds, articles are edited, deleted and redirected, as Schedule says
// and by the Clock of the Config, which a test can set.
//
// Serve answers for <outlet>.localhost, told apart by the Host header (server.go),
// and counts bad manners (manners.go). Truth says what a perfect reader would have
// found who came at certain times (truth.go, mention.go, attention.go), and Score
// compares what a real one did (score.go, judge.go; card.go writes it down). What
// is to be had is what robots.txt, the channels and the state of the hosts allowed at
// those times; Score adds the budget of requests. A press in a process of its own
// is asked at its desk (desk.go).
//
// Names are as hard as in the field: most mentions use a name that is sure (class
// A of the aliases), some one that could mean something else (B and C), which the
// text then introduces as a newsroom would, in its own words and not in those a
// matcher looks for; some names carry the ending of a grammatical case; and some
// texts without a company hold words that look like one.
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
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/crawlers/press/dice"
	"github.com/overheard-news/overheard/crawlers/press/wording"
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
	Events                 []Event            // what happens when; Schedule adds to them
	HostDailyBudget        int                // requests a host grants a reader in a UTC day; 0 is without end
}

// Press is one synthetic press. Its methods may be called concurrently.
type Press struct {
	cfg      Config
	seed     uint64
	firstDay int // days since 1970 of the first night
	wordings map[string]*wording.Language
	outlets  []outlet
	bySlug   map[string]int
	stories  []story
	articles []article          // by outlet, then by night, then by time
	starts   [][]int            // outlet, night → first index in articles; one more at the end
	names    map[string][]names // language → company index → how it is called
	usual    popularity         // of the first night, for the boxes beside texts
	schedule sync.Mutex         // held while events are added
	life     atomic.Pointer[life]
	known    atomic.Pointer[truthIndex] // the truth so far as it does not depend on visits
	answers  atomic.Int64               // marks what is new with every answer: sessions, restless validators
	manners  *manners
	bomb     func() []byte
	zips     sync.Pool // of gzip writers
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
	wordings, err := wording.Read()
	if err != nil {
		return nil, err
	}
	p := &Press{cfg: cfg, seed: dice.Mix(uint64(cfg.Seed)), wordings: wordings, bySlug: map[string]int{}, names: map[string][]names{}}
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
	p.bomb = sync.OnceValue(gzipBomb)
	p.zips.New = func() any {
		z, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is a known one
		return z
	}
	if err := p.Schedule(cfg.Events...); err != nil {
		return nil, err
	}
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
		entry := outlets.Outlet{ID: o.slug, Name: o.name, Publisher: o.publisher, Country: o.country, Language: o.language, Tier: o.tier, HomeURL: base + "/",
			TimeZone: o.zone.String(), Reach: []string{"national", "regional", "local"}[o.tier-1]}
		for _, c := range o.declaredChannels() {
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
