package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/overheard-news/overheard/jobs/backfill"
	"github.com/overheard-news/overheard/transform/build"
)

func (a *app) printPlan(plan backfill.Plan, items []backfill.Item) {
	req := plan.Request
	fmt.Fprintf(a.stdout, "plan %d: %s to %s, %d outlets; %s from %s; %d intervals at a time\n\n",
		plan.BackfillID, req.From, req.To, plan.OutletCount, strings.Join(req.Steps, ", "), strings.Join(req.Sources, ", "), req.Window)
	a.printItems(items)
	a.printNights(plan.Nights)
	e := plan.Estimate
	fmt.Fprintf(a.stdout, "\n%d intervals: %d outlet-nights that can be had, %d that cannot, %d nights to build\n",
		plan.IntervalCount, plan.IntervalCount-plan.GapCount-plan.RebuildCount, plan.GapCount, plan.RebuildCount)
	fmt.Fprintf(a.stdout, "about %d requests, %s, %d articles; %s\n", plan.RequestCount, byteText(plan.ByteCount), plan.ArticleCount, durationText(e))
	for _, line := range plan.Basis {
		fmt.Fprintln(a.stdout, "  "+line)
	}
	a.printGaps("cannot be had:", plan.Gaps)
	for _, other := range plan.Overlaps {
		fmt.Fprintf(a.stdout, "\nbackfill %d is at nights of this plan and has not ended: apply refuses until it has\n", other)
	}
	fmt.Fprintf(a.stdout, "\noverheard backfill apply %d does it\n", plan.BackfillID)
}

// durationText says how long and what that is made of.
func durationText(e backfill.Estimate) string {
	text := "about " + clock(e.Seconds)
	parts := []string{}
	if e.SlowestHost != "" && e.HostSeconds >= e.WorkSeconds/float64(max(1, e.Slots)) {
		parts = append(parts, fmt.Sprintf("the slowest host, %s, takes %s for %d requests", e.SlowestHost, clock(e.HostSeconds), e.HostRequests))
	} else if e.WorkSeconds > 0 {
		parts = append(parts, fmt.Sprintf("%s of work, %d at a time", clock(e.WorkSeconds), e.Slots))
	}
	if e.RebuildSeconds > 0 {
		parts = append(parts, clock(e.RebuildSeconds)+" to build the nights")
	}
	if e.Days > 1 {
		parts = append(parts, fmt.Sprintf("the daily budget of a host spreads it over %d days", e.Days))
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, "; ") + ")"
	}
	return text
}

// clock writes seconds as a person says them.
func clock(seconds float64) string {
	return roundDuration(time.Duration(seconds * float64(time.Second)))
}

func byteText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	default:
		return fmt.Sprintf("%.0f KiB", float64(n)/(1<<10))
	}
}

func (a *app) printNights(nights []backfill.PlannedNight) {
	lines := make([][]string, len(nights))
	for i, n := range nights {
		isBuilt := ""
		if n.IsRebuilt {
			isBuilt = "yes"
		}
		lines[i] = []string{
			n.Night.String(), count(n.Archive), count(n.WARC), count(n.Live), count(n.Stored), count(n.None), isBuilt,
			count(int(n.RequestCount)), byteText(n.ByteCount), count(int(n.ArticleCount)), clock(n.Seconds),
		}
	}
	writeColumns(a.stdout, []string{"NIGHT", "ARCHIVE", "WARC", "LIVE", "STORED", "NONE", "BUILT", "REQUESTS", "BYTES", "ARTICLES", "WORK"}, lines)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (a *app) printItems(items []backfill.Item) {
	if len(items) == 0 {
		return
	}
	lines := make([][]string, len(items))
	for i, it := range items {
		lines[i] = []string{
			it.Night.String(), it.Job, it.Scope, it.Source, it.State, count(it.AttemptCount), count(int(it.RequestCount)), count(int(it.ActualRequests)),
			count(int(it.ArticleCount)), count(int(it.ActualArticles)), clock(it.EstimatedSeconds), clock(it.ActualSeconds), shorten(remark(it), 80),
		}
	}
	writeColumns(a.stdout, []string{
		"NIGHT", "JOB", "OUTLET", "SOURCE", "STATE", "TRIES", "REQUESTS", "WERE", "ARTICLES", "WERE", "WORK", "WAS", "REMARK",
	}, lines)
	fmt.Fprintln(a.stdout)
}

func remark(it backfill.Item) string {
	switch {
	case it.Error != nil:
		return *it.Error
	case it.Reason != nil:
		return *it.Reason
	}
	return ""
}

func (a *app) printGaps(title string, gaps []backfill.ReasonCount) {
	if len(gaps) == 0 {
		return
	}
	lines := make([][]string, len(gaps))
	for i, g := range gaps {
		lines[i] = []string{
			"  " + strconv.Itoa(g.Intervals), strconv.Itoa(g.Outlets), g.FirstNight.String() + " to " + g.LastNight.String(), g.AnyOutletID, g.Reason,
		}
	}
	fmt.Fprintf(a.stdout, "\n%s\n", title)
	writeColumns(a.stdout, []string{"  INTERVALS", "OUTLETS", "NIGHTS", "SUCH AS", "WHY"}, lines)
}

func (a *app) printBackfills(list []backfill.Summary) {
	if len(list) == 0 {
		fmt.Fprintln(a.stdout, "nothing is planned; `overheard backfill plan` does")
		return
	}
	lines := make([][]string, len(list))
	for i, s := range list {
		done, eta := "", ""
		if p := s.Progress; p != nil {
			done = fmt.Sprintf("%d/%d", p.Settled(), p.IntervalCount)
			if p.ETASeconds != nil {
				eta = clock(*p.ETASeconds)
			}
		}
		lines[i] = []string{
			strconv.FormatInt(s.BackfillID, 10), s.State, s.FirstNight.String(), s.LastNight.String(), strings.Join(s.Steps, ","),
			strconv.Itoa(s.IntervalCount), done, eta, s.PlannedAt.UTC().Format("2006-01-02 15:04:05Z"), s.PlannedBy,
		}
	}
	writeColumns(a.stdout, []string{"PLAN", "STATE", "FROM", "TO", "STEPS", "INTERVALS", "ENDED", "LEFT", "PLANNED", "BY"}, lines)
}

// printBackfill shows a plan; once it has ended, what became of it.
func (a *app) printBackfill(d backfill.Detail, items []backfill.Item) error {
	fmt.Fprintf(a.stdout, "plan %d is %s: %s to %s, %d outlets; %s from %s; planned %s by %s\n", d.BackfillID, d.State, d.FirstNight, d.LastNight,
		d.Arguments.OutletCount, strings.Join(d.Steps, ", "), strings.Join(d.Sources, ", "), d.PlannedAt.UTC().Format("2006-01-02 15:04:05Z"), d.PlannedBy)
	if d.Progress != nil {
		fmt.Fprintln(a.stdout, progressText(d.Summary))
	}
	if d.Error != nil {
		fmt.Fprintln(a.stdout, *d.Error)
	}
	fmt.Fprintln(a.stdout)
	a.printItems(items)
	if d.FinishedAt == nil || d.AppliedAt == nil {
		a.printNights(d.Nights)
		a.printGaps("cannot be had:", d.Gaps)
		return nil
	}
	return a.printOutcome(d)
}

// printOutcome says what became of a backfill that has ended: gaps, what readers
// see of it, and its cost.
func (a *app) printOutcome(d backfill.Detail) error {
	var report backfill.GapReport
	if err := json.Unmarshal(d.GapReport, &report); err != nil {
		return fmt.Errorf("read the gaps of backfill %d: %w", d.BackfillID, err)
	}
	a.printGapReport(report)
	var diff *build.Diff
	if err := json.Unmarshal(d.RankingDiff, &diff); err != nil {
		return fmt.Errorf("read the ranking diff of backfill %d: %w", d.BackfillID, err)
	}
	if diff != nil {
		text := &bytes.Buffer{}
		if err := diff.WriteText(text); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "\n%s", text)
	}
	a.printCosts(d)
	return nil
}

func (a *app) printGapReport(report backfill.GapReport) {
	if report.Gaps+report.Failed+report.Cancelled == 0 && len(report.Pages) == 0 {
		fmt.Fprintln(a.stdout, "nothing is missing")
		return
	}
	fmt.Fprintf(a.stdout, "missing: %d outlet-nights that cannot be had, %d that failed, %d not done\n", report.Gaps, report.Failed, report.Cancelled)
	a.printGaps("cannot be had:", report.Reasons)
	var lines [][]string
	for _, v := range report.Intervals {
		if v.State != "failed" || len(lines) == 20 {
			continue
		}
		lines = append(lines, []string{"  " + v.Night.String(), v.Job, v.OutletID, strconv.Itoa(v.Attempts), shorten(v.Reason, 100)})
	}
	if len(lines) > 0 {
		fmt.Fprintln(a.stdout, "\nfailed:")
		writeColumns(a.stdout, []string{"  NIGHT", "JOB", "OUTLET", "TRIES", "WHY"}, lines)
		if report.Failed > len(lines) {
			fmt.Fprintf(a.stdout, "  and %d more\n", report.Failed-len(lines))
		}
	}
	if len(report.Pages) > 0 {
		lines := make([][]string, len(report.Pages))
		for i, p := range report.Pages {
			lines[i] = []string{"  " + p.Outcome, strconv.Itoa(p.Count), strconv.Itoa(p.Outlets), p.AnyURL}
		}
		fmt.Fprintln(a.stdout, "\nsingle addresses in vain:")
		writeColumns(a.stdout, []string{"  OUTCOME", "ADDRESSES", "OUTLETS", "SUCH AS"}, lines)
	}
}

func (a *app) printCosts(d backfill.Detail) {
	if len(d.Costs) == 0 {
		return
	}
	lines := make([][]string, len(d.Costs))
	for i, c := range d.Costs {
		lines[i] = []string{
			c.Source, strconv.Itoa(c.Intervals), fmt.Sprint(c.EstimatedRequests), fmt.Sprint(c.ActualRequests), byteText(c.EstimatedBytes), byteText(c.ActualBytes),
			fmt.Sprint(c.EstimatedArticles), fmt.Sprint(c.ActualArticles), clock(c.EstimatedSeconds), clock(c.ActualSeconds),
		}
	}
	fmt.Fprintln(a.stdout, "\nwhat was done, as estimated and as it was:")
	writeColumns(a.stdout, []string{"SOURCE", "DONE", "REQUESTS", "WERE", "BYTES", "WERE", "ARTICLES", "WERE", "WORK", "WAS"}, lines)
	if d.AppliedAt != nil && d.FinishedAt != nil {
		fmt.Fprintf(a.stdout, "estimated at %s, took %s from apply to end\n", clock(d.EstimatedSeconds), clock(d.FinishedAt.Sub(*d.AppliedAt).Seconds()))
	}
}

// progressText is one line on how far a backfill is.
func progressText(s backfill.Summary) string {
	p := s.Progress
	text := fmt.Sprintf("%d/%d ended: %d done, %d failed, %d gaps", p.Settled(), p.IntervalCount, p.Done, p.Failed, p.Gaps)
	if p.Cancelled > 0 {
		text += fmt.Sprintf(", %d cancelled", p.Cancelled)
	}
	if s.State != backfill.StateRunning {
		return text
	}
	text += fmt.Sprintf("; %d running", p.Running)
	if p.RunningNight != nil {
		text += " on " + *p.RunningNight
	}
	text += fmt.Sprintf(", %.0f/min", p.PerMinute)
	if p.ETASeconds != nil {
		text += ", " + clock(*p.ETASeconds) + " left"
	}
	return text
}
