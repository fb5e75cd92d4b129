// Package aliases tends the names companies are matched by, once there is text that
// was matched by them: which are in quarantine, and what operators decided of them.
//
// Whether a name is in quarantine on a night is computed by the model
// int_aliases_quarantined; a decision of an operator is heeded by it. Both show in
// marts.quarantined_aliases, with the ranking as it is and as it would be.
package aliases

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// What an operator may decide.
const (
	Held     = "held"     // not counted whatever it does
	Released = "released" // counted whatever it does
)

// Quarantined is a name that did not count on a night.
type Quarantined struct {
	Night        ledger.Date `db:"night" json:"night"`
	CompanyID    string      `db:"company_id" json:"company_id"`
	Alias        string      `db:"alias" json:"alias"`
	Class        string      `db:"alias_class" json:"alias_class"`
	Reason       string      `db:"reason" json:"reason"` // volume, spread or held
	Mentions     int         `db:"mention_count" json:"mention_count"`
	Expected     float64     `db:"expected_mention_count" json:"expected_mention_count"`
	Rank         *int        `db:"rank_position" json:"rank_position"` // as published; nil: not ranked
	RankWith     *int        `db:"rank_position_with_quarantined" json:"rank_position_with_quarantined"`
	CountsForID  string      `db:"counts_for_company_id" json:"counts_for_company_id"`
	IsPublished  bool        `db:"is_published" json:"is_published"`
	DecisionNote *string     `db:"decision_note" json:"decision_note"` // of the operator, where one decided
}

// List returns the names in quarantine on the nights from first on, newest night
// first.
func List(ctx context.Context, db *sqlx.DB, first time.Time) ([]Quarantined, error) {
	list := []Quarantined{}
	err := db.SelectContext(ctx, &list, `
		select q.night, q.company_id, q.alias, q.alias_class, q.reason, q.mention_count, q.expected_mention_count,
			m.rank_position, m.rank_position_with_quarantined, r.company_id as counts_for_company_id,
			m.night is not null as is_published,
			(
				select d.reason from ops.alias_quarantines as d
				where d.company_id = q.company_id and d.alias = q.alias and d.since_night <= q.night
					and (d.until_night is null or d.until_night >= q.night)
				order by d.since_night desc
				limit 1
			) as decision_note
		from intermediate.int_aliases_quarantined as q
		inner join intermediate.int_companies_rolled_up as r on r.night = q.night and r.named_company_id = q.company_id
		left join marts.quarantined_aliases as m on m.night = q.night and m.company_id = q.company_id and m.alias = q.alias
		where q.night >= cast($1 as date)
		order by q.night desc, q.company_id, q.alias`, first.Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("list the names in quarantine since %s: %w", first.Format(time.DateOnly), err)
	}
	return list, nil
}

// Decision is what an operator decides of a name from a night on. A later one
// overrides it.
type Decision struct {
	CompanyID, Alias string
	State            string // Held or Released
	Since            time.Time
	Reason           string
}

// ErrNoAlias says that a company has no such name.
var ErrNoAlias = errors.New("the company has no such name")

// Decide writes a decision, and notes the nights it changes as stale, so that the
// next nightly or a backfill of the step build makes them again. It returns how many
// nights that are.
func Decide(ctx context.Context, db *sqlx.DB, d Decision, now time.Time) (stale int64, err error) {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	var isKnown bool
	err = tx.GetContext(ctx, &isKnown, `
		select exists (select 1 from seeds.company_aliases where company_id = $1 and alias = $2 and class <> 'D')
			or exists (select 1 from intermediate.int_aliases_counted where company_id = $1 and alias = $2)`, d.CompanyID, d.Alias)
	if err != nil {
		return 0, fmt.Errorf("look up the name %q of %q: %w", d.Alias, d.CompanyID, err)
	}
	if !isKnown {
		return 0, fmt.Errorf("%w: %q of %q; see overheard companies list --json", ErrNoAlias, d.Alias, d.CompanyID)
	}
	since := d.Since.Format(time.DateOnly)
	_, err = tx.ExecContext(ctx, `
		insert into ops.alias_quarantines (company_id, alias, state, since_night, reason, changed_at)
		values ($1, $2, $3, cast($4 as date), $5, $6)
		on conflict (company_id, alias, since_night) do update
		set state = excluded.state, until_night = null, reason = excluded.reason, changed_at = excluded.changed_at`,
		d.CompanyID, d.Alias, d.State, since, d.Reason, now.UTC())
	if err != nil {
		return 0, fmt.Errorf("write the decision about %q: %w", d.Alias, err)
	}
	changed, err := tx.ExecContext(ctx, `
		insert into ops.night_changes (night, transaction_id, run_id)
		select k.night, cast(cast(pg_current_xact_id() as text) as numeric), 0
		from intermediate.int_constants_pivoted as k
		where k.night >= cast($1 as date)
		on conflict do nothing`, since)
	if err != nil {
		return 0, fmt.Errorf("note the nights since %s as stale: %w", since, err)
	}
	if stale, err = changed.RowsAffected(); err != nil {
		return 0, err
	}
	return stale, tx.Commit()
}
