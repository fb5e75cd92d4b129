package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/transform/evaluate"
	"github.com/overheard-news/overheard/transform/tone"
)

func newTrainCommand(app *app) *cobra.Command {
	return newGroup(
		&cobra.Command{
			Use:   "train",
			Short: "Make the models that judge text again",
			Long:  "Makes the models that judge text from labelled sets. No database is needed.",
		},
		newTrainToneCommand(app), newTrainDimensionsCommand(app),
	)
}

func newTrainToneCommand(app *app) *cobra.Command {
	var output, confusions string
	cmd := &cobra.Command{
		Use:   "tone FILE...",
		Short: "Train the model of tone towards a company",
		Long: `Trains the model of tone from labelled sentences, as "eval tone" reads them, and
writes its files into a folder: the weights of each model, and model.json. The same
rows give the same bytes on every machine. Made into transform/tone/model, they are
built into the program with the next build.

The model that ships is trained on two sets of the MIT licence and nothing else:
the train split of NewsMTSC (newsmtsc_train.jsonl; github.com/fhamborg/NewsMTSC at
b9d9b79704ed) and RuSentNE (rusentne_train.jsonl;
github.com/dialogue-evaluation/RuSentNE-evaluation at 4d08c885564b), of which a
fifth of the sentences is never trained on. The word lists it reads are in
transform/tone/words: our own, and some made from AFINN (Apache-2.0, see NOTICE).`,
		Example:     "overheard train tone --output transform/tone/model --confusions sql/seeds/tone_confusions.csv newsmtsc_train.jsonl rusentne_train.jsonl",
		Args:        cobra.MinimumNArgs(1),
		Annotations: map[string]string{noteNoDatabase: ""},
		RunE: func(cmd *cobra.Command, files []string) error {
			if output == "" {
				return badUsage(errors.New("give an --output DIR"))
			}
			cases, damaged, err := evaluate.ToneCases(cmd.Context(), files)
			switch {
			case errors.Is(err, evaluate.ErrNoFile):
				return badUsage(err)
			case err != nil:
				return err
			case len(damaged) > 0:
				return fmt.Errorf("train on damaged rows: %s (%d in all): mend the set", damaged[0], len(damaged))
			}
			model, fits, err := tone.Train(cmd.Context(), app.log, cases)
			if err != nil {
				return err
			}
			written, err := model.Files()
			if err != nil {
				return err
			}
			if err := writeModel(output, written); err != nil {
				return err
			}
			if confusions != "" {
				if err := os.WriteFile(confusions, model.ConfusionTable(), 0o644); err != nil {
					return fmt.Errorf("write confusions: %w", err)
				}
			}
			if app.isJSON {
				return app.printJSON(fits)
			}
			var rows [][]string
			for _, f := range fits {
				rows = append(rows, []string{
					f.Name, strconv.Itoa(f.Rows), fmt.Sprintf("%.3f", f.MacroF1), fmt.Sprintf("%.3f", f.LogLoss), strconv.Itoa(f.Features), strconv.Itoa(f.Bytes),
				})
			}
			writeColumns(app.stdout, []string{"MODEL", "ROWS", "MACRO-F1", "LOG LOSS", "FEATURES", "BYTES"}, rows)
			return nil
		},
	}
	cmd.Flags().StringVar(&confusions, "confusions", "", "`FILE` to write how the model errs into, as sql/seeds/tone_confusions.csv")
	cmd.Flags().StringVarP(&output, "output", "o", "", "`DIR` to write the files into; it is made if need be")
	return cmd
}

// writeModel writes files by name into a folder.
func writeModel(folder string, files map[string][]byte) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(folder, name), files[name], 0o644); err != nil {
			return fmt.Errorf("write model: %w", err)
		}
	}
	return nil
}
