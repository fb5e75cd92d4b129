package build

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// When a check runs.
const (
	StageBuild   = "build"
	StagePublish = "publish"
)

// What a check does to a night that offends.
const (
	SeverityFail = "fail" // the night is refused
	SeverityWarn = "warn" // the night passes, and the finding is told
)

// Check is one SQL file: a select of the rows that offend.
type Check struct {
	Name     string // name of the file
	Severity string
	Message  string // the sentence an operator sees
	Stage    string
	Reads    []string
	Params   []string
	SQL      string
}

// CheckResult is what a check found; no rows means that it passed.
type CheckResult struct {
	Name           string
	Severity       string
	Message        string
	OffendingCount int
	Sample         string // up to five offending rows as JSON, empty if none
	Elapsed        time.Duration
}

// RefusedError says which checks a night failed. Nothing of it was kept.
type RefusedError struct {
	Stage  string
	Night  time.Time
	Checks []CheckResult // the failed ones
}

// Error names every failed check with its sentence and some rows.
func (e *RefusedError) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "night %s refused at %s", dateText(e.Night), e.Stage)
	for i, c := range e.Checks {
		separator := "; "
		if i == 0 {
			separator = ": "
		}
		fmt.Fprintf(&text, "%s%s: %s %d rows: %s",
			separator, c.Name, c.Message, c.OffendingCount, c.Sample)
	}
	return text.String()
}

// Refused tells the ledger of runs that a check said no, and nothing broke.
func (e *RefusedError) Refused() bool { return true }

// readChecks parses <name>.sql.
func readChecks(fsys fs.FS) ([]Check, error) {
	files, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list checks: %w", err)
	}
	list := make([]Check, 0, len(files))
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("read check %s: %w", file, err)
		}
		c, err := parseCheck(file, string(text))
		if err != nil {
			return nil, fmt.Errorf("check %s: %w", file, err)
		}
		list = append(list, c)
	}
	return list, nil
}

func parseCheck(file, text string) (Check, error) {
	h, err := parseHeader(text, "Stage", "Reads", "Params")
	if err != nil {
		return Check{}, err
	}
	severity, message, isMarked := strings.Cut(h.first, ": ")
	severity = strings.ToLower(severity)
	if !isMarked || (severity != SeverityFail && severity != SeverityWarn) {
		return Check{}, fmt.Errorf("first line must start with Fail or Warn, is %q", h.first)
	}
	c := Check{
		Name:     strings.TrimSuffix(path.Base(file), ".sql"),
		Severity: severity,
		Message:  message,
		Stage:    h.fields["Stage"],
		Reads:    h.list("Reads"),
		SQL:      strings.TrimSpace(text),
	}
	if c.Stage != StageBuild && c.Stage != StagePublish {
		return Check{}, fmt.Errorf("header says Stage: %q, want build or publish", c.Stage)
	}
	if c.Params, err = h.params(c.SQL, "night", "run_id"); err != nil {
		return Check{}, err
	}
	return c, compareReads(c.Reads, c.SQL)
}

// runChecks runs the checks of a stage on what the transaction has made. If all
// pass it writes what they found; if one fails it returns a *RefusedError.
func (b *Builder) runChecks(
	ctx context.Context, tx *sqlx.Tx, tables catalog, stage string, runID int64, night time.Time,
) ([]CheckResult, error) {
	values := arguments{"night": dateText(night), "run_id": runID}
	var results, failed []CheckResult
	for _, c := range b.checks {
		if c.Stage != stage {
			continue
		}
		if err := tables.exist(c.Reads); err != nil {
			return nil, fmt.Errorf("check %s: %w", c.Name, err)
		}
		result, err := c.run(ctx, tx, values)
		if err != nil {
			return nil, fmt.Errorf("check %s on %s: %w", c.Name, dateText(night), err)
		}
		results = append(results, result)
		if result.OffendingCount == 0 {
			continue
		}
		b.lg.Warn("check found rows", "check_name", c.Name, "severity", c.Severity,
			"night", dateText(night), "offending_count", result.OffendingCount,
			"message", c.Message, "sample", result.Sample)
		if c.Severity == SeverityFail {
			failed = append(failed, result)
		}
	}
	if len(failed) > 0 {
		return results, &RefusedError{Stage: stage, Night: night, Checks: failed}
	}
	return results, writeResults(ctx, tx, runID, night, results)
}

func (c Check) run(ctx context.Context, tx *sqlx.Tx, values arguments) (CheckResult, error) {
	result := CheckResult{Name: c.Name, Severity: c.Severity, Message: c.Message}
	started := time.Now()
	err := tx.QueryRowxContext(ctx, fmt.Sprintf(`
		with offending as materialized (
		%s
		)
		select
			(select count(*) from offending),
			(
				select coalesce(cast(json_agg(s order by cast(s as text) collate "C") as text), '')
				from (select o.* from offending as o order by cast(o as text) collate "C" limit 5) as s
			)`, c.SQL), values.of(c.Params)...).Scan(&result.OffendingCount, &result.Sample)
	result.Elapsed = time.Since(started)
	return result, err
}

// writeResults keeps what the checks of a run found, passed ones included.
func writeResults(
	ctx context.Context, to sqlx.ExecerContext, runID int64, night time.Time, results []CheckResult,
) error {
	for _, r := range results {
		_, err := to.ExecContext(ctx, `
			insert into ops.check_results as standing (
				run_id, night, check_name, severity, offending_count, message, sample
			)
			values ($1, cast($2 as date), $3, $4, $5, $6, nullif($7, ''))
			on conflict (run_id, night, check_name) do update set
				severity = excluded.severity,
				offending_count = excluded.offending_count,
				message = excluded.message,
				sample = excluded.sample`,
			runID, dateText(night), r.Name, r.Severity, r.OffendingCount, r.Message, r.Sample)
		if err != nil {
			return fmt.Errorf("write result of check %s on %s: %w", r.Name, dateText(night), err)
		}
	}
	return nil
}
