package collect_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/canonical"
	"github.com/overheard-news/overheard/transform/match"
)

// The crawler and the extraction are scripted here, so that each rule of the
// pipeline can be seen alone; the database is real. The real parts run together
// in the end-to-end tests of cmd/overheard.

var testNow = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// page is what the scripted press serves at one address.
type page struct {
	canonical string // "": the address itself
	body      string
	failures  int    // deferred answers before the page comes
	refusal   string // outcome of a refusal, such as robots
	isPoison  bool   // makes the normaliser panic
	isUnsent  bool   // the host wants to be left alone for an hour
	pause     int    // fetches at first that are refused, as the host wants to be left alone for a moment
	status    int    // of the deferred answers, 503 if 0
}

// moment is a pause that a run waits for.
const moment = 20 * time.Millisecond

type script struct {
	mu      sync.Mutex
	feeds   map[string][]discover.Item // by outlet
	pages   map[string]page
	fetched map[string]int
	onFetch func(n int)
	count   int

	publishedAt time.Time         // of articles whose channel does not say
	rename      map[string]string // companies the matcher finds in the place of others
	alias       map[string]string // by company, where it is not its name
	dies        func(url string)  // called while a page is read

	poll           discover.Poll // laid over the polls of pollOf, or of all
	pollOf         string
	blocks         string // outlet whose poll ends only with its context
	budget         time.Duration
	outletDeadline time.Duration
	concurrency    int
}

func (s *script) PollOutlet(ctx context.Context, o outlets.Outlet, _ map[string]discover.ChannelState, _ time.Time, _ discover.Pattern) []discover.Poll {
	if s.blocks == o.ID {
		<-ctx.Done()
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := discover.Poll{URL: o.HomeURL + "feed"}
	if s.pollOf == "" || s.pollOf == o.ID {
		p = s.poll
		if p.URL == "" {
			p.URL = o.HomeURL + "feed"
		}
	}
	p.OutletID, p.Kind, p.State, p.Items, p.Requests = o.ID, "feed", "ok", s.feeds[o.ID], 1
	return []discover.Poll{p}
}

func (*script) Past(context.Context, outlets.Outlet, []string, time.Time, time.Time, discover.Pattern) ([]discover.Poll, error) {
	return nil, nil
}

func (*script) Explore(context.Context, outlets.Outlet, discover.Pattern) ([]discover.Candidate, error) {
	return nil, nil
}

func (s *script) Fetch(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	s.mu.Lock()
	s.count++
	n := s.count
	s.fetched[req.URL]++
	attempt := s.fetched[req.URL]
	p, ok := s.pages[req.URL]
	s.mu.Unlock()
	if s.onFetch != nil {
		s.onFetch(n)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case !ok:
		return nil, &fetch.Error{Outcome: "gone", Reason: "404", Status: 404, URL: req.URL}
	case p.refusal != "":
		return nil, &fetch.Error{Outcome: p.refusal, Reason: "as scripted", URL: req.URL}
	case p.isUnsent:
		return nil, &fetch.Error{Outcome: fetch.OutcomeDeferred, Reason: "asked for patience", IsUnsent: true, RetryAfter: time.Hour, URL: req.URL}
	case attempt <= p.pause:
		return nil, &fetch.Error{Outcome: fetch.OutcomeDeferred, Reason: "left alone for a moment", IsUnsent: true, RetryAfter: moment, URL: req.URL}
	case attempt <= p.failures:
		return nil, &fetch.Error{Outcome: fetch.OutcomeDeferred, Reason: "as scripted", Status: cmp.Or(p.status, 503), URL: req.URL}
	}
	return &fetch.Response{URL: req.URL, FinalURL: req.URL, Status: 200, Header: http.Header{}, Body: []byte(p.body)}, nil
}

func (s *script) Normalise(_ context.Context, in article.Page) (*article.Article, article.Verdict, error) {
	s.mu.Lock()
	p := s.pages[in.RequestedURL]
	s.mu.Unlock()
	if p.isPoison {
		panic("poison")
	}
	if s.dies != nil {
		s.dies(in.RequestedURL)
	}
	if in.ChannelPublishedAt.IsZero() {
		in.ChannelPublishedAt = s.publishedAt
	}
	url := p.canonical
	if url == "" {
		url = in.URL
	}
	return &article.Article{
		ID: canonical.ID(url), CanonicalURL: url, URL: in.URL, Title: "A title", Body: p.body + "|" + in.URL,
		Language: "en", Charset: "utf-8", PublishedAt: in.ChannelPublishedAt, PublishedOrigin: "feed", Access: "full",
		ContentHash: fmt.Sprint(len(in.URL), p.body),
	}, article.Verdict{Outcome: "stored"}, nil
}

func (s *script) Match(doc match.Document) []match.Mention {
	company, _, _ := strings.Cut(doc.Body, "|")
	if other, ok := s.rename[company]; ok {
		company = other
	}
	if company == "" {
		return nil
	}
	return []match.Mention{{
		CompanyID: company, Alias: cmp.Or(s.alias[company], company), Class: "A", Position: "lead", Salience: 0.6, Probability: 0.98,
		Occurrences: 1, Evidence: doc.Body,
	}}
}

func (*script) Start(string, int)        {}
func (*script) Advance(string, int, int) {}
func (*script) Finish(string)            {}

// newScript is two outlets with n plain pages each.
func newScript(n int) *script {
	s := &script{feeds: map[string][]discover.Item{}, pages: map[string]page{}, fetched: map[string]int{}}
	for _, o := range testOutlets {
		for i := range n {
			s.announce(o.ID, fmt.Sprintf("%s%d", o.HomeURL, i), page{body: "acme"})
		}
	}
	return s
}

func (s *script) announce(outlet, url string, p page) {
	s.feeds[outlet] = append(s.feeds[outlet], discover.Item{URL: url, PublishedAt: testNow.Add(-time.Hour)})
	s.pages[url] = p
}

var testOutlets = []outlets.Outlet{
	{ID: "gazette", Name: "Gazette", Publisher: "press", Country: "GB", Language: "en", Tier: 1, HomeURL: "http://gazette.example/"},
	{ID: "courier", Name: "Courier", Publisher: "press", Country: "GB", Language: "en", Tier: 2, HomeURL: "http://courier.example/"},
}

// run does one collect and returns its counts.
func run(t *testing.T, ctx context.Context, db *sqlx.DB, s *script) (map[string]int64, error) {
	t.Helper()
	list := make([]outlets.Outlet, len(testOutlets))
	for i, o := range testOutlets {
		o.Channels = []outlets.Channel{{Kind: "feed", URL: o.HomeURL + "feed"}}
		list[i] = o
	}
	lg := slog.New(slog.NewTextHandler(t.Output(), nil))
	now := func() time.Time { return testNow }
	c := collect.New(lg, db, collect.Config{
		Outlets: list, Seeds: testSeeds, ReportZone: time.UTC, Concurrency: cmp.Or(s.concurrency, 2), Extractors: 2, MaxAge: 7 * 24 * time.Hour,
		MaxAttempts: 3, MaxURLsPerOutlet: 1000,
		OutletDeadline: cmp.Or(s.outletDeadline, 20*time.Second), Budget: s.budget,
	}, s, s, s, s, s, now)
	report, err := ledger.New(lg, db, now).Execute(ctx, ledger.Spec{Job: "collect", Cause: ledger.CauseOperator},
		func(ctx context.Context, r *ledger.Run) error { return c.Collect(ctx, r, false) })
	return report.Counts, err
}

var testSeeds = seeds.Set{
	Countries: []seeds.Country{{Code: "GB", Name: "United Kingdom", Region: "Europe"}},
	Languages: []seeds.Language{{Code: "en", Name: "English"}},
	Companies: []seeds.Company{{ID: "acme", Name: "Acme", Sector: "technology", Ownership: "private", HomeCountry: "GB"}},
}

// dump is everything a night is computed from, without run ids and times.
func dump(t *testing.T, db *sqlx.DB) []string {
	t.Helper()
	var lines []string
	err := db.Select(&lines, `
		select concat_ws(' ', 'article', night, article_id, outlet_id, canonical_url, url, body, published_at) from staging.articles
		union all
		select concat_ws(' ', 'mention', night, company_id, article_id, evidence) from staging.mentions
		union all
		select concat_ws(' ', 'url', url, outlet_id, coalesce(outcome, 'waiting'), reason, article_id) from ops.urls
		order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// wantClosedSums asserts that discovered = known + decided + deferred for every
// outlet of every run that ended.
func wantClosedSums(t *testing.T, db *sqlx.DB) {
	t.Helper()
	var bad []string
	err := db.Select(&bad, `
		select concat_ws(' ', outlet_id, run_id, discovered_count, known_count, decided_count, deferred_count)
		from ops.outlet_runs where discovered_count <> known_count + decided_count + deferred_count`)
	if err != nil {
		t.Fatal(err)
	}
	if len(bad) > 0 {
		t.Errorf("sums that do not close (outlet, run, discovered, known, decided, deferred): %q", bad)
	}
}

func TestASecondRunStoresAndFetchesNothing(t *testing.T) {
	t.Parallel()
	db, s := warehousetest.NewDB(t), newScript(5)
	counts, err := run(t, t.Context(), db, s)
	if err != nil {
		t.Fatal(err)
	}
	if counts["stored"] != 10 || counts["mentions"] != 10 {
		t.Errorf("first run: %v, want 10 stored and 10 mentions", counts)
	}
	before := dump(t, db)
	counts, err = run(t, t.Context(), db, s)
	if err != nil {
		t.Fatal(err)
	}
	if counts["known"] != 10 || counts["stored"] != 0 {
		t.Errorf("second run: %v, want 10 known and nothing stored", counts)
	}
	if diff := gocmp.Diff(before, dump(t, db)); diff != "" {
		t.Errorf("the second run changed something (-first +second):\n%s", diff)
	}
	for url, n := range s.fetched {
		if n != 1 {
			t.Errorf("%s was fetched %d times", url, n)
		}
	}
	wantClosedSums(t, db)
}

func TestEveryURLEndsInOneOutcome(t *testing.T) {
	t.Parallel()
	db, s := warehousetest.NewDB(t), newScript(1)
	s.announce("gazette", "http://gazette.example/poison", page{body: "acme", isPoison: true})
	s.announce("gazette", "http://gazette.example/forbidden", page{refusal: "robots"})
	s.announce("gazette", "http://gazette.example/flaky", page{body: "acme", failures: 1})
	s.announce("gazette", "http://gazette.example/broken", page{failures: 9})
	s.announce("gazette", "http://gazette.example/throttled", page{failures: 9, status: 429})
	s.announce("gazette", "http://gazette.example/patient", page{isUnsent: true})
	s.announce("gazette", "http://courier.example/0", page{body: "acme"})    // another outlet's page
	s.announce("gazette", "http://courier.example/only", page{body: "acme"}) // also, and never announced there
	for _, o := range testOutlets {                                          // on a host of neither: whoever comes first
		s.announce(o.ID, "http://wire.example/both", page{body: "acme"})
	}
	s.feeds["gazette"] = append(s.feeds["gazette"],
		discover.Item{URL: "http://gazette.example/missing", PublishedAt: testNow},
		discover.Item{URL: "http://gazette.example/ancient", PublishedAt: testNow.AddDate(-1, 0, 0)})
	if _, err := run(t, t.Context(), db, s); err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := db.Select(&got, `select concat_ws(' ', url, coalesce(outcome, 'waiting'), attempt_count) from ops.urls order by 1`); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"http://courier.example/0 stored 1",
		"http://gazette.example/0 stored 1",
		"http://gazette.example/ancient too_old 0",
		"http://gazette.example/broken failed 3",
		"http://gazette.example/flaky stored 2",
		"http://gazette.example/forbidden robots 1",
		"http://gazette.example/missing gone 1",
		"http://gazette.example/patient waiting 0",
		"http://gazette.example/poison failed 1",
		"http://gazette.example/throttled blocked 3",
		"http://wire.example/both stored 1",
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if n := s.fetched["http://wire.example/both"]; n != 1 {
		t.Errorf("what both announce was fetched %d times", n)
	}
	wantClosedSums(t, db)
}

// A host that wants to be left alone for a moment is waited for, with all its
// pages; that counts as no attempt.
func TestAShortPauseOfAHostLosesNoPage(t *testing.T) {
	t.Parallel()
	db, s := warehousetest.NewDB(t), newScript(0)
	const pages = 70 // more than are kept in mind
	for i := range pages {
		s.announce("gazette", fmt.Sprintf("http://gazette.example/%d", i), page{body: "acme", pause: 1 + i%3})
	}
	s.announce("gazette", "http://gazette.example/busy", page{isUnsent: true}) // for an hour, which is not waited for
	counts, err := run(t, t.Context(), db, s)
	if err != nil {
		t.Fatal(err)
	}
	if counts["stored"] != pages || counts["deferred"] != 1 {
		t.Errorf("got %v", counts)
	}
	var attempts []int
	if err := db.Select(&attempts, `select distinct attempt_count from ops.urls where outcome is not null`); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]int{1}, attempts); diff != "" {
		t.Error(diff)
	}
	wantClosedSums(t, db)
}

// TestWhichAddressIsKeptDoesNotDependOnTheOrder stores twins of one article in
// every order over one and over several runs.
func TestWhichAddressIsKeptDoesNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	const home = "http://gazette.example/"
	twins := map[string]page{
		home + "story":     {body: "acme", canonical: home + "story"},
		home + "amp/story": {body: "acme", canonical: home + "story"},
		home + "story?p=1": {body: "acme", canonical: home + "story"},
	}
	orders := [][]string{
		{"story", "amp/story", "story?p=1"}, {"amp/story", "story", "story?p=1"},
		{"story?p=1", "amp/story", "story"}, {"amp/story", "story?p=1", "story"},
	}
	var want []string
	for _, order := range orders {
		db := warehousetest.NewDB(t)
		for i := range order { // one more twin is announced before each run
			s := newScript(0)
			for _, path := range order[:i+1] {
				s.announce("gazette", home+path, twins[home+path])
			}
			if _, err := run(t, t.Context(), db, s); err != nil {
				t.Fatal(err)
			}
		}
		wantClosedSums(t, db)
		got := dump(t, db)
		if want == nil {
			want = got
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("announced as %v (-first order +this order):\n%s", order, diff)
		}
	}
}

// TestARunCutOffEndsLikeAnUndisturbedOne cancels a run at every page in turn.
func TestARunCutOffEndsLikeAnUndisturbedOne(t *testing.T) {
	t.Parallel()
	undisturbed := warehousetest.NewDB(t)
	if _, err := run(t, t.Context(), undisturbed, newScript(6)); err != nil {
		t.Fatal(err)
	}
	want := dump(t, undisturbed)
	for cut := 1; cut <= 12; cut += 3 {
		db, s := warehousetest.NewDB(t), newScript(6)
		ctx, cancel := context.WithCancel(t.Context())
		s.onFetch = func(n int) {
			if n == cut {
				cancel()
			}
		}
		if _, err := run(t, ctx, db, s); !errors.Is(err, context.Canceled) {
			t.Errorf("cut at page %d: error %v, want it to say cancelled", cut, err)
		}
		s.onFetch = nil
		if _, err := run(t, t.Context(), db, s); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, dump(t, db)); diff != "" {
			t.Errorf("cut at page %d (-undisturbed +cut off):\n%s", cut, diff)
		}
		wantClosedSums(t, db)
		cancel()
	}
}

// TestALostDatabaseStopsTheCollect drops the table the loader writes to.
func TestALoadThatFailsStopsTheCollectAndKeepsTheURLs(t *testing.T) {
	t.Parallel()
	db, s := warehousetest.NewDB(t), newScript(3)
	if _, err := db.Exec(`alter table staging.mentions rename to mentions_away`); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, t.Context(), db, s); err == nil || !strings.Contains(err.Error(), "staging.mentions") {
		t.Errorf("error %v, want one that names staging.mentions", err)
	}
	if _, err := db.Exec(`alter table staging.mentions_away rename to mentions`); err != nil {
		t.Fatal(err)
	}
	counts, err := run(t, t.Context(), db, s)
	if err != nil {
		t.Fatal(err)
	}
	if counts["stored"] != 6 {
		t.Errorf("after the repair: %v, want all 6 stored", counts)
	}
	wantClosedSums(t, db)
}

// TestWhatOutletsSendIsNotAlwaysText feeds bytes that Postgres does not take.
func TestWhatOutletsSendIsNotAlwaysText(t *testing.T) {
	t.Parallel()
	db, s := warehousetest.NewDB(t), newScript(1)
	s.feeds["gazette"][0].Title = "a\x00b\xe9" + strings.Repeat("é", 3000)
	s.announce("gazette", "http://gazette.example/odd", page{body: "acme \x00 \xe9"})
	s.announce("gazette", "http://gazette.example/bad", page{refusal: "gone"})
	s.poll = discover.Poll{ETag: "\xe9", LastModified: "\x00", Err: errors.New("status \xe9")}
	counts, err := run(t, t.Context(), db, s)
	if err != nil {
		t.Fatal(err)
	}
	if counts["stored"] != 3 || counts["gone"] != 1 {
		t.Errorf("%v, want 3 stored and 1 gone", counts)
	}
	wantClosedSums(t, db)
}

// TestAnAddressNoIndexTakesIsItsOutletsFailure announces a channel whose address
// is too long for a key.
func TestAnAddressNoIndexTakesIsItsOutletsFailure(t *testing.T) {
	t.Parallel()
	db, s := warehousetest.NewDB(t), newScript(2)
	dice := rand.New(rand.NewPCG(1, 1))
	long := make([]byte, 20_000) // random, or Postgres would compress it into the index
	for i := range long {
		long[i] = byte('a' + dice.IntN(26))
	}
	s.poll = discover.Poll{URL: "http://gazette.example/" + string(long)}
	s.pollOf = "gazette"
	counts, err := run(t, t.Context(), db, s)
	if err != nil {
		t.Fatal(err)
	}
	if counts["stored"] != 2 || counts["outlets_failed"] != 1 {
		t.Errorf("%v, want the other outlet's 2 stored and 1 outlet failed", counts)
	}
}

// TestAnOutletThatNeverEndsCostsItsOwnTurnOnly blocks a poll until its deadline.
func TestAnOutletThatNeverEndsCostsItsOwnTurnOnly(t *testing.T) {
	t.Parallel()
	db, s := warehousetest.NewDB(t), newScript(2)
	s.blocks, s.outletDeadline = "courier", 5*time.Second // the other is slow on a busy machine
	counts, err := run(t, t.Context(), db, s)
	if err != nil {
		t.Fatal(err)
	}
	if counts["stored"] != 2 || counts["outlets"] != 2 || counts["outlets_cut_off"] != 1 {
		t.Errorf("%v, want gazette's 2 stored, both outlets settled, and one counted as cut off", counts)
	}
	wantClosedSums(t, db)
}

func TestOutletsBeyondTheBudgetWaitAndAreCounted(t *testing.T) {
	t.Parallel()
	db, s := warehousetest.NewDB(t), newScript(2)
	s.blocks = "courier"
	s.budget, s.concurrency = 300*time.Millisecond, 1
	counts, err := run(t, t.Context(), db, s)
	if err != nil {
		t.Fatal(err)
	}
	if counts["outlets"]+counts["outlets_not_reached"] != 2 {
		t.Errorf("%v, want two outlets, reached or counted", counts)
	}
}
