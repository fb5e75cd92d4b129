package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"iter"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"
)

// network tells "our network is out" from "their site is down". A request that
// gets no answer is the host's fault if anyone else answered a moment ago. If
// nobody did, it is held back until the matter is clear: hosts that answered
// earlier are asked for their robots.txt, one at a time. An answer from anyone
// clears the network; silence from several hosts, with no answer in between,
// convicts it. Failures that no host can cause (no route to anywhere, no name
// server, no proxy) make it suspect in any case, and two hosts convict it then,
// or one if there is no other to ask. Names that do not exist count as silence,
// but a few of them are no outage where nobody else was asked.
//
// While the network is out nobody is asked but one host every few seconds,
// each time another one, until one of them answers.
type network struct {
	lg      *slog.Logger
	ctx     context.Context
	probe   func(ctx context.Context, origin string) (isSent bool) // asks for a robots.txt; what comes of it reaches answered or note
	forgive func(hosts []string)

	// quiet is how recent an answer must be to clear the network; settle how
	// long the first of several silent hosts waits for one that answers; hold
	// how long a failure waits for the verdict; every how often a host is asked
	// while the network is out, and how long it may take to answer.
	quiet, settle, hold, every time.Duration

	mu         sync.Mutex
	answeredAt time.Time
	witnesses  []string          // origins that answered, at most maxWitnesses
	oldest     int               // the next of witnesses to be replaced
	silent     map[string]string // origins that gave no answer since anyone did, and their hosts
	isSuspect  bool              // one of the failures was none that a host can cause
	isMute     bool              // one of the failures was other than a name that does not exist
	wanted     map[string]bool   // origins that callers asked for while the network was out
	tried      map[string]bool   // origins that were asked to find out
	inquiry    chan struct{}     // closed when the matter is settled; nil: nobody doubts
	out        chan struct{}     // closed while the network is out
	isOut      bool
}

const (
	maxWitnesses = 32
	maxSilent    = 64
	// enoughSilent hosts without an answer convict the network.
	enoughSilent = 5
)

func newNetwork(ctx context.Context, lg *slog.Logger) *network {
	return &network{
		lg: lg, ctx: ctx,
		quiet: 2 * time.Second, settle: time.Second, hold: 6 * time.Second, every: 5 * time.Second,
		silent: map[string]string{}, wanted: map[string]bool{}, tried: map[string]bool{},
		out: make(chan struct{}),
	}
}

// ours marks an error that no host can be blamed for.
type ours struct{ error }

func (o ours) Unwrap() error { return o.error }

// isOurs tells failures of our own network: a name server that does not answer is
// one.
func isOurs(err error) bool {
	var marked ours
	var name *net.DNSError
	return errors.As(err, &marked) || errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.ENETDOWN) ||
		errors.As(err, &name) && !name.IsNotFound
}

// isTheirs tells failures that prove that the network works: the host spoke.
func isTheirs(err error) bool {
	var certificate *tls.CertificateVerificationError
	var alert tls.AlertError
	var record tls.RecordHeaderError
	return errors.As(err, &certificate) || errors.As(err, &alert) || errors.As(err, &record)
}

// isUnknown tells names that do not exist. Mostly that is the host's affair; but a
// name server that is cut off itself may say so of every name.
func isUnknown(err error) bool {
	var name *net.DNSError
	return errors.As(err, &name) && name.IsNotFound
}

// gate lets a request through, with a channel that is closed should the
// network go out while it waits; or refuses it.
func (n *network) gate(origin string) (<-chan struct{}, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.isOut {
		return n.out, nil
	}
	if len(n.wanted) < maxSilent {
		n.wanted[origin] = true
	}
	return nil, n.refusal(nil)
}

// refusal is what a caller gets while the network is out.
func (n *network) refusal(cause error) *Error {
	e := &Error{
		Outcome: OutcomeDeferred, Reason: "our own network is out", IsUnsent: true, IsNetworkDown: true,
		RetryAfter: spread(n.every, n.every*3/2), Err: cause,
	}
	if cause != nil {
		e.Reason += ": " + bare(cause)
	}
	return e
}

// answered notes that a host answered, whatever it said.
func (n *network) answered(origin string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answeredAt = time.Now()
	if !slices.Contains(n.witnesses, origin) {
		if len(n.witnesses) < maxWitnesses {
			n.witnesses = append(n.witnesses, origin)
		} else {
			n.witnesses[n.oldest] = origin
			n.oldest = (n.oldest + 1) % maxWitnesses
		}
	}
	if n.isOut {
		n.isOut, n.out = false, make(chan struct{})
		n.lg.Info("the network is back", "url", origin)
	}
	if n.inquiry != nil {
		close(n.inquiry)
		n.inquiry = nil
	}
	if len(n.silent)+len(n.wanted)+len(n.tried) > 0 {
		clear(n.silent)
		clear(n.wanted)
		clear(n.tried)
		n.isSuspect, n.isMute = false, false
	}
}

// failed notes a request without an answer and tells whose fault that is,
// after a while if need be: nil is the host's, an *Error ours. A verdict that
// takes too long for the caller is given for the network.
func (n *network) failed(ctx context.Context, origin, host string, cause error) error {
	if isTheirs(cause) {
		return nil
	}
	n.mu.Lock()
	if !n.isOut && time.Since(n.answeredAt) < n.quiet && !isOurs(cause) {
		n.mu.Unlock()
		return nil
	}
	n.note(origin, host, cause)
	if n.isOut {
		defer n.mu.Unlock()
		return n.refusal(cause)
	}
	if n.inquiry == nil {
		n.inquiry = make(chan struct{})
		clear(n.tried)
		go n.inquire(n.inquiry)
	}
	settled, out := n.inquiry, n.out
	n.mu.Unlock()

	patience := time.NewTimer(n.hold)
	defer patience.Stop()
	select {
	case <-settled:
	case <-out:
	case <-patience.C:
	case <-ctx.Done():
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.isOut {
		return n.refusal(cause)
	}
	return nil
}

// note keeps that an origin is silent; n.mu is held.
func (n *network) note(origin, host string, cause error) {
	if len(n.silent) < maxSilent {
		n.silent[origin] = host
	}
	n.isSuspect = n.isSuspect || isOurs(cause)
	n.isMute = n.isMute || !isUnknown(cause)
}

// fell notes that a host that was asked to find out gave no answer.
func (n *network) fell(origin, host string, cause error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.inquiry != nil {
		n.note(origin, host, cause)
	}
}

// goOut declares the network out; n.mu is held.
func (n *network) goOut() {
	if n.isOut {
		return
	}
	n.isOut = true
	close(n.out)
	clear(n.tried)
	n.lg.Warn("our own network is out", "silent_count", len(n.silent))
	go n.forgive(slices.Collect(maps.Values(n.silent)))
}

// isConvicted tells whether enough hosts are silent, since a time; n.mu is held.
func (n *network) isConvicted(since time.Time) bool {
	isAll := !slices.ContainsFunc(n.witnesses, func(o string) bool { _, isSilent := n.silent[o]; return !isSilent })
	if n.isSuspect {
		return isAll || len(n.silent) > 1
	}
	return time.Since(since) >= n.settle && (len(n.silent) >= enoughSilent || n.isMute && isAll && len(n.silent) > 1)
}

// inquire asks hosts until the network is cleared. If it is neither cleared nor
// convicted in good time, the hosts are to blame for now; should it be convicted
// later, they are forgiven.
func (n *network) inquire(settled chan struct{}) {
	began := time.Now()
	for {
		n.mu.Lock()
		if n.inquiry != settled {
			n.mu.Unlock()
			return
		}
		if n.isConvicted(began) {
			n.goOut()
		}
		origin := n.next()
		isHopeless := origin == "" && time.Since(began) > 3*n.settle/2 || time.Since(began) >= n.hold
		if !n.isOut && isHopeless {
			close(settled)
			n.inquiry = nil
			n.mu.Unlock()
			return
		}
		pause := n.settle / 4
		isOut := n.isOut
		n.mu.Unlock()

		if origin != "" {
			ctx, cancel := context.WithTimeout(n.ctx, n.every)
			isSent := n.probe(ctx, origin)
			cancel()
			switch {
			case isSent && isOut:
				pause = spread(n.every, n.every*5/4)
			case isSent:
				pause = 0
			}
		}
		timer := time.NewTimer(pause)
		select {
		case <-settled:
		case <-n.ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		timer.Stop()
	}
}

// next is the host to ask: one that answered earlier, or while the network is
// out one that callers want, or one that was silent; none twice in a round. n.mu
// is held.
func (n *network) next() string {
	for range 2 {
		for _, o := range n.witnesses {
			if _, isSilent := n.silent[o]; !n.tried[o] && (n.isOut || !isSilent) {
				n.tried[o] = true
				return o
			}
		}
		if !n.isOut {
			return ""
		}
		for _, list := range []iter.Seq[string]{maps.Keys(n.wanted), maps.Keys(n.silent)} {
			for o := range list {
				if !n.tried[o] {
					n.tried[o] = true
					return o
				}
			}
		}
		clear(n.tried)
	}
	return ""
}
