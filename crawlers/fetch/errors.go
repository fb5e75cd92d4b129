package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The outcomes of a request that gave no document, in the words of the
// ledger. OutcomeDeferred means that it is worth another try: how often is
// for the caller to decide.
const (
	OutcomeRobots     = "robots"
	OutcomeBlocked    = "blocked"
	OutcomeGone       = "gone"
	OutcomeFailed     = "failed"
	OutcomeTooLarge   = "too_large"
	OutcomeRefused    = "refused"
	OutcomeNotArticle = "not_article"
	OutcomeDeferred   = "deferred"
)

// Error says how a request ended that gave no document.
type Error struct {
	Outcome    string
	Reason     string // the outcome in detail
	Status     int    // zero: no answer came
	RetryAfter time.Duration
	IsUnsent   bool // we refrained from asking at all: by robots.txt, for the guard, or as the host wants to be left alone
	// IsNetworkDown says that our own network is out. Nothing counts against the
	// host, and nothing should against the address: IsUnsent is set, too, also if
	// the request was on its way when the network went. What failed before that
	// could be told, at most some seconds of it, came back as any failure of a host.
	IsNetworkDown bool
	IsBudgetSpent bool   // the day's requests to the host are: RetryAfter leads to the next day
	URL           string // as asked
	Err           error  // cause, may be nil
}

func (e *Error) Error() string {
	return fmt.Sprintf("fetch %s: %s: %s", e.URL, e.Outcome, e.Reason)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// statusError tells what a status means, nil if it brings a document.
func statusError(page *Response, isConditional bool) error {
	s := page.Status
	e := &Error{Status: s, URL: page.URL, RetryAfter: retryAfter(page.Header, time.Now())}
	e.Reason = strings.TrimSpace(fmt.Sprintf("status %d %s", s, http.StatusText(s)))
	switch {
	case s >= 200 && s < 300:
		return nil
	case s == http.StatusNotModified && isConditional:
		return nil
	case s == http.StatusNotModified:
		e.Outcome, e.Reason = OutcomeDeferred, "status 304 to a request without a condition"
	case s < 400:
		e.Outcome, e.Reason = OutcomeFailed, e.Reason+" that leads nowhere"
	case s == http.StatusUnauthorized, s == http.StatusForbidden, s == http.StatusUnavailableForLegalReasons:
		e.Outcome = OutcomeBlocked
	case s == http.StatusTooManyRequests, s == http.StatusRequestTimeout, s == http.StatusMisdirectedRequest, s == http.StatusTooEarly:
		e.Outcome = OutcomeDeferred
	case s < 500:
		e.Outcome = OutcomeGone
	default:
		e.Outcome = OutcomeDeferred
	}
	return e
}

// networkError explains why no answer, or no whole one, came.
func networkError(requested string, x *exchange, err error) error {
	e := &Error{Outcome: OutcomeDeferred, URL: requested, Err: err}
	if x.hasHeaders {
		e.Status = x.status
	}
	var noName *net.DNSError
	switch {
	case x.hops == 0:
		e.Outcome, e.Reason, e.IsUnsent = OutcomeRefused, "not an address: "+bare(err), true
	case errors.Is(err, context.DeadlineExceeded) && x.hasHeaders:
		e.Reason = fmt.Sprintf("body slower than %v", x.timeout.Round(time.Millisecond))
	case errors.Is(err, context.DeadlineExceeded):
		e.Reason = fmt.Sprintf("no answer within %v", x.timeout.Round(time.Millisecond))
	case errors.As(err, &noName) && noName.IsNotFound:
		e.Reason = fmt.Sprintf("host %s not found", noName.Name)
	case x.hasHeaders:
		e.Reason = "read body: " + bare(err)
	default:
		e.Reason = bare(err)
	}
	e.Reason = Plain(e.Reason, maxReason)
	return e
}

// bare leaves out the method and address that net/http puts before a cause.
func bare(err error) string {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err.Error()
}

// maxReason is how much of a reason is kept, in characters.
const maxReason = 1000

// Plain makes text of others fit for a table or a log: valid UTF-8 without
// control characters, and at most so many characters.
func Plain(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	count := 0
	for i := range s {
		if count++; count > most {
			return s[:i]
		}
	}
	return s
}

// plainAddress escapes what an address of others may hold beyond ASCII.
func plainAddress(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// maxRetryAfter bounds what a header may ask of us.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads the header: seconds or a date. Zero if there is none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	var wait time.Duration
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		wait = time.Duration(min(max(seconds, 0), maxRetryAfter.Seconds()) * float64(time.Second))
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}
