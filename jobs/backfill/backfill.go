// Package backfill makes up or renews nights of the past, after a plan that says
// what it will cost.
//
//	Plan    decides for every outlet and night where its pages can come from and
//	        what that takes, without any network, and stores it under a number
//	Apply   writes the plan's intervals into the ledger, or refuses if the plan
//	        would be another one by now
//	Pause, Resume, Cancel, Retry    are updates of the ledger; whoever works on
//	        the intervals (package fleet) obeys within a second
//	Handlers    are what an interval of a backfill does: read and match an
//	        outlet's night, or build and publish a night
//	Tend    closes a backfill once its last interval has ended: what could not be
//	        had and why, what readers see of it, and what it cost
//
// The ledger (ops.intervals) is the only truth about what is done. ops.backfills
// and ops.backfill_items hold what was promised, and at the end what became of
// it. To read the code follow a plan: request.go, plan.go, statement.go (the one
// SQL statement that decides), estimate.go, mark.go, apply.go, control.go,
// retry.go, handlers.go, stale.go, finish.go; read.go shows.
package backfill

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/build"
)

// Jobs whose intervals a backfill works on, as stored in ops.intervals.job.
const (
	JobOutlet  = "backfill" // an outlet's night; the scope is the outlet
	JobRebuild = "rebuild"  // a night: build and publish
)

// Steps of a backfill, in their order.
const (
	StepRead  = "read"  // fetch or take from an archive, extract, match, store
	StepMatch = "match" // match the stored articles of the night again
	StepBuild = "build" // SQL and publication
)

// Sources of an outlet's night.
const (
	SourceArchive = "archive" // pages our own crawler kept
	SourceWARC    = "warc"    // pages of imported files
	SourceLive    = "live"    // the outlet itself
	SourceStored  = "stored"  // articles in staging; nothing is read
	SourceSQL     = "sql"     // a rebuild
	SourceNone    = "none"    // it cannot be had
)

// States of a backfill, as stored in ops.backfills.state.
const (
	StatePlanned   = "planned"
	StateRunning   = "running"
	StatePaused    = "paused"
	StateCancelled = "cancelled"
	StateDone      = "done"
	StateFailures  = "done_with_failures"
)

// Past reads what was. An error that is a *ledger.GapError says that it cannot
// be had any more, a *ledger.PostponeError that it cannot be had now.
type Past interface {
	// SyncRegistries brings the outlets and companies in the database up to date,
	// without which no night can be built.
	SyncRegistries(ctx context.Context) error
	// ReadLive reads the outlet's night from the outlet itself; first and last
	// are the nights of the whole backfill, for what is read once for all.
	ReadLive(ctx context.Context, run *ledger.Run, o outlets.Outlet, night, first, last time.Time) error
	// ReadArchived reads it from the pages that are kept.
	ReadArchived(ctx context.Context, run *ledger.Run, outletID string, night time.Time) error
	// Rematch finds the companies in the night's stored articles again.
	Rematch(ctx context.Context, run *ledger.Run, outletID string, night time.Time) error
}

// Builder computes and publishes a night.
type Builder interface {
	Build(ctx context.Context, runID int64, night time.Time) (build.Result, error)
	Publish(ctx context.Context, runID int64, night, at time.Time) (build.Result, error)
}

// Config says what a plan reckons with.
type Config struct {
	Outlets     []outlets.Outlet
	ReportZone  *time.Location // zone in which a night is a date
	HostGap     time.Duration  // between two requests to a host
	DailyBudget int            // requests to a host in a UTC day; 0: none
	Slots       int            // intervals worked on at a time in one process; default 4
}

// defaultWindow is how many intervals are with the workers at a time, and
// defaultSlots how many a process works on, where nobody says otherwise.
const (
	defaultWindow = 8
	defaultSlots  = 4
)

// Backfills plans, starts and ends backfills.
type Backfills struct {
	lg    *slog.Logger
	db    *sqlx.DB
	cfg   Config
	past  Past
	build Builder
	now   func() time.Time
}

// New returns the backfills of one database. past and builder do the work and
// may be nil in a process that does none.
func New(lg *slog.Logger, db *sqlx.DB, cfg Config, past Past, builder Builder, now func() time.Time) *Backfills {
	if cfg.Slots <= 0 {
		cfg.Slots = defaultSlots
	}
	if cfg.ReportZone == nil {
		cfg.ReportZone = time.UTC
	}
	return &Backfills{lg: lg, db: db, cfg: cfg, past: past, build: builder, now: now}
}

// ErrUnknown says that there is no such backfill, or run.
var ErrUnknown = errors.New("not known")

// RequestError says what is wrong with a request; nothing was done.
type RequestError struct{ Problem string }

func (e *RequestError) Error() string { return e.Problem }

func badRequest(format string, args ...any) error {
	return &RequestError{Problem: fmt.Sprintf(format, args...)}
}

// RefusedError says why something is not done although the request is sound;
// nothing was done.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

// Refused marks it as a refusal for the ledger and the exit code.
func (e *RefusedError) Refused() bool { return true }

func refuse(format string, args ...any) error {
	return &RefusedError{Reason: fmt.Sprintf(format, args...)}
}
