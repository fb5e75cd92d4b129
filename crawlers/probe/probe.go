// Package probe looks at the channels of the registry as they are now, without
// a database: whether robots.txt lets us in, what answers, what kind it is,
// how much it announces and how new that is, and whether it has moved.
//
//	p := probe.New(lg, fetcher, discover.New(lg, fetcher), probe.Config{Concurrency: 20})
//	err := p.Check(ctx, list, func(r probe.Result) { fmt.Println(r.OutletID, r.Verdict) })
//
// A channel costs one request, a sitemap index one more, and robots.txt; with
// Config.IsExploring an outlet with a bad channel costs up to a dozen more, to
// find another channel to propose. Manners are those of the Fetcher.
package probe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

// The verdicts on a channel. Only the first is good.
const (
	VerdictOK          = "ok"
	VerdictMoved       = "moved"        // well, but at another address
	VerdictEmpty       = "empty"        // readable, and announces nothing
	VerdictStale       = "stale"        // announces nothing new since two weeks
	VerdictNotAFeed    = "not_a_feed"   // something else than its kind says
	VerdictBlocked     = "blocked"      // robots.txt, 401, 403, 429, 451
	VerdictGone        = "gone"         // 404, 410
	VerdictFailed      = "failed"       // no answer, or none that can be read
	VerdictNetworkDown = "network_down" // our own network is out: nothing is known
)

// staleAfter is the silence after which a channel is worth a look by a person.
const staleAfter = 14 * 24 * time.Hour

// Fetcher is what a probe needs of package fetch.
type Fetcher interface {
	discover.Fetcher
	// IsAllowed is the verdict of robots.txt, and the line that decided.
	IsAllowed(ctx context.Context, url string) (bool, string, error)
}

// Config says how much to ask at a time, and how much of an outlet.
type Config struct {
	Concurrency     int           // outlets at once [8]
	ChannelDeadline time.Duration // for one channel, waits included [2 min]
	IsExploring     bool          // look for other channels of outlets with a bad one
}

// Result is what is known of one channel.
type Result struct {
	OutletID       string    `json:"outlet_id"`
	Country        string    `json:"country"`
	Kind           string    `json:"kind"`
	URL            string    `json:"url"`
	Verdict        string    `json:"verdict"`
	Reason         string    `json:"reason"`
	IsAllowed      bool      `json:"is_allowed"`
	RobotsRule     string    `json:"robots_rule"`
	HTTPStatus     int       `json:"http_status"` // 0: no answer came
	KindFound      string    `json:"kind_found"`  // "": none that can be read
	FinalURL       string    `json:"final_url"`   // "": nowhere else
	ItemCount      int       `json:"item_count"`
	NewestAt       time.Time `json:"newest_at,omitzero"` // zero: no item is dated
	OwnShare       float64   `json:"own_share"`          // of items on the outlet's own site
	ByteCount      int64     `json:"byte_count"`
	RequestCount   int       `json:"request_count"`
	Proposal       string    `json:"proposal"` // a line for the registry; "": none
	ProposalReason string    `json:"proposal_reason"`
}

// IsBad says that the registry needs a look.
func (r Result) IsBad() bool { return r.Verdict != VerdictOK }

// Prober checks channels.
type Prober struct {
	lg    *slog.Logger
	fetch Fetcher
	cfg   Config
	now   func() time.Time
}

// New makes a Prober.
func New(lg *slog.Logger, f Fetcher, cfg Config) *Prober {
	if cfg.Concurrency <= 0 {
		cfg.Concurrency = 8
	}
	if cfg.ChannelDeadline <= 0 {
		cfg.ChannelDeadline = 2 * time.Minute
	}
	return &Prober{lg: lg, fetch: f, cfg: cfg, now: time.Now}
}

// Check looks at every channel of the outlets, several outlets at once, and
// hands over each result as it comes, never two at a time. The error is the
// context's: whatever a channel does is a result.
func (p *Prober) Check(ctx context.Context, list []outlets.Outlet, each func(Result)) error {
	var group errgroup.Group
	group.SetLimit(p.cfg.Concurrency)
	var mu sync.Mutex
	for _, o := range list {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			p.outlet(ctx, o, func(r Result) {
				mu.Lock()
				defer mu.Unlock()
				if ctx.Err() == nil {
					each(r)
				}
			})
			return nil
		})
	}
	_ = group.Wait() // none returns an error
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("check channels: %w", err)
	}
	return nil
}

// outlet checks the channels of one outlet, one after the other. With
// exploring, the bad ones wait for what it finds.
func (p *Prober) outlet(ctx context.Context, o outlets.Outlet, each func(Result)) {
	var bad []Result
	for _, c := range o.Channels {
		if ctx.Err() != nil {
			return
		}
		r := p.channel(ctx, o, c)
		if p.cfg.IsExploring && r.IsBad() && r.Verdict != VerdictNetworkDown && r.Proposal == "" {
			bad = append(bad, r)
			continue
		}
		each(r)
	}
	if len(bad) == 0 || ctx.Err() != nil {
		return
	}
	candidates, err := discover.New(p.lg, p.fetch).Explore(ctx, o, discover.Pattern{})
	if err != nil {
		p.lg.Debug("exploration found nothing", "outlet_id", o.ID, "error", err)
	}
	for _, r := range bad {
		r.propose(candidates)
		each(r)
	}
}

// propose takes the best candidate of the same kind, else the best of all.
func (r *Result) propose(candidates []discover.Candidate) {
	var best *discover.Candidate
	for i := range candidates {
		c := &candidates[i]
		if c.IsVerified && (best == nil || best.Kind != r.Kind && c.Kind == r.Kind) {
			best = c
		}
	}
	if best != nil {
		r.Proposal, r.ProposalReason = line(best.Kind, best.URL), best.Reason
	}
}

// line is a channel as the registry writes it.
func line(kind, url string) string {
	return fmt.Sprintf("- {kind: %s, url: %s}", kind, strconv.Quote(url))
}

func (p *Prober) channel(ctx context.Context, o outlets.Outlet, c outlets.Channel) Result {
	r := Result{OutletID: o.ID, Country: o.Country, Kind: c.Kind, URL: c.URL}
	inTime, cancel := context.WithTimeout(ctx, p.cfg.ChannelDeadline)
	defer cancel()
	isAllowed, rule, err := p.fetch.IsAllowed(inTime, c.URL)
	var e *fetch.Error
	switch {
	case errors.As(err, &e) && e.IsNetworkDown:
		r.Verdict, r.Reason = VerdictNetworkDown, e.Reason
		return r
	case err != nil:
		r.Verdict, r.Reason = VerdictFailed, "robots.txt: "+err.Error()
		if errors.As(err, &e) && e.Outcome == fetch.OutcomeRobots {
			r.Verdict = VerdictBlocked
		}
		return r
	}
	if r.IsAllowed, r.RobotsRule = isAllowed, rule; !isAllowed {
		r.Verdict, r.Reason = VerdictBlocked, "robots.txt forbids it: "+rule
		return r
	}
	seen := &witness{Fetcher: p.fetch, of: c.URL}
	polls := discover.New(p.lg, seen).Glance(inTime, o, c)
	r.HTTPStatus, r.KindFound = seen.status, seen.kind
	if len(polls) == 0 {
		r.Verdict, r.Reason = VerdictNetworkDown, "our own network is down"
		return r
	}
	r.judge(o, c, polls, p.now())
	return r
}

// witness notes how the channel itself answered, which a poll does not tell.
type witness struct {
	Fetcher
	of     string
	status int
	kind   string
}

func (w *witness) Fetch(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	res, err := w.Fetcher.Fetch(ctx, req)
	if req.URL != w.of {
		return res, err
	}
	var e *fetch.Error
	switch {
	case err == nil:
		w.status, w.kind = res.Status, discover.KindOf(res.ContentType, res.Body)
	case errors.As(err, &e):
		w.status = e.Status
	}
	return res, err
}

// judge says what the polls of a channel mean.
func (r *Result) judge(o outlets.Outlet, c outlets.Channel, polls []discover.Poll, now time.Time) {
	first := polls[0]
	sum := discover.Sum(o, polls, now)
	r.ItemCount, r.NewestAt = sum.ItemCount, sum.NewestAt
	if sum.ItemCount > 0 {
		r.OwnShare = float64(sum.OwnCount) / float64(sum.ItemCount)
	}
	for _, p := range polls {
		r.ByteCount += p.Bytes
		r.RequestCount += p.Requests
	}
	if first.FinalURL != "" && first.FinalURL != c.URL {
		r.FinalURL = first.FinalURL
	}
	if first.Err != nil {
		r.Reason = first.Err.Error()
	}
	switch {
	case first.State == discover.StateBlocked:
		r.Verdict = VerdictBlocked
	case first.State == discover.StateGone:
		r.Verdict = VerdictGone
	case first.State == discover.StateNotFeed:
		r.Verdict = VerdictNotAFeed
		if r.KindFound == discover.KindFeed || r.KindFound == discover.KindSitemap {
			r.Proposal, r.ProposalReason = line(r.KindFound, c.URL), "it is a "+r.KindFound
		}
	case first.State == discover.StateFailed:
		r.Verdict = VerdictFailed
	case sum.ItemCount == 0:
		r.Verdict = VerdictEmpty
	case hasMoved(c.URL, r.FinalURL):
		r.Verdict, r.Reason = VerdictMoved, "it redirects to "+r.FinalURL
		r.Proposal, r.ProposalReason = line(c.Kind, r.FinalURL), r.Reason
	case !r.NewestAt.IsZero() && now.Sub(r.NewestAt) > staleAfter:
		r.Verdict, r.Reason = VerdictStale, "its newest item is of "+r.NewestAt.Format(time.DateOnly)
	default:
		r.Verdict = VerdictOK
	}
	if r.Reason == "" && r.HTTPStatus != http.StatusOK && r.HTTPStatus != 0 {
		r.Reason = fmt.Sprintf("status %d", r.HTTPStatus)
	}
}

// hasMoved overlooks what needs no edit of the registry: another scheme, a
// slash at the end.
func hasMoved(from, to string) bool {
	bare := func(s string) string {
		_, rest, _ := strings.Cut(s, "://")
		return strings.TrimRight(strings.ToLower(rest), "/")
	}
	return to != "" && bare(from) != bare(to)
}
