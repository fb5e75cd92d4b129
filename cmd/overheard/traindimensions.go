package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/transform/dimension"
	"github.com/overheard-news/overheard/transform/evaluate"
)

func newTrainDimensionsCommand(app *app) *cobra.Command {
	var folds int
	cmd := &cobra.Command{
		Use:   "dimensions FILE...",
		Short: "Hold the rules of the dimensions against what can be learned beside them",
		Long: `Reads labelled texts (as eval dimensions does), learns each dimension from all folds
but one by a linear model, of the words alone and of rules and words, labels the fold
that is left, and prints the macro-F1 over all folds beside that of the rules alone.

No model is written: on the sets we have, the rules alone are better. A model ships
when this says otherwise. Rules that were written with these texts at hand look
better here than they are.`,
		Example:     "overheard train dimensions dev.jsonl",
		Args:        cobra.MinimumNArgs(1),
		Annotations: map[string]string{noteNoDatabase: ""},
		RunE: func(cmd *cobra.Command, files []string) error {
			labeller, err := dimension.Load()
			if err != nil {
				return err
			}
			c, damaged, err := evaluate.CompareDimensions(cmd.Context(), files, labeller, folds)
			switch {
			case errors.Is(err, evaluate.ErrNoFile), errors.Is(err, dimension.ErrTexts):
				return badUsage(err)
			case err != nil:
				return err
			}
			if app.isJSON {
				err = app.printJSON(c)
			} else {
				writeColumns(app.stdout, nil, [][]string{
					{"texts", strconv.Itoa(c.Texts), fmt.Sprintf("in %d folds", c.Folds)},
					{"macro-F1, rules", fmt.Sprintf("%.3f", c.Rules), ""},
					{"macro-F1, words", fmt.Sprintf("%.3f", c.Words), ""},
					{"macro-F1, rules and words", fmt.Sprintf("%.3f", c.Both), ""},
				})
			}
			if err != nil || len(damaged) == 0 {
				return err
			}
			for _, d := range damaged[:min(len(damaged), maxDamageShown)] {
				fmt.Fprintf(app.stderr, "overheard: %s\n", d)
			}
			return withFailures(fmt.Errorf("%d damaged lines were not read", len(damaged)))
		},
	}
	cmd.Flags().IntVar(&folds, "folds", 10, "deal the texts out to `N` folds")
	return cmd
}
