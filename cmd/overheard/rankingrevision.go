package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/transform/build"
)

// addRevisions gives ranking its --revision, --against and --rebuild.
func (a *app) addRevisions(cmd *cobra.Command, night *nightFlag, top *int) {
	var revision, against int
	var isRebuilt bool
	cmd.Flags().IntVar(&revision, "revision", 0, "`N`: this revision of the night instead of the one that stands")
	cmd.Flags().IntVar(&against, "against", 0, "`N`: with --revision, what differs between revision N and that one")
	cmd.Flags().BoolVar(&isRebuilt, "rebuild", false, "with --revision, work it out again from what was kept, and compare")
	cmd.MarkFlagsMutuallyExclusive("revision", "as-of")
	cmd.MarkFlagsMutuallyExclusive("against", "rebuild")
	standing := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !cmd.Flags().Changed("revision") {
			if isRebuilt || cmd.Flags().Changed("against") {
				return badUsage(errors.New("--against and --rebuild need --revision: which one"))
			}
			return standing(cmd, args)
		}
		if revision < 1 || against < 0 || cmd.Flags().Changed("against") && against < 1 {
			return badUsage(errors.New("revisions are numbered from 1"))
		}
		ctx := cmd.Context()
		db, closeDB, err := a.database(ctx)
		if err != nil {
			return err
		}
		defer closeDB()
		at := night.Time
		if night.IsZero() {
			if at, err = latestNight(ctx, db); err != nil {
				return err
			}
		}
		switch {
		case against > 0:
			return a.compareRevisions(ctx, db, at, against, revision, *top)
		case isRebuilt:
			return a.rebuildRevision(ctx, db, at, revision)
		default:
			return a.showRevision(ctx, db, at, revision, *top)
		}
	}
}

func (a *app) showRevision(ctx context.Context, db *sqlx.DB, night time.Time, revision, top int) error {
	rows, err := readRevision(ctx, db, night, revision, top)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("the night of %s has no revision %d", night.Format(time.DateOnly), revision)
	}
	if a.isJSON {
		return a.printJSON(rows)
	}
	a.printRanking(rows)
	fmt.Fprintf(a.stdout, "\nRevision %d, published at %s\n", revision, rows[0].PublishedAt.UTC().Format(time.RFC3339))
	return nil
}

func (a *app) compareRevisions(ctx context.Context, db *sqlx.DB, night time.Time, before, after, top int) error {
	changes, err := build.CompareRevisions(ctx, db, night, before, after)
	if err != nil {
		return err
	}
	if a.isJSON {
		return a.printJSON(changes)
	}
	fmt.Fprintf(a.stdout, "The night of %s, from revision %d to revision %d: %d companies moved\n",
		changes.Night, before, after, changes.Moves.MovedCount)
	if err := changes.Moves.WriteText(a.stdout); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "\n%d mentions of the night differ, %d outlets delivered more or less\n", len(changes.Mentions), len(changes.Outlets))
	if len(changes.Mentions) == 0 && changes.Moves.ChangedCount > 0 {
		fmt.Fprintln(a.stdout, "What moved the companies lies on earlier nights, whose sums the night carries")
	}
	var lines [][]string
	for _, m := range changes.Mentions[:min(top, len(changes.Mentions))] {
		lines = append(lines, []string{m.CompanyID, m.Change, weightText(m.WeightBefore), weightText(m.WeightAfter), m.OutletID, m.Title, m.URL})
	}
	if len(lines) > 0 {
		fmt.Fprintln(a.stdout)
		writeColumns(a.stdout, []string{"COMPANY", "MENTION", "WEIGHT BEFORE", "AFTER", "OUTLET", "HEADLINE", "URL"}, lines)
	}
	lines = nil
	for _, o := range changes.Outlets[:min(top, len(changes.Outlets))] {
		lines = append(lines, []string{o.OutletID, strconv.Itoa(o.ArticleBefore), strconv.Itoa(o.ArticleAfter)})
	}
	if len(lines) > 0 {
		fmt.Fprintln(a.stdout)
		writeColumns(a.stdout, []string{"OUTLET", "ARTICLES BEFORE", "AFTER"}, lines)
	}
	return nil
}

func (a *app) rebuildRevision(ctx context.Context, db *sqlx.DB, night time.Time, revision int) error {
	builder, err := build.New(a.log, db)
	if err != nil {
		return err
	}
	rebuilt, err := builder.RebuildRevision(ctx, night, revision)
	if err != nil {
		return err
	}
	if a.isJSON {
		err = a.printJSON(rebuilt)
	} else {
		fmt.Fprintf(a.stdout, "Revision %d of %s, worked out again with %d nights as they were: %d companies, %d of them differ\n",
			revision, rebuilt.Night, len(rebuilt.RestoredNights), len(rebuilt.Companies), rebuilt.DifferentCount)
		for _, c := range rebuilt.Companies {
			if !c.IsEqual {
				fmt.Fprintf(a.stdout, "%s: attention %s, published %s; articles %d, published %d\n", c.CompanyID,
					weightText(c.Attention), weightText(c.PublishedAttention), c.ArticleCount, c.PublishedArticleCount)
			}
		}
	}
	if err == nil && rebuilt.DifferentCount > 0 {
		err = refused(fmt.Errorf("%d companies of revision %d of %s do not come out as they were published", rebuilt.DifferentCount, revision, rebuilt.Night))
	}
	return err
}

func weightText(value *float64) string {
	if value == nil {
		return "-"
	}
	return strconv.FormatFloat(*value, 'f', 6, 64)
}
