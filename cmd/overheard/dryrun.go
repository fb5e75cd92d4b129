package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/build"
)

// dryRunFlag registers --dry-run.
func dryRunFlag(cmd *cobra.Command, isDryRun *bool, usage string) {
	cmd.Flags().BoolVar(isDryRun, "dry-run", false, usage)
}

// rehearsal is a step of a night that was done and taken back, for programs.
type rehearsal struct {
	Night       ledger.Date      `json:"night"`
	Step        string           `json:"step"`
	IsRefused   bool             `json:"is_refused"`
	IsChanged   *bool            `json:"is_changed,omitempty"` // publish
	Revision    *int             `json:"revision,omitempty"`   // publish: the one that would stand
	LaterNights []ledger.Date    `json:"later_nights"`
	Tables      []rehearsalTable `json:"tables"`
	Checks      []rehearsalCheck `json:"checks"`
	Moves       *build.Moves     `json:"moves,omitempty"` // publish
}

type rehearsalTable struct {
	Table    string  `json:"table"`
	RowCount int64   `json:"row_count"`
	Seconds  float64 `json:"seconds"`
}

type rehearsalCheck struct {
	Name           string `json:"check_name"`
	Severity       string `json:"severity"`
	OffendingCount int    `json:"offending_count"`
	Message        string `json:"message"`
	Sample         string `json:"sample,omitempty"`
}

// rehearse does a step of a night, prints what it would bring, and leaves nothing
// behind. A night that would be refused ends with the exit code of a refusal.
func (a *app) rehearse(
	ctx context.Context, name string, night time.Time,
	step func(context.Context, time.Time) (build.Result, []time.Time, error),
) error {
	result, later, err := step(ctx, night)
	var refusal *build.RefusedError
	if err != nil && !errors.As(err, &refusal) {
		return err
	}
	r := rehearsalOf(name, result, later, refusal != nil)
	if a.isJSON {
		err = a.printJSON(r)
	} else {
		err = a.printRehearsal(r)
	}
	if err != nil {
		return err
	}
	if refusal != nil {
		return refused(refusal)
	}
	return nil
}

func rehearsalOf(name string, result build.Result, later []time.Time, isRefused bool) rehearsal {
	r := rehearsal{
		Night: ledger.Date{Time: result.Night}, Step: name, IsRefused: isRefused,
		LaterNights: []ledger.Date{}, Tables: []rehearsalTable{}, Checks: []rehearsalCheck{},
	}
	for _, n := range later {
		r.LaterNights = append(r.LaterNights, ledger.Date{Time: n})
	}
	for _, s := range result.Steps {
		r.Tables = append(r.Tables, rehearsalTable{s.Table, s.RowCount, s.Elapsed.Seconds()})
	}
	for _, c := range result.Checks {
		r.Checks = append(r.Checks, rehearsalCheck{c.Name, c.Severity, c.OffendingCount, c.Message, c.Sample})
	}
	if name == jobs.Publish {
		r.IsChanged, r.Revision, r.Moves = &result.IsChanged, &result.Revision, &result.Moves
	}
	return r
}

func (a *app) printRehearsal(r rehearsal) error {
	fmt.Fprintf(a.stdout, "Dry run: %s of the night of %s. Nothing was written.\n\n", r.Step, r.Night)
	var lines [][]string
	for _, t := range r.Tables {
		lines = append(lines, []string{t.Table, strconv.FormatInt(t.RowCount, 10), fmt.Sprintf("%.2f", t.Seconds)})
	}
	writeColumns(a.stdout, []string{"TABLE", "ROWS", "SECONDS"}, lines)
	fmt.Fprintln(a.stdout)
	passed := 0
	for _, c := range r.Checks {
		if c.OffendingCount == 0 {
			passed++
			continue
		}
		fmt.Fprintf(a.stdout, "%s: %s: %s %d rows: %s\n", c.Severity, c.Name, c.Message, c.OffendingCount, c.Sample)
	}
	fmt.Fprintf(a.stdout, "%d of %d checks found nothing\n", passed, len(r.Checks))
	if len(r.LaterNights) > 0 {
		fmt.Fprintf(a.stdout, "Later nights that would follow, not tried: %s\n", datesText(r.LaterNights))
	}
	if r.Moves == nil {
		return nil
	}
	fmt.Fprintln(a.stdout)
	if !*r.IsChanged {
		fmt.Fprintf(a.stdout, "Revision %d would stand as it is: no number differs\n", *r.Revision)
		return nil
	}
	fmt.Fprintf(a.stdout, "Revision %d would take the place of what stands; %d companies would move\n", *r.Revision, r.Moves.MovedCount)
	return r.Moves.WriteText(a.stdout)
}

// printNightPreview says what a nightly run would do.
func (a *app) printNightPreview(p jobs.NightPreview) error {
	if a.isJSON {
		return a.printJSON(p)
	}
	state, published := "not known to the ledger yet", "not published"
	if p.IntervalState != nil {
		state = fmt.Sprintf("%s, attempts so far: %d", *p.IntervalState, p.AttemptCount)
	}
	if p.PublishedAt != nil {
		published = "published at " + p.PublishedAt.UTC().Format(time.RFC3339)
	}
	fmt.Fprintf(a.stdout, "Dry run: the night of %s. Nothing was written.\n\n", p.Night)
	writeColumns(a.stdout, nil, append([][]string{
		{"interval", state},
		{"readers have", published},
	}, collectLines(p.Collect)...))
	fmt.Fprintln(a.stdout)
	writeColumns(a.stdout, nil, [][]string{
		{"stale nights", datesText(p.StaleNights)},
		{"would be built", datesText(p.BuiltNights)},
		{"would be published", datesText(p.ReplacedNights)},
	})
	return nil
}

func (a *app) printCollectPreview(p jobs.CollectPreview) error {
	if a.isJSON {
		return a.printJSON(p)
	}
	fmt.Fprintln(a.stdout, "Dry run: collect. Nothing was asked and nothing was written.")
	fmt.Fprintln(a.stdout)
	writeColumns(a.stdout, nil, collectLines(p))
	return nil
}

func collectLines(p jobs.CollectPreview) [][]string {
	return [][]string{
		{"active outlets", strconv.Itoa(p.OutletCount)},
		{"channels", fmt.Sprintf("%d known, %d of them due", p.ChannelCount, p.DueChannelCount)},
		{"waiting URLs", fmt.Sprintf("%d, %d of them due", p.WaitingURLCount, p.DueURLCount)},
	}
}

func datesText(dates []ledger.Date) string {
	if len(dates) == 0 {
		return "none"
	}
	texts := make([]string, len(dates))
	for i, d := range dates {
		texts[i] = d.String()
	}
	return strings.Join(texts, " ")
}
