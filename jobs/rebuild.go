package jobs

import (
	"context"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/build"
)

// Rebuild builds a range of nights anew, several tables at a time, and the later
// nights that stand, which carry their sums. It may take hours and so has no
// deadline: cut off it goes on where it stopped, by the same call, or when the next
// night is due. Nothing is published.
func (j *Jobs) Rebuild(
	ctx context.Context, cause string, from, to time.Time, workers int, show func(build.RebuildProgress),
) (ledger.Report, error) {
	spec := ledger.Spec{Job: Build, Night: from, Cause: cause}
	return j.ledger.Execute(ctx, spec, func(ctx context.Context, run *ledger.Run) error {
		nights, err := j.parts.Builder.NightsToRebuild(ctx, from, to)
		if err != nil {
			return err
		}
		return j.parts.Builder.Rebuild(ctx, run.ID, nights, workers, func(p build.RebuildProgress) {
			if p.Table == "" {
				run.Count("nights_built", 1)
			}
			if p.IsResumed {
				run.Count("tables_kept", 1)
			}
			if show != nil {
				show(p)
			}
		})
	})
}

// NightsToRebuild lists what Rebuild would build.
func (j *Jobs) NightsToRebuild(ctx context.Context, from, to time.Time) ([]time.Time, error) {
	return j.parts.Builder.NightsToRebuild(ctx, from, to)
}
