package importing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// States of an import, as ops.imports has them.
const (
	stateRunning   = "running"
	stateDone      = "done"
	stateFailed    = "failed"
	stateCancelled = "cancelled"
)

// Tally counts what was found in a file.
type Tally struct {
	Records int64 `db:"record_count" json:"records"` // read
	Pages   int64 `db:"page_count" json:"pages"`     // of these, pages of outlets
	Stored  int64 `db:"stored_count" json:"stored"`  // of these, articles stored or changed
	Damaged int64 `db:"damaged_count" json:"damaged"`
	Foreign int64 `db:"foreign_count" json:"foreign"` // of hosts that belong to no outlet
}

// standing is how far an import is: a row of ops.imports.
type standing struct {
	Source     string     `db:"source"`
	State      string     `db:"state"`
	FileID     int64      `db:"file_id"`
	ByteCount  *int64     `db:"byte_count"`
	Validator  *string    `db:"validator"`
	Position   int64      `db:"position"`
	StartedAt  time.Time  `db:"started_at"`
	UpdatedAt  time.Time  `db:"updated_at"`
	FinishedAt *time.Time `db:"finished_at"`
	RunID      *int64     `db:"run_id"`
	Error      *string    `db:"error"`
	Tally

	before Tally // when this run began
}

const standingColumns = `source, state, file_id, byte_count, validator, position, record_count, page_count, stored_count,
	damaged_count, foreign_count, started_at, updated_at, finished_at, run_id, error`

// Row is one import as `import list` shows it.
type Row struct {
	Source     string     `json:"source"`
	State      string     `json:"state"`
	ByteCount  *int64     `json:"byte_count"`
	Position   int64      `json:"position"`
	Counts     Tally      `json:"counts"`
	StartedAt  time.Time  `json:"started_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	FinishedAt *time.Time `json:"finished_at"`
	RunID      *int64     `json:"run_id"`
	Error      *string    `json:"error"`
}

// List reads the imports there were, the newest first.
func List(ctx context.Context, db *sqlx.DB) ([]Row, error) {
	var found []standing
	err := db.SelectContext(ctx, &found, `select `+standingColumns+` from ops.imports order by updated_at desc, source`)
	if err != nil {
		return nil, fmt.Errorf("read the imports: %w", err)
	}
	rows := make([]Row, len(found))
	for n, s := range found {
		rows[n] = Row{
			Source: s.Source, State: s.State, ByteCount: s.ByteCount, Position: s.Position, Counts: s.Tally,
			StartedAt: s.StartedAt, UpdatedAt: s.UpdatedAt, FinishedAt: s.FinishedAt, RunID: s.RunID, Error: s.Error,
		}
	}
	return rows, nil
}

// isOf tells whether the standing is that of the file: by its validator, or where
// there was none by its size.
func (s *standing) isOf(src *source) bool {
	if s.Validator != nil || src.validator != "" {
		return s.Validator != nil && *s.Validator == src.validator
	}
	if s.ByteCount == nil {
		return src.size < 0
	}
	return *s.ByteCount == src.size
}

// standing reads how far the import of a file is.
func (i *Importer) standing(ctx context.Context, name string) (standing, bool, error) {
	var s standing
	err := i.db.GetContext(ctx, &s, `select `+standingColumns+` from ops.imports where source = $1`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return standing{Source: name}, false, nil
	}
	if err != nil {
		return standing{}, false, fmt.Errorf("read how far the import of %s is: %w", name, err)
	}
	return s, true, nil
}

// keep writes how far it is.
func (i *Importer) keep(ctx context.Context, s *standing) error {
	s.UpdatedAt = i.now().UTC()
	_, err := i.db.NamedExecContext(ctx, `
		insert into ops.imports (`+standingColumns+`)
		values (:source, :state, :file_id, :byte_count, :validator, :position, :record_count, :page_count, :stored_count,
			:damaged_count, :foreign_count, :started_at, :updated_at, :finished_at, :run_id, :error)
		on conflict (source) do update
		set state = excluded.state, file_id = excluded.file_id, byte_count = excluded.byte_count, validator = excluded.validator,
			position = excluded.position, record_count = excluded.record_count, page_count = excluded.page_count,
			stored_count = excluded.stored_count, damaged_count = excluded.damaged_count, foreign_count = excluded.foreign_count,
			started_at = excluded.started_at, updated_at = excluded.updated_at, finished_at = excluded.finished_at,
			run_id = excluded.run_id, error = excluded.error`, s)
	if err != nil {
		return fmt.Errorf("write how far the import of %s is: %w", s.Source, err)
	}
	return nil
}

// take notes that all before a checkpoint is stored.
func (s *standing) take(c checkpoint, run *ledger.Run) {
	s.Position = c.position
	s.Tally = c.tally
	s.Stored = s.before.Stored + storedBy(run)
}

// storedBy is how many articles a run stored or changed.
func storedBy(run *ledger.Run) int64 {
	counts := run.Counts()
	return counts["stored"] + counts["stub"] + counts["changed"]
}

// fileID is the number of the file among those whose pages we know by position.
func (i *Importer) fileID(ctx context.Context, name string) (int64, error) {
	var id int64
	err := i.db.GetContext(ctx, &id, `
		insert into ops.archive_files as f (name, kind, host, opened_at)
		values ($1, 'import', $2, $3)
		on conflict (name) do update set host = excluded.host
		returning f.file_id`, name, i.host, i.now().UTC())
	if err != nil {
		return 0, fmt.Errorf("note the file %s: %w", name, err)
	}
	return id, nil
}

// nights tells which nights have articles that the import of a file stored, and
// how many, over all its runs.
func (i *Importer) nights(ctx context.Context, s standing) ([]NightCount, error) {
	list := []NightCount{}
	err := i.db.SelectContext(ctx, &list, `
		with own_runs as (
			select r.run_id from ops.runs as r where r.job = 'import' and r.scope = $1 and r.started_at >= $2
		),
		pages as (
			select distinct u.article_id
			from ops.urls as u
			inner join own_runs as r on r.run_id = u.decided_run_id
			where u.article_id is not null
		)
		select a.night, count(*) as article_count
		from pages as p
		inner join staging.articles as a on a.article_id = p.article_id
		inner join own_runs as r on r.run_id = a.run_id
		group by a.night
		order by a.night`, s.Source, s.StartedAt)
	if err != nil {
		return nil, fmt.Errorf("ask which nights have articles of %s: %w", s.Source, err)
	}
	return list, nil
}

// recount counts what the runs of an import stored, after one was killed.
func (i *Importer) recount(ctx context.Context, s *standing) error {
	nights, err := i.nights(ctx, *s)
	if err != nil {
		return err
	}
	var sum int64
	for _, n := range nights {
		sum += n.Articles
	}
	s.Stored = max(s.Stored, sum)
	return nil
}
