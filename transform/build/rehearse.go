package build

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// errRehearsed ends the transaction of a rehearsal that went well: nothing of it
// is kept.
var errRehearsed = errors.New("rehearsed")

// RehearseBuild does what Build does, and takes it back: the steps and checks are
// those of the real thing, and nothing is written, not even what the checks found.
// It waits for other builds as Build does, and they for it.
func (b *Builder) RehearseBuild(ctx context.Context, night time.Time) (Result, error) {
	result := Result{Night: night}
	if err := b.refuseForgotten(ctx, night); err != nil {
		return result, err
	}
	err := b.rehearse(ctx, func(tx *sqlx.Tx) error {
		if err := warehouse.MakeMonths(ctx, tx, night); err != nil {
			return err
		}
		return b.build(ctx, tx, 0, &result)
	})
	return result, err
}

// RehearsePublish does what Publish would do to a night that is built, says which
// companies would move against what stands, and takes it back. A night that would
// be refused is a *RefusedError, and the result is complete all the same.
func (b *Builder) RehearsePublish(ctx context.Context, night, at time.Time) (Result, error) {
	result := Result{Night: night}
	if err := b.refuseForgotten(ctx, night); err != nil {
		return result, err
	}
	err := b.rehearse(ctx, func(tx *sqlx.Tx) error {
		tables, err := readCatalog(ctx, tx)
		if err != nil {
			return err
		}
		before, err := standingRevision(ctx, tx, night)
		if err != nil {
			return err
		}
		if err := b.publish(ctx, tx, tables, at, &result); err != nil {
			return err
		}
		moves, err := readMoves(ctx, tx, []revisionPair{{night, before, result.Revision}})
		if err != nil {
			return err
		}
		result.Moves = moves[dateText(night)]
		result.Checks, err = b.runChecks(ctx, tx, tables, StagePublish, 0, night)
		return err
	})
	return result, err
}

// rehearse runs do as exclusively does and rolls back.
func (b *Builder) rehearse(ctx context.Context, do func(tx *sqlx.Tx) error) error {
	err := b.exclusively(ctx, func(tx *sqlx.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}
