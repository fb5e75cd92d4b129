package ledger

import (
	"context"
	"errors"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// remedied is an error of the database with what an operator can do about it.
type remedied struct {
	remedy string
	error
}

func (e *remedied) Error() string { return e.remedy + ": " + e.error.Error() }
func (e *remedied) Unwrap() error { return e.error }

// withRemedy says once, in front, what to do when the database failed under a
// run: wherever in the work it was noticed, the remedy is the same.
func withRemedy(ctx context.Context, err error) error {
	var told *remedied
	var ended *stopped
	switch {
	case err == nil || ctx.Err() != nil || errors.As(err, &told):
		return err
	case errors.As(err, &ended) && !errors.Is(ended.cause, errLost):
		return err // we stopped it; the database is not to blame
	case warehouse.IsDiskFull(err):
		return &remedied{"the disk of the database is full; free space and run the same command again, nothing that was stored is lost", err}
	case errors.Is(err, errLost) || warehouse.IsUnavailable(err):
		return &remedied{"the database went away, its log says why; run the same command again once it is back, nothing that was stored is lost", err}
	}
	return err
}
