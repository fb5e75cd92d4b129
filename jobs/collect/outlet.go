package collect

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/canonical"
)

// round is one Collect on its way.
type round struct {
	*Collector
	run     *ledger.Run
	load    *loader
	dueOnly bool

	polls      *semaphore.Weighted // outlets being polled
	extracting sync.WaitGroup      // pages on their way to the loader

	isNetworkDown atomic.Bool // our own, as the last request had it
}

// task is what Progress is told.
const task = "collect"

// collect starts every outlet as its turn to be polled comes, and returns when
// all are done and what they brought is written.
func (c *Collector) collect(ctx context.Context, run *ledger.Run, dueOnly bool, stop context.CancelCauseFunc) error {
	c.progress.Start(task, len(c.cfg.Outlets))
	defer c.progress.Finish(task)
	r := &round{
		Collector: c, run: run, dueOnly: dueOnly,
		load:  c.startLoader(ctx, run, stop),
		polls: semaphore.NewWeighted(int64(max(1, c.cfg.Concurrency))),
	}
	g, gctx := errgroup.WithContext(ctx)
	crawl, endCrawl := within(gctx, c.cfg.Budget)
	defer endCrawl()
	for i := range c.cfg.Outlets {
		// Each run begins with another outlet, so that those at the end of the
		// list are not always the ones for which no time is left.
		o := c.cfg.Outlets[(i+int(run.ID))%len(c.cfg.Outlets)]
		if r.polls.Acquire(crawl, 1) != nil {
			if gctx.Err() != nil {
				break
			}
			run.Count("outlets_not_reached", 1)
			run.Fail(1)
			c.progress.Advance(task, 0, 1)
			continue
		}
		g.Go(func() error {
			isDone, err := r.alone(gctx, crawl, o)
			switch {
			case isDone:
				c.progress.Advance(task, 1, 0)
			case gctx.Err() == nil: // cut off is not failed
				c.progress.Advance(task, 0, 1)
			}
			return err
		})
	}
	err := g.Wait()
	r.extracting.Wait()
	if loadErr := r.load.close(); loadErr != nil {
		return loadErr
	}
	if err == nil && r.isNetworkDown.Load() && crawl.Err() != nil {
		err = errNetworkDown
	}
	return err
}

// alone does one outlet while no other process does, and waits for that; meanwhile
// another outlet is polled. It begins with a turn to poll, and gives it back. It is
// false if the time was over first, or with an error.
func (r *round) alone(ctx, crawl context.Context, o outlets.Outlet) (isDone bool, err error) {
	endPoll := sync.OnceFunc(func() { r.polls.Release(1) })
	defer func() { endPoll() }()
	lock, err := r.locks.take(ctx, o.ID)
	if err == nil && lock == nil {
		endPoll()
		r.run.Count("outlets_waited_for", 1)
		if lock, err = r.locks.wait(crawl, o.ID, 0); err == nil && r.polls.Acquire(crawl, 1) == nil {
			endPoll = sync.OnceFunc(func() { r.polls.Release(1) })
		}
	}
	if crawl.Err() != nil && ctx.Err() == nil { // another had it all the time
		if lock != nil {
			lock.release(0)
		}
		r.run.Count("outlets_not_reached", 1)
		r.run.Fail(1)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer r.leave(lock, o)
	if err := r.shareBudget(ctx, o); err != nil {
		return false, err
	}
	crawl, end := during(crawl, lock)
	defer end()
	err = r.outlet(ctx, crawl, o, func() { endPoll() })
	if errors.Is(context.Cause(lock), errLockLost) {
		r.run.Count("outlets_lost", 1) // what waits there waits for the next run
		r.run.Fail(1)
	}
	return err == nil, err
}

// outlet does one outlet from its channels to its line in ops.outlet_runs. What
// goes wrong with the outlet is counted; only an error of the database or of ctx
// is returned. crawl bounds the requests, within ctx; what they brought is
// written under ctx. endPoll is called once what the polls found is written.
func (r *round) outlet(ctx, crawl context.Context, o outlets.Outlet, endPoll func()) (err error) {
	defer func() {
		p := recover()
		switch {
		case p != nil:
			r.lg.Error("an outlet panicked", "outlet_id", o.ID, "panic", p, "stack", string(debug.Stack()))
		case warehouse.IsBadData(err):
			// What this outlet sent cannot be stored: its failure, not the night's.
			r.lg.Error("an outlet sent what cannot be stored", "outlet_id", o.ID, "error", err)
			err = nil
		default:
			return
		}
		r.run.Fail(1)
		r.run.Count("outlets_failed", 1)
	}()
	crawl, cancel := within(crawl, r.cfg.OutletDeadline)
	defer cancel()
	known, err := r.exploration(ctx, o.ID)
	if err != nil {
		return err
	}
	t, err := r.discover(ctx, crawl, o, known)
	if err != nil {
		return err
	}
	endPoll()
	if err := r.pages(ctx, crawl, o, t); err != nil {
		return err
	}
	if err := t.wait(ctx); err != nil {
		return err
	}
	if err := r.learnPattern(ctx, known, o.ID); err != nil {
		return err
	}
	return r.settle(ctx, o, t)
}

// discover polls the channels in use, looks for others if that is due and polls
// those too, and writes what all of them announce.
func (r *round) discover(ctx, crawl context.Context, o outlets.Outlet, known exploration) (*tally, error) {
	channels, err := r.channelStates(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	list := effective(o.Channels, channels)
	asked := list
	if r.dueOnly {
		asked = due(list, channels, r.now())
	}
	pattern := r.pattern(known, o.ID)
	polls := r.poll(crawl, o, asked, channels, pattern)
	taken, err := r.explore(ctx, crawl, o, known, list, channels, polls)
	if err != nil {
		return nil, err
	}
	polls = append(polls, r.poll(crawl, o, taken, channels, pattern)...)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if crawl.Err() != nil {
		r.run.Count("outlets_cut_off", 1)
		r.run.Fail(1)
	}
	return r.record(ctx, r.run, o, append(list, taken...), polls, channels)
}

// poll asks channels, and as soon as it is back those that our own network kept us
// from. A poll needs no transaction; what it found is written by record.
func (r *round) poll(crawl context.Context, o outlets.Outlet, list []used, channels map[string]channel, pattern discover.Pattern) []discover.Poll {
	prior := make(map[string]discover.ChannelState, len(channels))
	for u, ch := range channels {
		prior[u] = ch.discovery()
	}
	o.Channels = make([]outlets.Channel, len(list))
	for i, u := range list {
		o.Channels[i] = u.Channel
	}
	var all []discover.Poll
	for len(o.Channels) > 0 {
		polls := r.poller.PollOutlet(crawl, o, prior, r.now().Add(-r.cfg.MaxAge), pattern)
		all = append(all, polls...)
		if slices.ContainsFunc(polls, hasAnswer) {
			r.networkIsUp()
		}
		left := unasked(o.Channels, polls)
		isStuck := len(polls) > 0 && len(left) == len(o.Channels)
		if o.Channels = left; crawl.Err() != nil || isStuck {
			break
		}
		if len(polls) == 0 && !r.awaitNetwork(crawl, 0) {
			break
		}
	}
	if crawl.Err() == nil {
		return all
	}
	// A poll that our own deadline cut off says nothing about the channel.
	return slices.DeleteFunc(all, func(p discover.Poll) bool { return errIsContext(p.Err) })
}

// unasked lists the channels that are missing from what a poller answered: it
// asks no further when our own network is out. One that another leads to is asked
// with that.
func unasked(list []outlets.Channel, polls []discover.Poll) []outlets.Channel {
	asked := make(map[string]bool, 2*len(polls))
	for _, p := range polls {
		asked[p.URL], asked[p.FinalURL] = true, true
	}
	var left []outlets.Channel
	for _, ch := range list {
		if !asked[ch.URL] && isAskable(ch.URL) {
			left = append(left, ch)
		}
	}
	return left
}

// isAskable says whether an address can be stored: no poller asks for others.
func isAskable(address string) bool {
	return len(address) <= canonical.MaxLength && storableText(address) == address
}

// hasAnswer says whether the host of a channel said anything at all.
func hasAnswer(p discover.Poll) bool {
	var fe *fetch.Error
	return p.Err == nil || errors.As(p.Err, &fe) && fe.Status != 0
}
