package fetch

import (
	"cmp"
	"slices"
	"time"
)

// HostDay is what we did to one host in one UTC day: the proof of our manners.
type HostDay struct {
	Day            time.Time     // midnight UTC
	Host           string        // as in an address, with the port if it is not the usual one
	Requests       int           // sent, robots.txt and redirects included
	RobotsRefusals int           // not sent, as robots.txt forbids them
	BudgetRefusals int           // not sent, as the day's budget was spent
	Throttled      int           // answers 429, or 503 with Retry-After
	Failures       int           // no answer, or 5xx
	NotModified    int           // answers 304
	Bytes          int64         // bodies as sent
	SavedBytes     int64         // not sent thanks to 304, by Request.LastBytes
	SmallestGap    time.Duration // between two requests going out; zero: fewer than two
	MaxConcurrent  int           // most requests under way at a time
	CrawlDelay     time.Duration // as robots.txt asks; zero: it does not
}

// hostDay is the key of a HostDay.
type hostDay struct {
	day  time.Time
	host string
}

func utcDay(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// TakeManners gives what was done since the last call, one entry a host and
// day, by day and host. Counts and bytes are what came on top; SmallestGap and
// MaxConcurrent are of the time since.
func (f *Fetcher) TakeManners() []HostDay {
	l := f.limiter
	l.mu.Lock()
	taken := l.manners
	l.manners = map[hostDay]*HostDay{}
	l.mu.Unlock()
	all := make([]HostDay, 0, len(taken))
	for _, d := range taken {
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b HostDay) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Host, b.Host))
	})
	return all
}

// today is the entry of a host to count in; l.mu is held.
func (l *limiter) today(name string, now time.Time) *HostDay {
	key := hostDay{utcDay(now), name}
	d := l.manners[key]
	if d == nil {
		d = &HostDay{Day: key.day, Host: name}
		l.manners[key] = d
	}
	return d
}

// RestoreBudget tells how many requests earlier processes sent to each host in
// a UTC day, so that a restart does not begin the day's budgets anew.
func (f *Fetcher) RestoreBudget(day time.Time, spent map[string]int) {
}
