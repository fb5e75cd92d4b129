package discover

import (
	"slices"
	"time"
)

// Yield is what a channel gave of late, as far as the wait for its next poll
// depends on it.
type Yield struct {
	ItemsPerDay  float64 // new items, smoothed; zero: not known
	ItemCount    int     // items it shows at a time, as Poll.ItemCount; zero: not known
	FailureCount int     // failed polls in a row
	RetryAfter   time.Duration
	Kind         string
}

// The bounds of the wait, and what it is when nothing is known.
const (
	minPoll      = 10 * time.Minute
	maxPoll      = 24 * time.Hour
	firstRetry   = 30 * time.Minute // after one failure at the latest; twice as long after each further one
	unknownYield = 2 * time.Hour
)

// cadence is how a kind of channel is asked. Of what it shows no more than the
// share may be new at the next poll: news come by day and in bursts, and what
// leaves the window between two polls is lost. Sitemaps and pages are larger to
// read and mostly the second opinion, so they wait longer.
type cadence struct {
	share  float64
	window int           // items shown where that is not known
	least  time.Duration // between two polls
}

var cadences = map[string]cadence{
	KindFeed:    {share: 1.0 / 5, window: 20, least: minPoll},
	KindSitemap: {share: 1.0 / 3, window: 100, least: 30 * time.Minute},
	KindPage:    {share: 1.0 / 3, window: 30, least: 30 * time.Minute},
}

// fewItems are worth a poll at least, so that a channel with a tiny window is
// not asked for every single item; while it shows so many.
const fewItems = 2

// NextPoll says how long to wait before a channel is polled again: 10 minutes to
// 24 hours. A failure is tried again soon, then ever more seldom, but never less
// than daily; what a server asks for with Retry-After is kept within the day.
func NextPoll(y Yield) time.Duration {
	c, ok := cadences[y.Kind]
	if !ok {
		c = cadences[KindFeed]
	}
	wait := c.wait(y)
	if y.FailureCount > 0 {
		wait = min(wait, firstRetry)
		for range min(y.FailureCount-1, 10) {
			wait *= 2
		}
	}
	return min(max(wait, minPoll, y.RetryAfter), maxPoll)
}

func (c cadence) wait(y Yield) time.Duration {
	if !(y.ItemsPerDay > 0) { // not a number, too
		return max(unknownYield, c.least)
	}
	window := float64(y.ItemCount)
	if y.ItemCount <= 0 {
		window = float64(c.window)
	}
	due := max(window*c.share, min(fewItems, window/2))
	days := due / y.ItemsPerDay
	if days >= maxPoll.Hours()/24 {
		return maxPoll
	}
	return max(time.Duration(days*float64(day)), c.least)
}

// ItemsPerDay estimates a channel's yield from the dates of the items it shows,
// for the time before two polls can be compared; zero if too few are dated. The
// newest three quarters are looked at, for feeds keep odd old items at the end,
// and up to now, for a feed that fell silent gives nothing.
func ItemsPerDay(items []Item, now time.Time) float64 {
	var dates []time.Time
	for _, i := range items {
		if !i.PublishedAt.IsZero() && !i.PublishedAt.After(now) {
			dates = append(dates, i.PublishedAt)
		}
	}
	if len(dates) < 4 {
		return 0
	}
	slices.SortFunc(dates, func(a, b time.Time) int { return b.Compare(a) })
	dates = dates[:len(dates)*3/4]
	span := max(now.Sub(dates[len(dates)-1]), minPoll)
	return float64(len(dates)) / span.Hours() * 24
}
