package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/transform/build"
)

// addExplain gives build its --explain: the plan, and nothing is written.
func (a *app) addExplain(cmd *cobra.Command) {
	var isExplained bool
	cmd.Flags().BoolVar(&isExplained, "explain", false, "print what would be built and why, the tables with what they read, and the checks; write nothing")
	cmd.MarkFlagsMutuallyExclusive("explain", "dry-run")
	cmd.MarkFlagsMutuallyExclusive("explain", "from")
	work := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !isExplained {
			return work(cmd, args)
		}
		return a.session(cmd.Context(), func(ctx context.Context, s session) error {
			night := s.jobs.LastFinishedNight()
			if given, isGiven := cmd.Flags().Lookup("night").Value.(*nightFlag); isGiven {
				night = given.or(night)
			}
			plan, err := s.jobs.PlanBuild(ctx, night)
			if err != nil {
				return err
			}
			return a.printBuildPlan(plan)
		})
	}
}

func (a *app) printBuildPlan(p build.Plan) error {
	if a.isJSON {
		return a.printJSON(p)
	}
	built := "never, as far as the ledger knows"
	if p.LastBuiltAt != nil {
		built = p.LastBuiltAt.UTC().Format(time.RFC3339)
	}
	fmt.Fprintf(a.stdout, "Plan: build the night of %s. Nothing was written.\n\n", p.Night)
	writeColumns(a.stdout, nil, [][]string{{"built last", built}})
	fmt.Fprintln(a.stdout)
	var lines [][]string
	for _, n := range p.Nights {
		lines = append(lines, []string{n.Night, n.Reason})
	}
	writeColumns(a.stdout, []string{"NIGHT", "WHY"}, lines)
	if len(p.StaleNights) > 0 {
		fmt.Fprintf(a.stdout, "\nEarlier nights have changed since they were built: %s. This night would carry their sums as they\nwere; build the first of them instead, the later ones follow.\n",
			strings.Join(p.StaleNights, " "))
	}
	for _, stage := range []string{build.StageBuild, build.StagePublish} {
		fmt.Fprintf(a.stdout, "\nTables of the %s, in order; rows are those that stand\n\n", stage)
		lines = nil
		for _, t := range p.Tables {
			if t.Stage == stage {
				lines = append(lines, []string{
					t.Table, t.Maker, t.Rebuild, strconv.FormatInt(t.RowCount, 10), shortNames(t.Reads), shortNames(t.ReadBy),
				})
			}
		}
		writeColumns(a.stdout, []string{"TABLE", "IN", "REBUILD", "ROWS", "FROM", "READ BY"}, lines)
	}
	fmt.Fprintln(a.stdout)
	lines = nil
	for _, c := range p.Checks {
		lines = append(lines, []string{c.Name, c.Stage, c.Severity, c.Message})
	}
	writeColumns(a.stdout, []string{"CHECK", "STAGE", "IF IT FINDS", "SENTENCE"}, lines)
	return nil
}

// shortNames leaves the schema of intermediate tables out, so that lines stay
// short.
func shortNames(tables []string) string {
	if len(tables) == 0 {
		return "-"
	}
	return strings.ReplaceAll(strings.Join(tables, " "), "intermediate.", "")
}
