package fleet

import (
	"context"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// Claims and outcomes of the slots of one process are written together: whoever
// comes while a statement is under way goes with the next. Alone, nobody waits.

// Measured: with more than one statement of a kind under way at a time the batches
// get smaller and the whole gets slower.

const batchLimit = 200 // in one statement

type claim struct {
	ledger.Ticket
	reply chan *ledger.Claimed // nil: not ours
}

type outcome struct {
	ledger.Outcome
	reply chan bool
}

// batch collects what waits and has it done, until ctx ends.
func batch[T any](ctx context.Context, in <-chan T, do func(context.Context, []T)) {
	for {
		var list []T
		select {
		case <-ctx.Done():
			return
		case one := <-in:
			list = append(list, one)
		}
		for more := true; more && len(list) < batchLimit; {
			select {
			case one := <-in:
				list = append(list, one)
			default:
				more = false
			}
		}
		do(ctx, list)
	}
}

// claim takes the interval of a ticket; false if it is not to be had.
func (f *Fleet) claim(ctx context.Context, t ledger.Ticket) (ledger.Claimed, bool) {
	c := claim{Ticket: t, reply: make(chan *ledger.Claimed, 1)}
	select {
	case f.claims <- c:
	case <-ctx.Done():
		return ledger.Claimed{}, false
	}
	if got := <-c.reply; got != nil {
		return *got, true
	}
	return ledger.Claimed{}, false
}

// claimAll claims in one statement. If the database is away the tickets are given
// up: the intervals stay queued, and the queue is found to have lost them.
func (f *Fleet) claimAll(ctx context.Context, list []claim) {
	tickets := make([]ledger.Ticket, len(list))
	for i, c := range list {
		tickets[i] = c.Ticket
	}
	got, err := f.ledger.Claim(ctx, f.worker, tickets)
	if err != nil && ctx.Err() == nil {
		f.lg.Warn("intervals could not be claimed; they are enqueued again", "error", err)
	}
	by := make(map[ledger.Key]*ledger.Claimed, len(got))
	for i := range got {
		by[got[i].Key()] = &got[i]
		if iv := got[i].Interval; iv.QueuedAt != nil && iv.StartedAt != nil {
			f.cfg.Metrics.PickedUp(queueOf(iv.Job), iv.StartedAt.Sub(*iv.QueuedAt))
		}
	}
	for _, c := range list {
		key := ledger.Key{Job: c.Job, Scope: c.Scope, Night: c.Night.Time}
		c.reply <- by[key]
		delete(by, key) // a second ticket of the same interval gets nothing
	}
}

// settle writes how an interval ended and tells whether it was still ours. It
// waits for a database that is away: the work is done, and would be done again.
func (f *Fleet) settle(ctx context.Context, end ledger.Outcome) bool {
	o := outcome{Outcome: end, reply: make(chan bool, 1)}
	select {
	case f.outcomes <- o:
	case <-ctx.Done():
		return false
	}
	return <-o.reply
}

// settlePatience bounds the wait of settle. Whoever waits in vain is taken for
// dead, and his interval is done again.
const settlePatience = 2 * time.Minute

func (f *Fleet) settleAll(ctx context.Context, list []outcome) {
	outcomes := make([]ledger.Outcome, len(list))
	for i, o := range list {
		outcomes[i] = o.Outcome
	}
	ctx, cancel := context.WithTimeout(ctx, settlePatience)
	defer cancel()
	var own map[int64]bool
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		var err error
		if own, err = f.ledger.Settle(ctx, f.worker, outcomes); err == nil {
			break
		}
		if wait == 100*time.Millisecond {
			f.lg.Warn("the end of intervals cannot be recorded, trying again for a while", "intervals", len(list), "error", err)
		}
		select {
		case <-time.After(wait):
			continue
		case <-ctx.Done():
		}
		f.lg.Error("the end of intervals could not be recorded; they will be done again", "intervals", len(list), "error", err)
		break
	}
	for _, o := range list {
		o.reply <- own[o.Run.ID]
	}
}
