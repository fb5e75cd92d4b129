package collect_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/canonical"
	"github.com/overheard-news/overheard/transform/match"
)

// storm is a press where everything goes wrong by the dice: pages that fail in
// every way, polls that fail, two addresses of one article, addresses that two
// outlets announce, our own network that goes out, and runs that are stopped.
type storm struct {
	outlets []outlets.Outlet
	names   map[string][]string // channel → what it announces
	pages   map[string]weather

	mu               sync.Mutex
	dice             *rand.Rand
	fetched          int
	asked            map[string]int // answers or failures, by address
	served           map[string]int // whole pages, by address
	downFrom, downTo int            // fetches between which our network is out
	stopAt           int            // fetch at which the run is stopped
	stop             func()
	arePollsBad      bool
	now              atomic.Int64
}

// weather is how a page behaves.
type weather struct {
	kind      string
	canonical string
	failures  int // before it comes
}

func newStorm(seed uint64) *storm {
	dice := rand.New(rand.NewPCG(seed, 7))
	s := &storm{names: map[string][]string{}, pages: map[string]weather{}, dice: dice, served: map[string]int{}, asked: map[string]int{}}
	kinds := []string{
		"good", "good", "good", "good", "good", "twin", "flaky", "flaky", "broken", "gone", "robots",
		"patient", "poison", "elsewhere", "silent", "throttled",
	}
	var all []string
	for i := range 5 {
		home := fmt.Sprintf("http://paper%d.example/", i)
		o := outlets.Outlet{
			ID: fmt.Sprintf("paper%d", i), Name: "A paper", Publisher: "press", Country: "GB", Language: "en", Tier: 1, HomeURL: home,
			Channels: []outlets.Channel{{Kind: "feed", URL: home + "feed"}},
		}
		if dice.IntN(2) == 0 {
			o.Channels = append(o.Channels, outlets.Channel{Kind: "sitemap", URL: home + "map"})
		}
		s.outlets = append(s.outlets, o)
		for n := range 60 + dice.IntN(30) { // more than a chunk
			url := fmt.Sprintf("%s%d", home, n)
			w := weather{kind: kinds[dice.IntN(len(kinds))]}
			if w.kind == "patient" || w.kind == "silent" { // a whole host is
				url = fmt.Sprintf("http://%s.paper%d.example/%d", w.kind, i, n)
			}
			w.canonical = url
			switch w.kind {
			case "twin":
				w.kind, w.canonical = "good", fmt.Sprintf("%s%d", home, dice.IntN(n+1))
			case "flaky":
				w.failures = 1
			}
			if n > 20 && w.failures > 0 { // each costs a second
				w.failures = 0
			}
			s.pages[url] = w
			all = append(all, url)
			for _, channel := range []string{"feed", "map", "hidden"} {
				if dice.IntN(3) > 0 {
					s.names[home+channel] = append(s.names[home+channel], url)
				}
			}
			if dice.IntN(10) == 0 { // of anybody
				s.names[home+"feed"] = append(s.names[home+"feed"], all[dice.IntN(len(all))])
			}
		}
	}
	return s
}

func (s *storm) roll(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dice.IntN(n)
}

func (s *storm) isDown() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetched >= s.downFrom && s.fetched < s.downTo
}

func (s *storm) PollOutlet(ctx context.Context, o outlets.Outlet, prior map[string]discover.ChannelState, _ time.Time, _ discover.Pattern) []discover.Poll {
	var polls []discover.Poll
	for _, ch := range o.Channels {
		p := discover.Poll{OutletID: o.ID, URL: ch.URL, Kind: ch.Kind, State: "ok", Requests: 1}
		switch {
		case ctx.Err() != nil:
			return polls
		case s.isDown(): // the channels not asked are missing
			for range 10 {
				s.count()
			}
			return polls
		case s.arePollsBad && s.roll(3) == 0:
			p.State, p.Err, p.FailureCount = "failed", errors.New("as the dice fell"), prior[ch.URL].FailureCount+1
		case prior[ch.URL].ItemCount > 0 && s.roll(4) == 0:
			p.State = "unchanged"
		default:
			for _, url := range s.names[ch.URL] {
				if !s.arePollsBad || s.roll(5) > 0 {
					p.Items = append(p.Items, discover.Item{URL: url, PublishedAt: testNow.Add(-time.Duration(s.roll(9*24)) * time.Hour)})
				}
			}
		}
		p.ItemCount = max(len(p.Items), prior[ch.URL].ItemCount)
		polls = append(polls, p)
	}
	return polls
}

func (*storm) Past(context.Context, outlets.Outlet, []string, time.Time, time.Time, discover.Pattern) ([]discover.Poll, error) {
	return nil, nil
}

func (s *storm) Explore(_ context.Context, o outlets.Outlet, _ discover.Pattern) ([]discover.Candidate, error) {
	if s.roll(3) == 0 {
		return nil, errors.New("as the dice fell")
	}
	return []discover.Candidate{{Kind: "sitemap", URL: o.HomeURL + "hidden", Origin: "robots", ItemCount: 3, IsVerified: true}}, nil
}

func (s *storm) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetched++
	if s.fetched == s.stopAt {
		s.stop()
	}
	return s.fetched
}

func (s *storm) Fetch(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	isDown := s.isDown()
	s.count()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if isDown {
		return nil, &fetch.Error{Outcome: fetch.OutcomeDeferred, IsNetworkDown: true, Reason: "our network is out", RetryAfter: time.Millisecond}
	}
	s.mu.Lock()
	s.asked[req.URL]++
	try := s.asked[req.URL]
	s.mu.Unlock()
	w := s.pages[req.URL]
	no := func(e fetch.Error) (*fetch.Response, error) {
		e.URL, e.Reason = req.URL, "as the dice fell"
		return nil, &e
	}
	final := req.URL
	switch {
	case try <= w.failures, w.kind == "broken":
		return no(fetch.Error{Outcome: fetch.OutcomeDeferred, Status: 503, RetryAfter: 3 * time.Minute})
	case w.kind == "throttled":
		return no(fetch.Error{Outcome: fetch.OutcomeDeferred, Status: 429, RetryAfter: 3 * time.Minute})
	case w.kind == "silent":
		return no(fetch.Error{Outcome: fetch.OutcomeDeferred, RetryAfter: 3 * time.Minute})
	case w.kind == "patient":
		return no(fetch.Error{Outcome: fetch.OutcomeDeferred, IsUnsent: true, RetryAfter: time.Hour})
	case w.kind == "gone":
		return no(fetch.Error{Outcome: fetch.OutcomeGone, Status: 404})
	case w.kind == "robots":
		return no(fetch.Error{Outcome: fetch.OutcomeRobots, IsUnsent: true})
	case w.kind == "elsewhere":
		final = s.outlets[(int(req.URL[len("http://paper")]-'0')+1)%len(s.outlets)].HomeURL + "x"
	}
	s.mu.Lock()
	s.served[req.URL]++
	s.mu.Unlock()
	return &fetch.Response{URL: req.URL, FinalURL: final, Status: 200, Header: http.Header{}, Body: []byte("page"), WireBytes: 4}, nil
}

func (s *storm) Normalise(ctx context.Context, in article.Page) (*article.Article, article.Verdict, error) {
	if err := ctx.Err(); err != nil {
		return nil, article.Verdict{}, err
	}
	w := s.pages[in.RequestedURL]
	if w.kind == "poison" {
		panic("poison")
	}
	return &article.Article{
		ID: canonical.ID(w.canonical), CanonicalURL: w.canonical, URL: in.URL, Title: "A title", Body: "A body of " + in.URL, Language: "en", Charset: "utf-8",
		PublishedAt: in.ChannelPublishedAt, PublishedOrigin: "feed", Access: "full", ContentHash: in.URL, PageType: article.TypeArticle,
	}, article.Verdict{Outcome: "stored", PageType: article.TypeArticle}, nil
}

func (*storm) Match(match.Document) []match.Mention { return nil }

func (*storm) Start(string, int)        {}
func (*storm) Advance(string, int, int) {}
func (*storm) Finish(string)            {}

// collect is one run, some hours after the last. The clock moves with each look,
// so that no two fetches have the same time.
func (s *storm) collect(t *testing.T, db *sqlx.DB, hour int, dueOnly bool) error {
	t.Helper()
	now := func() time.Time {
		return testNow.Add(time.Duration(hour)*time.Hour + time.Duration(s.now.Add(1))*time.Millisecond)
	}
	lg := slog.New(slog.DiscardHandler)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s.stop = stop
	c := collect.New(lg, db, collect.Config{
		Outlets: s.outlets, Seeds: testSeeds, ReportZone: time.UTC, Concurrency: 2, Extractors: 2, MaxAge: 7 * 24 * time.Hour,
		MaxAttempts: 3, MaxURLsPerOutlet: 70,
	}, s, s, s, s, s, now)
	_, err := ledger.New(lg, db, now).Execute(ctx, ledger.Spec{Job: "collect", Cause: ledger.CauseOperator},
		func(ctx context.Context, r *ledger.Run) error { return c.Collect(ctx, r, dueOnly) })
	return err
}

// TestTheSumsCloseInAnyWeather runs storms of several seeds: five runs in bad
// weather, some of them stopped at a random request, then calm ones until nothing
// waits but what wants patience. Whatever happened, every URL has one fate, every
// fetch is written down, and nothing was fetched in vain.
func TestTheSumsCloseInAnyWeather(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			db, s := warehousetest.NewDB(t), newStorm(seed)
			stops := 0
			for hour := range 5 {
				s.arePollsBad, s.fetched = true, 0
				s.stopAt, s.downFrom, s.downTo = 0, 0, 0
				if s.roll(2) == 0 {
					s.stopAt = 1 + s.roll(150)
				}
				if s.roll(2) == 0 {
					s.downFrom = s.roll(100)
					s.downTo = s.downFrom + s.roll(50)
				}
				err := s.collect(t, db, hour, s.roll(2) == 0)
				if err != nil && !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
				if err != nil {
					stops++
				}
				wantClosedSums(t, db)
				s.wantOneFateEach(t, db)
			}
			s.arePollsBad, s.stopAt, s.downTo = false, 0, 0
			for hour := range 12 {
				if err := s.collect(t, db, 24+2*hour, false); err != nil {
					t.Fatal(err)
				}
				wantClosedSums(t, db)
			}
			s.wantOneFateEach(t, db)
			s.wantEverything(t, db)
			for url, n := range s.served { // what was under way as a run was stopped may come again
				if n > 1+stops {
					t.Errorf("%s was fetched %d times in %d runs that were stopped", url, n, stops)
				}
			}
		})
	}
}

// wantOneFateEach asserts what must hold after any run.
func (s *storm) wantOneFateEach(t *testing.T, db *sqlx.DB) {
	t.Helper()
	for what, sql := range map[string]string{
		"URLs whose attempts are not their fetches": `
			select concat_ws(' ', u.url, u.outcome, u.attempt_count, count(a.url_hash)) from ops.urls as u
			left join ops.url_attempts as a on a.url_hash = u.url_hash
			group by u.url, u.outcome, u.attempt_count having u.attempt_count <> count(a.url_hash)`,
		"articles not of one URL": `
			select concat_ws(' ', a.url, count(u.url)) from staging.articles as a
			left join ops.urls as u on u.article_id = a.article_id and u.outcome in ('stored', 'stub', 'unchanged')
			group by a.article_id, a.url having count(u.url) <> 1`,
		"URLs stored without an article": `
			select u.url from ops.urls as u where u.outcome in ('stored', 'stub', 'duplicate')
			and not exists (select from staging.articles as a where a.article_id = u.article_id)`,
		"articles stored twice": `select cast(article_id as text) from staging.articles group by article_id having count(*) > 1`,
		"outcomes not of a run": `select url from ops.urls where (outcome is null) <> (decided_run_id is null)`,
		"URLs of no channel":    `select url from ops.urls where not (is_in_feed or is_in_sitemap or is_in_page)`,
	} {
		var bad []string
		if err := db.Select(&bad, sql); err != nil {
			t.Fatal(err)
		}
		if len(bad) > 0 {
			t.Errorf("%s: %q", what, bad)
		}
	}
}

// wantEverything asserts that every URL a channel in use names has the outcome its
// page deserves.
func (s *storm) wantEverything(t *testing.T, db *sqlx.DB) {
	t.Helper()
	var used []string
	if err := db.Select(&used, `select channel_url from ops.channels where state in ('ok', 'unchanged')`); err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		URL     string  `db:"url"`
		Outcome *string `db:"outcome"`
	}
	if err := db.Select(&rows, `select url, outcome from ops.urls`); err != nil {
		t.Fatal(err)
	}
	fates := map[string]string{}
	for _, r := range rows {
		fates[r.URL] = "waiting"
		if r.Outcome != nil {
			fates[r.URL] = *r.Outcome
		}
	}
	want := map[string]string{
		"good": "stored duplicate", "flaky": "stored", "broken": "failed", "gone": "gone", "robots": "robots", "patient": "waiting",
		"poison": "failed", "elsewhere": "offsite", "silent": "failed", "throttled": "blocked",
	}
	for _, channel := range used {
		host, _, _ := strings.Cut(strings.TrimPrefix(channel, "http://"), "/")
		for _, url := range s.names[channel] {
			if !strings.Contains(url, host) {
				continue // the other outlet's to announce
			}
			if fate := fates[url]; fate != "too_old" && (fate == "" || !strings.Contains(want[s.pages[url].kind], fate)) {
				t.Errorf("%s, a %s page, ended as %q", url, s.pages[url].kind, fate)
			}
		}
	}
}
