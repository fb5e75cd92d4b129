package fetch

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// A host is left alone for a while, never for ever, in three cases:
//
//   - it stumbles (429, 5xx, a body that breaks off): from the first time on,
//     for a random time out of one that doubles with each in a row, or for as
//     long as its Retry-After asks. An address that fails again says nothing new
//     of its host, and costs no more than the first;
//   - it refuses us (401, 403, 451) several times in a row: it has blocked us,
//     and asking on would confirm it in that;
//   - it gave no answer at all several times in a row: it is down.
//
// When the time is over the next request shows whether things are better. If
// not, the host is left alone for twice as long.
const (
	leastBackOff   = time.Second
	longestBackOff = time.Hour

	blockAfter   = 3
	firstBlock   = 10 * time.Minute
	longestBlock = 24 * time.Hour

	outAfter   = 5
	firstOut   = 30 * time.Second
	longestOut = time.Hour

	maxStumblers = 8 // addresses remembered as having failed; the pause is long by then
)

// standing is what a host has earned by its answers: how often in a row each
// kind came, and until when it is left alone.
type standing struct {
	stumbles, refusals, silences int
	stumblers                    []uint64 // hashes of the addresses whose stumbles were counted
	until                        time.Time
	why                          string
}

// reply is what the end of a request says about its host.
type reply int

const (
	replyNone     reply = iota // nothing: it was not sent, or given up by us
	replyAnswered              // there is a host: a redirect, a robots.txt
	replyGood                  // it serves us; a 404 is good service
	replyStumbled              // 429, 5xx, a body that broke off
	replyRefused               // 401, 403, 451
	replySilent                // no answer
)

// replyOf tells what a status says. robots.txt is served, or refused, by other
// rules than pages are, so it neither mends nor harms what they have earned.
func replyOf(status int, isRobots bool) reply {
	switch {
	case status == http.StatusTooManyRequests || status >= 500:
		return replyStumbled
	case isRobots:
		return replyAnswered
	case isRefusal(status):
		return replyRefused
	case status >= 300 && status < 400 && status != http.StatusNotModified:
		return replyAnswered // may lead to the refusal
	}
	return replyGood
}

func isRefusal(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusUnavailableForLegalReasons
}

// note takes in how a request ended; asked is its Retry-After, and about the hash
// of its address, zero where the reply is about the whole host.
func (s *standing) note(r reply, about uint64, asked time.Duration, now time.Time) {
	switch r {
	case replyAnswered:
		s.silences = 0
	case replyGood:
		s.stumbles, s.refusals, s.silences, s.stumblers = 0, 0, 0, nil
	case replyStumbled:
		s.silences = 0
		times := 1
		if !slices.Contains(s.stumblers, about) {
			s.stumbles++
			times = s.stumbles
			if about != 0 && len(s.stumblers) < maxStumblers {
				s.stumblers = append(s.stumblers, about)
			}
		}
		wait := leastBackOff + spread(0, doubled(leastBackOff, times, longestBackOff)-leastBackOff)
		if s.stumbles == 1 && asked > 0 {
			wait = asked
		}
		s.leave(now, max(wait, asked), "stumbled", s.stumbles)
	case replyRefused:
		s.silences = 0
		if s.refusals++; s.refusals >= blockAfter {
			longest := doubled(firstBlock, s.refusals-blockAfter, longestBlock)
			s.leave(now, spread(longest/2, longest), "refused us", s.refusals)
		}
	case replySilent:
		if s.silences++; s.silences >= outAfter {
			longest := doubled(firstOut, s.silences-outAfter, longestOut)
			s.leave(now, spread(longest/2, longest), "gave no answer", s.silences)
		}
	}
}

// leave leaves the host alone. A time that is longer already stands.
func (s *standing) leave(now time.Time, wait time.Duration, did string, count int) {
	if until := now.Add(wait); until.After(s.until) {
		s.until = until
		s.why = "it " + did
		if count > 1 {
			s.why = fmt.Sprintf("it %s %d times in a row", did, count)
		}
	}
}

// forgive takes back silences that were our own network's fault.
func (s *standing) forgive() {
	if s.silences >= outAfter {
		s.until = time.Time{}
	}
	s.silences = 0
}

// doubled doubles a time so often, up to a bound.
func doubled(d time.Duration, times int, most time.Duration) time.Duration {
	for range times {
		if d *= 2; d >= most {
			return most
		}
	}
	return min(d, most)
}

// spread draws a time between two, so that those who failed together do not
// come back together.
func spread(least, most time.Duration) time.Duration {
	if most <= least {
		return least
	}
	return least + rand.N(most-least+1)
}
