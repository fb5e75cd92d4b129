package collect

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

// An outlet is read by one process at a time: two that keep the gap each would
// ask its host twice as often. The locks of a process are advisory locks of one
// database session, taken for as long as any is held, so that a process that is
// killed leaves none behind.
//
// A session can be lost while its process lives. Then its locks are anybody's, so
// all who read under them are told to stop, lockBeat and lockLook later at the
// latest; and the process takes none for lockPause, in which others that lost
// theirs at the same time (Postgres was restarted) stop, too.
//
// Who is done with an outlet may have to leave its host alone for a moment. The
// lock is kept for so long. In the process itself the outlet is free at once, for
// the fetcher knows of the moment.

const (
	lockBeat    = time.Second     // between two looks whether the session lives
	lockLook    = 3 * time.Second // longest such look, and longest try to take a lock
	lockPause   = lockBeat + lockLook
	lockPoll    = 200 * time.Millisecond // between two tries of who waits
	longestRest = 10 * time.Minute       // for which a lock is kept after its use
)

// ErrOutletBusy says that another process or job reads an outlet.
var ErrOutletBusy = errors.New("the outlet is being read by another process or job")

// errLockLost ends the reading of an outlet whose lock is lost.
var errLockLost = errors.New("the database session that held the outlet was lost: another process may read it now")

// outletLocks are those that this process holds.
type outletLocks struct {
	lg *slog.Logger
	db *sqlx.DB

	mu       sync.Mutex // guards what follows; held during queries, which are short
	session  *sqlx.Conn // nil while nothing is held
	held     map[string]*outletLock
	earliest time.Time // no lock is taken before
}

type outletLock struct {
	lose context.CancelCauseFunc
	rest *time.Timer // gives the lock back; nil while the outlet is read
}

func newOutletLocks(lg *slog.Logger, db *sqlx.DB) *outletLocks {
	return &outletLocks{lg: lg, db: db, held: map[string]*outletLock{}}
}

// hold is a lock in use. Its context ends with errLockLost if the lock is lost.
type hold struct {
	context.Context
	release func(rest time.Duration) // gives it back, once the host has rested for so long
}

// take takes the lock of an outlet if nobody has it; else the hold is nil.
func (l *outletLocks) take(ctx context.Context, outletID string) (*hold, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lock := l.held[outletID]
	switch {
	case lock != nil && lock.rest == nil:
		return nil, nil
	case lock != nil:
		lock.rest.Stop()
	default:
		isOurs, err := l.ask(ctx, outletID)
		if err != nil || !isOurs {
			return nil, err
		}
	}
	lock = &outletLock{}
	l.held[outletID] = lock
	h := &hold{}
	h.Context, lock.lose = context.WithCancelCause(ctx)
	var once sync.Once
	h.release = func(rest time.Duration) { once.Do(func() { l.giveBack(outletID, lock, rest) }) }
	return h, nil
}

// wait takes the lock of an outlet as soon as nobody has it. After patience, if
// that is not zero, it is ErrOutletBusy; other errors are the database's, and ctx's.
func (l *outletLocks) wait(ctx context.Context, outletID string, patience time.Duration) (*hold, error) {
	for end := time.Now().Add(patience); ; {
		if h, err := l.take(ctx, outletID); h != nil || err != nil {
			return h, err
		}
		if patience > 0 && time.Now().After(end) {
			return nil, ErrOutletBusy
		}
		if !sleepUntil(ctx, time.Now().Add(lockPoll)) {
			return nil, context.Cause(ctx)
		}
	}
}

// ask asks the database for a lock; l.mu is held.
func (l *outletLocks) ask(ctx context.Context, outletID string) (isOurs bool, err error) {
	if time.Now().Before(l.earliest) {
		return false, nil
	}
	// Not the caller's: one that is cut off must not cost the others their session.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lockLook)
	defer cancel()
	if l.session == nil {
		if l.session, err = l.db.Connx(ctx); err != nil {
			l.session = nil
			return false, fmt.Errorf("take the lock of outlet %q: %w", outletID, err)
		}
		go l.beat(l.session)
	}
	err = l.session.GetContext(ctx, &isOurs, `select pg_try_advisory_lock(hashtextextended($1, 0))`, lockKey(outletID))
	if err != nil { // whether it was taken, nobody knows
		l.lose(err)
		return false, fmt.Errorf("take the lock of outlet %q: %w", outletID, err)
	}
	if !isOurs {
		l.endIfIdle()
	}
	return isOurs, nil
}

func lockKey(outletID string) string { return "overheard/outlet/" + outletID }

// giveBack ends the use of a lock, and the lock after the rest of its host.
func (l *outletLocks) giveBack(outletID string, lock *outletLock, rest time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lock.lose(nil)
	if l.held[outletID] != lock {
		return // it was lost
	}
	if rest <= 0 {
		l.unlock(outletID)
		return
	}
	lock.rest = time.AfterFunc(min(rest, longestRest), func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.held[outletID] == lock {
			l.unlock(outletID)
		}
	})
}

// unlock gives a lock back; l.mu is held.
func (l *outletLocks) unlock(outletID string) {
	delete(l.held, outletID)
	ctx, cancel := context.WithTimeout(context.Background(), lockLook)
	defer cancel()
	if _, err := l.session.ExecContext(ctx, `select pg_advisory_unlock(hashtextextended($1, 0))`, lockKey(outletID)); err != nil {
		l.lose(err)
		return
	}
	l.endIfIdle()
}

// endIfIdle gives the session back when it holds nothing; l.mu is held.
func (l *outletLocks) endIfIdle() {
	if len(l.held) == 0 && l.session != nil {
		_ = l.session.Close()
		l.session = nil
	}
}

// beat looks whether a session lives until it is given back.
func (l *outletLocks) beat(session *sqlx.Conn) {
	tick := time.NewTicker(lockBeat)
	defer tick.Stop()
	for range tick.C {
		if !l.isAlive(session) {
			return
		}
	}
}

func (l *outletLocks) isAlive(session *sqlx.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session != session {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockLook)
	defer cancel()
	if _, err := session.ExecContext(ctx, `select 1`); err != nil {
		l.lose(err)
		return false
	}
	return true
}

// lose ends all that is read under the locks of a session that failed, and the
// session with them, should it still be there; l.mu is held.
func (l *outletLocks) lose(cause error) {
	if len(l.held) > 0 {
		l.lg.Warn("the session that holds the outlets being read was lost; their reading ends", "outlets", len(l.held), "error", cause)
		l.earliest = time.Now().Add(lockPause)
	}
	for id, lock := range l.held {
		lock.lose(errLockLost)
		if lock.rest != nil {
			lock.rest.Stop()
		}
		delete(l.held, id)
	}
	// Not given back to the pool, where its locks would live on.
	_ = l.session.Raw(func(any) error { return driver.ErrBadConn })
	_ = l.session.Close()
	l.session = nil
}

// patienceForOutlet is how long Alone waits for an outlet.
const patienceForOutlet = time.Minute

// Alone makes the caller the only one to ask an outlet's hosts, over all processes,
// until leave is called. It waits a minute for who is at it, and then gives
// ErrOutletBusy; other errors are the database's and ctx's. The context it gives
// ends with ctx, or when the outlet is lost to others.
func (c *Collector) Alone(ctx context.Context, o outlets.Outlet) (alone context.Context, leave func(), err error) {
	lock, err := c.locks.wait(ctx, o.ID, patienceForOutlet)
	if err != nil {
		return nil, nil, err
	}
	if err := c.shareBudget(ctx, o); err != nil {
		lock.release(0)
		return nil, nil, err
	}
	alone, end := during(ctx, lock)
	return alone, func() { end(); c.leave(lock, o) }, nil
}

// during is a context that ends also with a lock.
func during(ctx context.Context, lock *hold) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(lock, func() { cancel(context.Cause(lock)) })
	return ctx, func() { stop(); cancel(nil) }
}

// leave ends the reading of an outlet: what was done to its hosts is written for
// the next process, which gets the lock once they have rested.
func (c *Collector) leave(lock *hold, o outlets.Outlet) {
	var rest time.Duration
	if c.cfg.Manners != nil {
		write, cancel := context.WithTimeout(context.WithoutCancel(lock), lastWrite)
		defer cancel()
		if err := c.writeManners(write); err != nil {
			c.lg.Error("what was done to hosts could not be written; it is tried again", "outlet_id", o.ID, "error", err)
		}
		for _, address := range hostsOf(o) {
			rest = max(rest, c.cfg.Manners.Rest(address))
		}
	}
	lock.release(rest)
}

// shareBudget tells the fetcher what all processes did to the hosts of an outlet
// today.
func (c *Collector) shareBudget(ctx context.Context, o outlets.Outlet) error {
	if c.cfg.Manners == nil {
		return nil
	}
	var hosts []string
	for _, address := range hostsOf(o) {
		if u, err := url.Parse(address); err == nil {
			hosts = append(hosts, strings.ToLower(u.Host))
		}
	}
	day := c.now().UTC().Truncate(24 * time.Hour)
	spent, err := c.readSpent(ctx, day, hosts)
	if err == nil {
		c.cfg.Manners.RestoreBudget(day, spent)
	}
	return err
}

// hostsOf gives an address on each host where an outlet is asked first: its home
// and its channels.
func hostsOf(o outlets.Outlet) []string {
	list := []string{o.HomeURL}
	seen := map[string]bool{hostOf(o.HomeURL): true}
	for _, ch := range o.Channels {
		if host := hostOf(ch.URL); !seen[host] {
			seen[host] = true
			list = append(list, ch.URL)
		}
	}
	return list
}

// readSpent reads how many requests were sent to hosts in a day; to all without
// any.
func (c *Collector) readSpent(ctx context.Context, day time.Time, hosts []string) (map[string]int, error) {
	var rows []struct {
		Host  string `db:"host"`
		Count int    `db:"request_count"`
	}
	err := c.db.SelectContext(ctx, &rows, `
		select host, request_count from ops.host_manners
		where day = $1 and (cast($2 as text[]) is null or host = any($2))`, day.Format(time.DateOnly), pq.Array(hosts))
	if err != nil {
		return nil, fmt.Errorf("read what was done to hosts today: %w", err)
	}
	spent := make(map[string]int, len(rows))
	for _, r := range rows {
		spent[r.Host] = r.Count
	}
	return spent, nil
}
