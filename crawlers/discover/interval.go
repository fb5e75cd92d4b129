package discover

import "time"

// Yield is what a channel gave of late, as far as the next poll depends on it.
type Yield struct {
	ItemsPerDay  float64 // smoothed; zero: nothing came, or nothing is known
	ItemCount    int     // items of the last whole answer: the channel's window
	FailureCount int     // failed polls in a row
	RetryAfter   time.Duration
	Kind         string
}

// The bounds of the wait between two polls of a channel.
const (
	minPoll = 10 * time.Minute
	maxPoll = 24 * time.Hour
)

// NextPoll says how long to wait until the next poll of a channel: between 10
// minutes and 24 hours.
func NextPoll(y Yield) time.Duration {
	wait := maxPoll
	if y.ItemsPerDay > 0 {
		wait = time.Duration(float64(day) * float64(max(y.ItemCount, 9)) / 3 / y.ItemsPerDay)
	}
	return min(max(wait, minPoll, y.RetryAfter), maxPoll)
}
