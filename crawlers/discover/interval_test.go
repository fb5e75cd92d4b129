package discover

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestNextPoll(t *testing.T) {
	t.Parallel()
	feed := func(perDay float64, window int) Yield {
		return Yield{Kind: KindFeed, ItemsPerDay: perDay, ItemCount: window}
	}
	for _, c := range []struct {
		name string
		y    Yield
		want time.Duration
	}{
		{"a fifth of the window", feed(120, 40), 96 * time.Minute},
		{"never under ten minutes", feed(100_000, 20), 10 * time.Minute},
		{"never over a day", feed(0.1, 50), 24 * time.Hour},
		{"nothing known", Yield{Kind: KindFeed}, 2 * time.Hour},
		{"no number", feed(math.NaN(), 20), 2 * time.Hour},
		{"endlessly many", feed(math.Inf(1), 20), 10 * time.Minute},
		{"a window of three waits for one and a half", feed(24, 3), 90 * time.Minute},
		{"one failure", Yield{Kind: KindFeed, ItemsPerDay: 1, ItemCount: 20, FailureCount: 1}, 30 * time.Minute},
		{"one failure of a busy one", Yield{Kind: KindFeed, ItemsPerDay: 1000, ItemCount: 20, FailureCount: 1}, 10 * time.Minute},
		{"four failures", Yield{Kind: KindFeed, FailureCount: 4}, 4 * time.Hour},
		{"a thousand failures, and not for ever", Yield{Kind: KindFeed, FailureCount: 1000}, 24 * time.Hour},
		{"Retry-After", Yield{Kind: KindFeed, ItemsPerDay: 1000, ItemCount: 20, FailureCount: 1, RetryAfter: 3 * time.Hour}, 3 * time.Hour},
		{"a shameless Retry-After", Yield{Kind: KindFeed, RetryAfter: 999 * time.Hour}, 24 * time.Hour},
		{"a sitemap at the same yield", Yield{Kind: KindSitemap, ItemsPerDay: 120, ItemCount: 40}, 160 * time.Minute},
		{"a busy sitemap", Yield{Kind: KindSitemap, ItemsPerDay: 100_000, ItemCount: 40}, 30 * time.Minute},
		{"a busy page", Yield{Kind: KindPage, ItemsPerDay: 100_000, ItemCount: 40}, 30 * time.Minute},
	} {
		if got := NextPoll(c.y); got.Round(time.Second) != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSitemapsAndPagesWaitLongerThanFeeds(t *testing.T) {
	t.Parallel()
	for _, perDay := range []float64{50, 100, 1000, 10_000} {
		for _, window := range []int{20, 50, 200} {
			y := Yield{Kind: KindFeed, ItemsPerDay: perDay, ItemCount: window}
			feed := NextPoll(y)
			for _, kind := range []string{KindSitemap, KindPage} {
				y.Kind = kind
				if other := NextPoll(y); other <= feed && feed < maxPoll {
					t.Errorf("%v items a day, %d shown: %s %v, feed %v", perDay, window, kind, other, feed)
				}
			}
		}
	}
}

// arrivals gives the times of a Poisson process whose rate swings by the time of
// day: at its peak, in the afternoon, 1.8 times the mean, at night a fifth.
func arrivals(dice *rand.Rand, perDay float64, days int) []time.Duration {
	const swing = 0.8
	var times []time.Duration
	peak := perDay * (1 + swing)
	for t := 0.0; ; {
		t += dice.ExpFloat64() / peak // in days
		if t >= float64(days) {
			return times
		}
		if dice.Float64()*peak < perDay*(1+swing*math.Sin(2*math.Pi*(t-0.35))) {
			times = append(times, time.Duration(t*float64(day)))
		}
	}
}

// polled follows a feed that shows its newest items, asked when NextPoll says so.
// The yield is at first what the dates of its items say, then an average over
// the memory.
func polled(times []time.Duration, window, days int, memory time.Duration) (polls, lost int) {
	start := at("2026-03-02T00:00:00Z")
	shown := func(until int) []Item {
		var items []Item
		for _, t := range times[max(0, until-window):until] {
			items = append(items, Item{PublishedAt: start.Add(t)})
		}
		return items
	}
	const past = 30 // days before the first poll
	now, seen := time.Duration(past)*day, 0
	for seen < len(times) && times[seen] <= now {
		seen++
	}
	y := Yield{Kind: KindFeed, ItemCount: min(window, seen), ItemsPerDay: ItemsPerDay(shown(seen), start.Add(now))}
	for {
		wait := NextPoll(y)
		if now += wait; now > time.Duration(past+days)*day {
			return polls, lost
		}
		count := 0
		for seen < len(times) && times[seen] <= now {
			seen, count = seen+1, count+1
		}
		polls, lost = polls+1, lost+max(0, count-window)
		weight := 1 - math.Exp(-float64(wait)/float64(memory))
		y.ItemsPerDay += weight * (float64(min(count, window))/wait.Hours()*24 - y.ItemsPerDay)
	}
}

func TestPollingLosesNothing(t *testing.T) {
	t.Parallel()
	const days = 60
	for _, memory := range []time.Duration{day, 3 * day} {
		for _, perDay := range []float64{1, 10, 100, 1000} {
			for _, window := range []int{20, 30, 50} {
				times := arrivals(rand.New(rand.NewPCG(7, uint64(window))), perDay, 30+days)
				polls, lost := polled(times, window, days, memory)
				share, each := float64(lost)/perDay/days, float64(polls)/days
				t.Logf("memory %3v, %4.0f items a day, window %d: %5.1f polls a day, lost %.5f", memory, perDay, window, each, share)
				// At its peak, 1.8 times the mean, the fastest of these gives in ten
				// minutes 12.5 items, so that of a window of 20 some are lost by chance.
				most := 0.0
				if perDay == 1000 && window == 20 {
					most = 0.005
				}
				if share > most {
					t.Errorf("%v items a day, window %d: %d lost", perDay, window, lost)
				}
				if each > 144 || each > 1+20*perDay/float64(window) {
					t.Errorf("%v items a day, window %d: %.1f polls a day", perDay, window, each)
				}
			}
		}
	}
}

func TestItemsPerDayFromDates(t *testing.T) {
	t.Parallel()
	now := at("2026-03-02T12:00:00Z")
	every := func(n int, gap time.Duration) []Item {
		var items []Item
		for i := range n {
			items = append(items, Item{PublishedAt: now.Add(-time.Duration(i+1) * gap)})
		}
		return items
	}
	for _, c := range []struct {
		name  string
		items []Item
		want  float64
	}{
		{"one an hour", every(20, time.Hour), 24},
		{"with an odd old one", append(every(20, time.Hour), Item{PublishedAt: at("2001-01-01T00:00:00Z")}), 24},
		{"silent for ten days", []Item{{PublishedAt: now.Add(-10 * day)}, {PublishedAt: now.Add(-10 * day)}, {PublishedAt: now.Add(-10 * day)}, {PublishedAt: now.Add(-10 * day)}}, 0.3},
		{"too few", every(3, time.Hour), 0},
		{"undated", make([]Item, 10), 0},
		{"from the future", []Item{{PublishedAt: now.Add(day)}, {PublishedAt: now.Add(day)}, {PublishedAt: now.Add(day)}, {PublishedAt: now.Add(day)}}, 0},
	} {
		if got := ItemsPerDay(c.items, now); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
