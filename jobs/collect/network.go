package collect

import (
	"context"
	"errors"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
)

// errNetworkDown is how a run ends whose network was out to the end.
var errNetworkDown = errors.New("our own network was down when the time was up: nothing was counted against the outlets, " +
	"and what waits is fetched by the next run (look at this machine's connection and name server, and at crawl.proxy_url)")

// The wait between two looks at a network that is out: what the fetcher asks for,
// within bounds. A look costs nothing, for the fetcher knows.
const (
	leastNetworkWait   = 10 * time.Millisecond
	usualNetworkWait   = time.Second
	longestNetworkWait = 30 * time.Second
)

// awaitNetwork pauses an outlet while our own network is out; false when crawl
// ended meanwhile.
func (r *round) awaitNetwork(crawl context.Context, wait time.Duration) bool {
	if !r.isNetworkDown.Swap(true) {
		r.run.Count("network_outages", 1)
		r.lg.Warn("our own network is down, the collect waits for it", "run_id", r.run.ID)
	}
	if wait <= 0 {
		wait = usualNetworkWait
	}
	return sleepUntil(crawl, time.Now().Add(min(max(wait, leastNetworkWait), longestNetworkWait)))
}

// networkIsUp notes that somebody answered.
func (r *round) networkIsUp() {
	if r.isNetworkDown.Load() && r.isNetworkDown.Swap(false) {
		r.lg.Info("our own network is back", "run_id", r.run.ID)
	}
}

// saysNetworkDown tells whether an error means that it is our own network.
func saysNetworkDown(err error) bool {
	var fe *fetch.Error
	return errors.As(err, &fe) && fe.IsNetworkDown
}
