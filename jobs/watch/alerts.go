package watch

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Alert is a row of ops.alerts.
type Alert struct {
	AlertID     int64           `db:"alert_id" json:"alert_id"`
	Kind        string          `db:"kind" json:"kind"`
	Subject     string          `db:"subject" json:"subject"`
	OutletID    *string         `db:"outlet_id" json:"outlet_id"`
	Severity    string          `db:"severity" json:"severity"`
	State       string          `db:"state" json:"state"`
	OpenedAt    time.Time       `db:"opened_at" json:"opened_at"`
	LastSeenAt  time.Time       `db:"last_seen_at" json:"last_seen_at"`
	ClosedAt    *time.Time      `db:"closed_at" json:"closed_at"`
	ClosedBy    *string         `db:"closed_by" json:"closed_by"`
	RecoveredAt *time.Time      `db:"recovered_at" json:"recovered_at"`
	RunID       *int64          `db:"run_id" json:"run_id"`
	Message     string          `db:"message" json:"message"`
	Remedy      string          `db:"remedy" json:"remedy"`
	Evidence    json.RawMessage `db:"evidence" json:"evidence"`
	Proposal    *Proposal       `db:"proposal" json:"proposal"`
}

// Scan reads a proposal from its column.
func (p *Proposal) Scan(src any) error {
	text, ok := src.([]byte)
	if !ok {
		return fmt.Errorf("read a proposal: got %T", src)
	}
	if err := json.Unmarshal(text, p); err != nil {
		return fmt.Errorf("read a proposal: %w", err)
	}
	return nil
}

const alertColumns = `alert_id, kind, subject, outlet_id, severity, state, opened_at, last_seen_at, closed_at,
	closed_by, recovered_at, run_id, message, remedy, evidence, proposal`

// List reads the open alerts, failures first and the oldest of them first; with
// all, the closed ones as well, after them.
func List(ctx context.Context, db *sqlx.DB, all bool) ([]Alert, error) {
	list := []Alert{}
	err := db.SelectContext(ctx, &list, `select `+alertColumns+`
		from ops.alerts where state = 'open' or $1
		order by state <> 'open', severity, case when state = 'open' then opened_at end, closed_at desc, alert_id`, all)
	if err != nil {
		return nil, fmt.Errorf("read the alerts: %w", err)
	}
	return list, nil
}

// ErrNoAlert says that an alert does not exist.
var ErrNoAlert = errors.New("no such alert")

// RefusedError says why an alert cannot be accepted or dismissed.
type RefusedError struct {
	AlertID int64
	Why     string
}

func (e *RefusedError) Error() string { return fmt.Sprintf("alert %d %s", e.AlertID, e.Why) }

// Refused marks the error as a refusal, as package ledger knows them.
func (e *RefusedError) Refused() bool { return true }

// take reads an open alert and holds it until the transaction ends.
func take(ctx context.Context, tx *sqlx.Tx, id int64) (Alert, error) {
	var a Alert
	err := tx.GetContext(ctx, &a, `select `+alertColumns+` from ops.alerts where alert_id = $1 for update`, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return a, fmt.Errorf("%w: %d; `overheard outlets alerts` lists them", ErrNoAlert, id)
	case err != nil:
		return a, fmt.Errorf("read alert %d: %w", id, err)
	case a.State != "open":
		why := "is " + a.State + " already"
		if a.ClosedBy != nil && a.ClosedAt != nil {
			why += fmt.Sprintf(", by %s on %s", *a.ClosedBy, a.ClosedAt.UTC().Format("2006-01-02 15:04Z"))
		}
		return a, &RefusedError{id, why}
	}
	return a, nil
}

func closeAlert(ctx context.Context, tx *sqlx.Tx, a *Alert, state, by string, now time.Time) error {
	_, err := tx.ExecContext(ctx, `update ops.alerts set state = $2, closed_at = $3, closed_by = $4 where alert_id = $1`, a.AlertID, state, now.UTC(), by)
	if err != nil {
		return fmt.Errorf("close alert %d: %w", a.AlertID, err)
	}
	at := now.UTC()
	a.State, a.ClosedAt, a.ClosedBy = state, &at, &by
	return nil
}

// Accept makes the repair an alert proposes and closes the alert, in one
// transaction; by is who says so. It refuses with a RefusedError if the alert is
// closed or proposes nothing.
func Accept(ctx context.Context, db *sqlx.DB, id int64, by string, now time.Time) (Alert, error) {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return Alert{}, fmt.Errorf("accept alert %d: %w", id, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	a, err := take(ctx, tx, id)
	if err != nil {
		return a, err
	}
	if a.Proposal == nil || a.OutletID == nil {
		return a, &RefusedError{id, "proposes no repair that could be accepted: " + a.Remedy}
	}
	if err := repair(ctx, tx, *a.OutletID, *a.Proposal); err != nil {
		return a, fmt.Errorf("accept alert %d: %w", id, err)
	}
	if err := closeAlert(ctx, tx, &a, "accepted", by, now); err != nil {
		return a, err
	}
	if err := tx.Commit(); err != nil {
		return a, fmt.Errorf("accept alert %d: %w", id, err)
	}
	return a, nil
}

// repair does what a proposal says. A channel that is taken into use is due at once.
func repair(ctx context.Context, tx *sqlx.Tx, outletID string, p Proposal) error {
	switch p.Action {
	case ReplaceChannel, AddChannel:
		_, err := tx.ExecContext(ctx, `
			insert into ops.channels as c (outlet_id, channel_url, kind, state, origin)
			values ($1, $2, $3, 'new', 'accepted')
			on conflict (outlet_id, channel_url) do update
			set kind = excluded.kind, replaced_by = null, next_poll_at = null, failure_count = 0,
				origin = case when c.origin = 'declared' then c.origin else excluded.origin end`, outletID, p.URL, p.Kind)
		if err != nil {
			return fmt.Errorf("take %s into use: %w", p.URL, err)
		}
		if p.Action == AddChannel {
			return nil
		}
		_, err = tx.ExecContext(ctx, `update ops.channels set replaced_by = $3 where outlet_id = $1 and channel_url = $2`, outletID, p.Replaces, p.URL)
		if err != nil {
			return fmt.Errorf("put %s out of use: %w", p.Replaces, err)
		}
	case RelearnPattern:
		_, err := tx.ExecContext(ctx, `
			update ops.outlet_explorations set article_pattern = $2, pattern_url_count = $3 where outlet_id = $1`,
			outletID, p.Pattern, p.URLCount)
		if err != nil {
			return fmt.Errorf("change the pattern of %q: %w", outletID, err)
		}
	default:
		return fmt.Errorf("the repair %q is not known here", p.Action)
	}
	return nil
}

// Dismiss closes an alert without a repair: its cause, while it lasts, raises no
// other one. The reason, if there is one, is kept with the evidence.
func Dismiss(ctx context.Context, db *sqlx.DB, id int64, by, reason string, now time.Time) (Alert, error) {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return Alert{}, fmt.Errorf("dismiss alert %d: %w", id, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	a, err := take(ctx, tx, id)
	if err != nil {
		return a, err
	}
	if err := closeAlert(ctx, tx, &a, "dismissed", by, now); err != nil {
		return a, err
	}
	if reason != "" {
		_, err := tx.ExecContext(ctx, `
			update ops.alerts set evidence = evidence || jsonb_build_object('dismissed_because', cast($2 as text)) where alert_id = $1`, id, reason)
		if err != nil {
			return a, fmt.Errorf("keep why alert %d is dismissed: %w", id, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return a, fmt.Errorf("dismiss alert %d: %w", id, err)
	}
	return a, nil
}
