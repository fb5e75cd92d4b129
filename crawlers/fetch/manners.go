package fetch

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
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
	Failures       int           // no answer, 5xx, or a body that broke off; not while our own network was out
	NotModified    int           // answers 304
	Bytes          int64         // bodies as sent
	SavedBytes     int64         // not sent thanks to 304, by Request.LastBytes
	SmallestGap    time.Duration // between two requests going out; zero: fewer than two
	MaxConcurrent  int           // most requests under way at a time
	CrawlDelay     time.Duration // as robots.txt asks; zero: it does not
}

type hostDay struct {
	day  time.Time
	host string
}

func utcDay(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// maxManners is how many entries wait to be taken. Beyond it nothing is noted
// of hosts that are new in the day: a crawl takes its manners long before.
const maxManners = 100_000

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
		if len(l.manners) < maxManners {
			l.manners[key] = d
		}
	}
	return d
}

// refusedByRobots notes a request that robots.txt forbade.
func (l *limiter) refusedByRobots(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.today(name, time.Now()).RobotsRefusals++
}

// budget counts the requests of a UTC day to each host. It remembers hosts
// longer than the limiter does: a host that was forgotten must not be given
// its budget anew.
type budget struct {
	most  int // of a host in a day; zero: no limit, and nothing is counted
	day   time.Time
	spent map[string]int
}

// maxBudgets bounds the hosts of a day that are counted.
const maxBudgets = 200_000

// left tells whether a host may be asked once more.
func (b *budget) left(name string, now time.Time) bool {
	if b.most <= 0 {
		return true
	}
	b.turn(now)
	return b.spent[name] < b.most
}

// spend counts requests.
func (b *budget) spend(name string, count int, now time.Time) {
	if b.most <= 0 {
		return
	}
	b.turn(now)
	if old, ok := b.spent[name]; ok || len(b.spent) < maxBudgets {
		b.spent[name] = old + count
	}
}

// turn begins a new day.
func (b *budget) turn(now time.Time) {
	if day := utcDay(now); day.After(b.day) {
		b.day, b.spent = day, map[string]int{}
	}
}

// RestoreBudget tells how many requests were sent to each host, named as in
// HostDay, in a UTC day, by earlier processes and others beside this one, so that
// a restart does not begin the day's budgets anew. It never lowers what is
// counted: what this process sent and somebody has written down is in both. Other
// days than today are past and say nothing.
func (f *Fetcher) RestoreBudget(day time.Time, spent map[string]int) {
	l := f.limiter
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if !utcDay(day).Equal(utcDay(now)) {
		return
	}
	for name, count := range spent {
		name = strings.ToLower(name)
		l.budget.turn(now)
		l.budget.spend(name, max(0, count-l.budget.spent[name]), now)
	}
}

// Rest tells how long the host of an address is to be left alone from now on: by
// our gap, its crawl-delay, or as it asked. Who hands the host to another process
// waits for so long. The day's budget is no part of it.
func (f *Fetcher) Rest(address string) time.Duration {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return 0
	}
	return f.limiter.rest(hostOf(u))
}

func (l *limiter) rest(name string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.hosts[name]
	if h == nil {
		return 0
	}
	now := time.Now()
	return max(0, l.gapOf(h, now), h.standing.until.Sub(now))
}
