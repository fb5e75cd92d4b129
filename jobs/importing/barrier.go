package importing

import (
	"context"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// barrier asks the intake now and then whether what was put so far is stored, and
// writes the place down when it is. The reading goes on meanwhile.
type barrier struct {
	importer *Importer
	run      *ledger.Run
	intake   Intake
	stand    *standing
	last     time.Time // when the last one was asked for

	asked  checkpoint
	answer chan error // nil: none is asked for
}

// step takes an answer that has come, or asks where it is time to.
func (b *barrier) step(ctx context.Context, done checkpoint) error {
	if b.answer != nil {
		select {
		case err := <-b.answer:
			b.answer = nil
			if err != nil {
				return err
			}
			b.stand.take(b.asked, b.run)
			return b.importer.keep(ctx, b.stand)
		default:
			return nil
		}
	}
	if time.Since(b.last) < b.importer.cfg.BarrierGap {
		return nil
	}
	b.last, b.asked, b.answer = time.Now(), done, make(chan error, 1)
	answer := b.answer
	go func() { answer <- b.intake.Barrier(ctx) }()
	return nil
}

// wait waits for an answer that is under way. What it is does not matter any more:
// Close of the intake tells whether all is stored.
func (b *barrier) wait() {
	if b.answer == nil {
		return
	}
	if err := <-b.answer; err != nil {
		b.importer.lg.Debug("the last barrier was not passed", "source", b.stand.Source, "error", err)
	}
}
