package jobs

import (
	"context"
	"errors"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/retention"
)

// Prune removes archived pages and what of the database has no longer term.
func (j *Jobs) Prune(ctx context.Context, cause string) (ledger.Report, error) {
	return j.ledger.Execute(ctx, ledger.Spec{Job: Prune, Cause: cause}, j.prune)
}

// PreviewPrune lists what Prune would take away from the database.
func (j *Jobs) PreviewPrune(ctx context.Context) ([]retention.Action, error) {
	return j.parts.Retention.Plan(ctx, j.LastFinishedNight())
}

// pruneInterval does what Prune does as an interval of the fleet.
func (j *Jobs) pruneInterval(ctx context.Context, iv ledger.Interval, run *ledger.Run) error {
	return j.tick(ctx, iv, run, 0, j.prune)
}

func (j *Jobs) prune(ctx context.Context, run *ledger.Run) error {
	err := j.parts.Collector.PruneArchive(ctx, run)
	if j.parts.Retention == nil {
		return err
	}
	actions, planErr := j.PreviewPrune(ctx)
	if planErr != nil {
		return errors.Join(err, planErr)
	}
	return errors.Join(err, j.parts.Retention.Apply(ctx, run, actions))
}
