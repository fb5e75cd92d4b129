// Package importing stores the pages of web archives: CC-NEWS and any other WARC
// file, from disk or from the web, of a terabyte as of a kilobyte.
//
//	i := importing.New(lg, db, ledger, importing.Config{Outlets: list}, fetcher, intake, progress, now)
//	result, err := i.Run(ctx, ledger.CauseOperator, "https://data.example/CC-NEWS-20260301.warc.gz")
//
// A file is read by one goroutine (read.go), which looks at no more of a record
// than it must: most are of hosts that belong to no outlet (owners.go), and those
// are passed over by the header alone. Pages of outlets go to an Intake, which
// reads and stores them as the crawler's own, several at a time, and holds the
// reading up when it is behind; so memory does not grow with the file.
//
// # Going on
//
// Every other second the Intake is asked for a barrier: when it answers, all that
// was put before is stored, and the place behind it is written to ops.imports
// (standing.go). Whatever ends an import, the next one of the same file goes on
// there. What was stored after the last barrier is found to be unchanged; so no
// record is counted twice and no article is written twice. If the file is another
// one by then, it is read from its beginning.
//
// A file that is compressed as one, and not record by record, cannot be entered in
// the middle: it is read again and what was done is skipped.
package importing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// Job is the name of an import in ops.runs.
const Job = "import"

// Config bounds an import. Zero values stand for the default in brackets.
type Config struct {
	Outlets      []outlets.Outlet
	MaxBodyBytes int64         // of a page, unpacked; larger ones are passed over [16 MiB]
	BarrierGap   time.Duration // between two barriers: what a kill costs at most [2 s]
	IsRepeated   bool          // files that are done are done again
}

// Intake stores pages. Put waits while it is behind. When Barrier returns without
// an error, what was put before is stored or decided; so it is after Close.
type Intake interface {
	Put(ctx context.Context, page collect.Recorded) error
	Barrier(ctx context.Context) error
	Close() error
}

// Progress is told how far an import is, several times a second. size is -1
// where it is not known.
type Progress interface {
	Show(source string, done, size int64, tally Tally)
}

// Importer imports files. Its methods may be called concurrently, for different
// files.
type Importer struct {
	lg       *slog.Logger
	db       *sqlx.DB
	ledger   *ledger.Ledger
	cfg      Config
	owners   owners
	streamer Streamer
	intake   func(ctx context.Context, run *ledger.Run) Intake
	progress Progress
	now      func() time.Time
	host     string
}

// New returns an importer; now is the clock of ops.imports. For Count alone db, l
// and intake may be nil.
func New(lg *slog.Logger, db *sqlx.DB, l *ledger.Ledger, cfg Config, s Streamer, intake func(context.Context, *ledger.Run) Intake, p Progress, now func() time.Time) *Importer {
	cfg.MaxBodyBytes = cmp.Or(cfg.MaxBodyBytes, 16<<20)
	cfg.BarrierGap = cmp.Or(cfg.BarrierGap, 2*time.Second)
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return &Importer{
		lg: lg, db: db, ledger: l, cfg: cfg, owners: ownersOf(cfg.Outlets), streamer: s, intake: intake, progress: p, now: now, host: host,
	}
}

// Result is what became of one file.
type Result struct {
	Source    string        `json:"source"`
	IsSkipped bool          `json:"is_skipped"` // it was done before: nothing was read
	Report    ledger.Report `json:"run"`
	Tally     Tally         `json:"counts"` // of the file so far, over all runs
	Nights    []NightCount  `json:"nights"` // that have articles of it
}

// NightCount is a night with as many articles that an import stored.
type NightCount struct {
	Night    ledger.Date `db:"night" json:"night"`
	Articles int64       `db:"article_count" json:"articles"`
}

// Run imports a file as a run of the ledger, of which there is one at a time for
// each file. The result tells how far it came also where there is an error.
func (i *Importer) Run(ctx context.Context, cause, source string) (Result, error) {
	name, err := NameOf(source)
	if err != nil {
		return Result{Source: source}, err
	}
	result := Result{Source: name}
	known, isKnown, err := i.standing(ctx, name)
	if err != nil {
		return result, err
	}
	if isKnown && known.State == stateDone && !i.cfg.IsRepeated {
		isSame, err := i.isSame(ctx, known)
		if err != nil {
			return result, err
		}
		if isSame {
			result.IsSkipped, result.Tally = true, known.Tally
			return result, nil
		}
	}
	result.Report, err = i.ledger.Execute(ctx, ledger.Spec{Job: Job, Scope: name, Cause: cause}, func(ctx context.Context, run *ledger.Run) error {
		return i.Import(ctx, run, name)
	})
	tell, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	after, _, standErr := i.standing(tell, name)
	nights, nightErr := i.nights(tell, after)
	result.Tally, result.Nights = after.Tally, nights
	if err == nil {
		err = errors.Join(standErr, nightErr)
	}
	return result, err
}

// isSame tells whether a file is still the one that was imported.
func (i *Importer) isSame(ctx context.Context, known standing) (bool, error) {
	src, err := i.open(ctx, known.Source, 0)
	if err != nil {
		return false, err
	}
	defer src.Close()
	return known.isOf(src), nil
}

// Import imports a file within a run, from where the last import of it stopped.
// Damaged records are counted as failures of the run; the error is for what stops
// the whole: the source, the database or ctx.
func (i *Importer) Import(ctx context.Context, run *ledger.Run, source string) error {
	name, err := NameOf(source)
	if err != nil {
		return err
	}
	src, err := i.open(ctx, name, 0)
	if err != nil {
		return err
	}
	defer func() { src.Close() }()
	stand, err := i.begin(ctx, run, name, src)
	if err != nil {
		return err
	}
	r, err := i.start(ctx, src, &stand)
	if err != nil {
		return i.end(ctx, run, &stand, err)
	}
	src = r.src
	defer r.close()
	intake := i.intake(ctx, run)
	err = i.read(ctx, run, r, intake, &stand)
	if closeErr := intake.Close(); closeErr == nil {
		stand.take(r.done, run) // all that was put is stored, so the next import need not read it again
	} else if err == nil {
		err = closeErr
	}
	return i.end(ctx, run, &stand, err)
}

// begin finds or makes the standing of a file.
func (i *Importer) begin(ctx context.Context, run *ledger.Run, name string, src *source) (standing, error) {
	stand, isKnown, err := i.standing(ctx, name)
	if err != nil {
		return stand, err
	}
	switch {
	case !isKnown:
	case !stand.isOf(src):
		i.lg.Info("another file stands under the name: it is imported from its beginning", "source", name)
		isKnown = false
	case stand.State == stateDone:
		isKnown = false // asked for again
	default: // of what was stored after the last barrier, only the runs know
		if err := i.recount(ctx, &stand); err != nil {
			return stand, err
		}
	}
	if !isKnown {
		fileID, err := i.fileID(ctx, name)
		if err != nil {
			return stand, err
		}
		stand = standing{Source: name, FileID: fileID}
		if err := i.db.GetContext(ctx, &stand.StartedAt, `select started_at from ops.runs where run_id = $1`, run.ID); err != nil {
			return stand, fmt.Errorf("read the start of run %d: %w", run.ID, err)
		}
	}
	stand.State, stand.RunID, stand.ByteCount, stand.Validator = stateRunning, &run.ID, nil, nil
	if src.size >= 0 {
		stand.ByteCount = &src.size
	}
	if src.validator != "" {
		stand.Validator = &src.validator
	}
	stand.before = stand.Tally
	if stand.Position > 0 {
		i.lg.Info("the import goes on", "source", name, "position", stand.Position, "records", stand.Records)
	}
	return stand, i.keep(ctx, &stand)
}

// end writes how an import ended, also when ctx is over.
func (i *Importer) end(ctx context.Context, run *ledger.Run, stand *standing, cause error) error {
	stand.State, stand.Error = stateDone, nil
	if cause != nil {
		text := cause.Error()
		stand.State, stand.Error = stateFailed, &text
		if ctx.Err() != nil {
			stand.State = stateCancelled
		}
	} else {
		now := i.now().UTC()
		stand.FinishedAt = &now
	}
	write, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := i.keep(write, stand); err != nil {
		cause = errors.Join(cause, err)
	}
	run.Fail(stand.Damaged - stand.before.Damaged)
	if cause != nil {
		return fmt.Errorf("import %s: %w", stand.Source, cause)
	}
	return nil
}
