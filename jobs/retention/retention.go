// Package retention takes away what no night needs any more, whole months of it,
// so that the database stays as large as its settings say. What was published is
// never touched: marts, with every revision, and the seeds.
//
//	r := retention.New(lg, db, retention.Config{StateNights: 100, ...})
//	actions, err := r.Plan(ctx, lastNight)   // what would go, and nothing goes
//	err = r.Apply(ctx, run, actions)         // each by itself: what is cut off goes on next time
//
// Four subjects have a term of their own:
//
//	state     stories, intermediate tables, and what revisions rested on. Of sums
//	          that fade the last night of each month stays. Nights before cannot
//	          be built any more, nor their revisions.
//	text      bodies, sketches and candidates of dates of articles; their keys,
//	          titles and addresses stay. Nights before cannot be matched anew.
//	urls      rows of ops.urls that are settled. An address that is announced again
//	          later is new, and its page is found to be known when it is read.
//	attempts  ops.url_attempts.
//
// ops.retention_marks says how far each has gone, before anything goes: builds and
// matchings refuse what is before it. plan.go finds what is to be done, apply.go
// does it, months.go has the statements.
package retention

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"
)

// Subjects, as ops.retention_marks has them.
const (
	State    = "state"
	Text     = "text"
	URLs     = "urls"
	Attempts = "attempts"
)

// StateNightsMin is the shortest term of state: no big table is read further back.
const StateNightsMin = 100

// smallNights is how long tables of a few thousand rows a night are kept at least:
// references reach back 90 nights before a quarter that may be 92 nights old, and
// authority half a year.
const smallNights = 200

// Config says how many nights are kept of each subject, counted back from the last
// finished one; 0 is for ever. Months go as a whole, so up to a month more is kept.
type Config struct {
	StateNights   int
	TextNights    int
	URLNights     int
	AttemptNights int
}

// Fault is a term that would take away what nights still need.
type Fault struct{ Setting, Problem string }

// Faults lists what is wrong with the terms; none if New may have them.
func (c Config) Faults() []Fault {
	var faults []Fault
	for _, term := range []struct {
		setting       string
		nights, least int
	}{
		{"state_nights", c.StateNights, StateNightsMin},
		{"text_nights", c.TextNights, StateNightsMin},
		{"url_nights", c.URLNights, max(StateNightsMin, c.StateNights)},
		{"attempt_nights", c.AttemptNights, 1},
	} {
		if term.nights != 0 && term.nights < term.least {
			faults = append(faults, Fault{term.setting, fmt.Sprintf(
				"%d is too short: nights that can be built need at least %d (0 keeps for ever)", term.nights, term.least)})
		}
	}
	if c.URLNights > 0 && c.StateNights == 0 {
		faults = append(faults, Fault{"url_nights", "nights that can be built need their addresses, and with state_nights 0 all can: set it to 0 as well"})
	}
	return faults
}

// Retention plans and applies.
type Retention struct {
	lg  *slog.Logger
	db  *sqlx.DB
	cfg Config
	now func() time.Time
}

// New takes a configuration without faults.
func New(lg *slog.Logger, db *sqlx.DB, cfg Config, now func() time.Time) *Retention {
	return &Retention{lg: lg, db: db, cfg: cfg, now: now}
}

// keptFrom is the first day that is kept, the first of a month; false: all are.
func keptFrom(last time.Time, nights int) (time.Time, bool) {
	if nights == 0 {
		return time.Time{}, false
	}
	first := last.AddDate(0, 0, 1-nights)
	return time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC), true
}
