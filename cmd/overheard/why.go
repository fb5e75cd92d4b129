package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/why"
)

func newWhyCommand(app *app) *cobra.Command {
	var night nightFlag
	var top int
	cmd := &cobra.Command{
		Use:   "why [COMPANY]",
		Short: "Tell why the rank of a company moved",
		Long: `Tells why the score and the rank of a company moved since the night before: what
each indicator did, what of it is news, coverage or method, and which stories did
it, with their addresses. All contributions add up to the change.

COMPANY is an id or any name of the registry. Without one it tells of the companies
that rose and fell furthest.

Effects are changes of the logarithm of the score, in hundredths: 1 is about one
per cent. Coverage is what outlets did that were not up on both nights, method what
a new basis did; the rest is news.`,
		Example:     "overheard why BYD --night 2026-11-21",
		Args:        cobra.MaximumNArgs(1),
		Annotations: map[string]string{noteExits: "0 1 2"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if top < 1 {
				return badUsage(fmt.Errorf("--top %d: at least 1", top))
			}
			return app.withDatabase(cmd.Context(), func(ctx context.Context, db *sqlx.DB) error {
				return app.why(ctx, db, night.Time, args, top)
			})
		},
	}
	night.register(cmd)
	cmd.Flags().Lookup("night").Usage = "report date, `YYYY-MM-DD` (default: the last published night)"
	cmd.Flags().IntVar(&top, "top", 1, "without a company: how many that rose, and how many that fell")
	return cmd
}

// why reads everything from one state of the database and prints it.
func (a *app) why(ctx context.Context, db *sqlx.DB, night time.Time, args []string, top int) error {
	tx, err := db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer tx.Rollback()
	if night.IsZero() {
		night, err = why.LatestNight(ctx, tx)
		if errors.Is(err, why.ErrNotPublished) {
			return errors.New("no night is published yet; overheard nightly does one")
		}
		if err != nil {
			return err
		}
	}
	moves, err := readMoves(ctx, tx, night, args, top)
	if errors.Is(err, why.ErrNotPublished) {
		return notPublished(night)
	}
	if err != nil {
		return err
	}
	switch {
	case a.isJSON && len(args) > 0:
		return a.printJSON(moves[0])
	case a.isJSON:
		return a.printJSON(moves)
	case len(moves) == 0:
		fmt.Fprintf(a.stdout, "No rank moved on %s.\n", night.Format(time.DateOnly))
	}
	for i, m := range moves {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		writeMove(a.stdout, m)
	}
	return nil
}

// readMoves reads that of the company that is named, or of those that moved most.
func readMoves(ctx context.Context, tx *sqlx.Tx, night time.Time, args []string, top int) ([]*why.Move, error) {
	var ids []string
	if len(args) > 0 {
		id, err := why.Find(ctx, tx, args[0])
		var unknown *why.UnknownError
		if errors.As(err, &unknown) {
			return nil, badUsage(err)
		}
		if err != nil {
			return nil, err
		}
		ids = []string{id}
	} else {
		risers, fallers, err := why.Movers(ctx, tx, night, top)
		if err != nil {
			return nil, err
		}
		ids = append(risers, fallers...)
	}
	moves := []*why.Move{}
	for _, id := range ids {
		m, err := why.Read(ctx, tx, night, id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("company %q is in the registry and not among the published ones yet; the next night brings it", id)
		}
		if err != nil {
			return nil, err
		}
		moves = append(moves, m)
	}
	return moves, why.CheckPublished(ctx, tx, night)
}
