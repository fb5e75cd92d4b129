package evaluate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goldSentence is a line of our own sets of tone (Label) or dimensions.
type goldSentence struct {
	ID         string          `json:"id"`
	Lang       string          `json:"lang"`
	Text       string          `json:"text"`
	Target     string          `json:"target"`
	Start      int             `json:"start"`
	End        int             `json:"end"`
	Label      *int            `json:"label"`
	Source     string          `json:"source"`
	Dimensions []goldDimension `json:"dimensions"`
}

type goldDimension struct {
	Dimension string `json:"dimension"`
	Start     int    `json:"start"`
	End       int    `json:"end"`
	Text      string `json:"text"`
}

var goldDimensions = []string{"global_layout", "global_competitiveness", "corporate_culture", "social_responsibility", "global_governance"}

// goldFolder of a stage's sets and rule book.
func goldFolder(stage string) string { return filepath.Join("..", "testdata", stage) }

// readGoldSentences gives the lines of dev and test after the checks that hold
// for both stages: known spans, ids of their own, and nothing in both files.
func readGoldSentences(t *testing.T, stage string) (dev, test []goldSentence) {
	t.Helper()
	ids, side := map[string]bool{}, map[string]string{}
	read := func(split string, parity int) (rows []goldSentence) {
		name := filepath.Join(goldFolder(stage), split+".jsonl")
		damaged, err := readRecords(context.Background(), []string{name}, func(r goldSentence) error {
			rows = append(rows, r)
			var number int
			if _, err := fmt.Sscanf(strings.TrimPrefix(r.ID, stage+"-"+r.Lang+"-"), "%d", &number); err != nil || number%2 != parity {
				return fmt.Errorf("id %q: not %s, %s and a number of this file's parity", r.ID, stage, r.Lang)
			}
			if ids[r.ID] {
				return fmt.Errorf("id %q: a second time", r.ID)
			}
			ids[r.ID] = true
			// Case, spaces and points do not make a text another one.
			key := strings.Join(strings.FieldsFunc(strings.ToLower(r.Text), func(c rune) bool { return strings.ContainsRune(" .,;:!?“”\"'", c) }), " ")
			if other, is := side[key]; is && other != split {
				return fmt.Errorf("id %q: its text is in both files", r.ID)
			}
			side[key] = split
			return goldSpan(r.Text, r.Start, r.End, r.Target)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range damaged {
			t.Errorf("%s:%d: %s", d.File, d.Line, d.Reason)
		}
		return rows
	}
	return read("dev", 1), read("test", 0)
}

// goldSpan says whether the code points from start to end of text are want.
func goldSpan(text string, start, end int, want string) error {
	from, to, err := byteSpan(text, start, end)
	if err != nil {
		return err
	}
	if got := text[from:to]; got != want || want == "" || strings.TrimSpace(want) != want {
		return fmt.Errorf("span %d to %d is %q, the line says %q", start, end, got, want)
	}
	return nil
}

// checkGoldCounts holds the table at the end of a rule book against the rows.
// Languages stand in the order of the table; tally counts the other columns.
func checkGoldCounts(t *testing.T, stage string, dev, test []goldSentence, tally func([]goldSentence) []int) {
	t.Helper()
	book, err := os.ReadFile(filepath.Join(goldFolder(stage), "RULES.md"))
	if err != nil {
		t.Fatal(err)
	}
	languages := map[string]bool{"all": true}
	for _, r := range slices.Concat(dev, test) {
		languages[r.Lang] = true
	}
	for language := range languages {
		other := func(r goldSentence) bool { return language != "all" && r.Lang != language }
		d, e := slices.DeleteFunc(slices.Clone(dev), other), slices.DeleteFunc(slices.Clone(test), other)
		if diff := len(d) - len(e); language != "all" && (diff < -4 || diff > 4) {
			t.Errorf("%s: %s has %d rows in dev and %d in test", stage, language, len(d), len(e))
		}
		line := fmt.Sprintf("| %s | %d | %d |", language, len(d), len(e))
		for _, n := range tally(slices.Concat(d, e)) {
			line += fmt.Sprintf(" %d |", n)
		}
		if !strings.Contains(string(book), line+"\n") {
			t.Errorf("%s/RULES.md does not have the line\n%s", stage, line)
		}
	}
}

func TestGoldOfToneHasItsForm(t *testing.T) {
	t.Parallel()
	dev, test := readGoldSentences(t, "tone")
	all := slices.Concat(dev, test)
	if len(all) != 600 {
		t.Errorf("%d rows, want 600", len(all))
	}
	spans := map[string]bool{}
	for _, r := range all {
		if r.Label == nil || *r.Label < -1 || *r.Label > 1 || r.Source != "overheard" {
			t.Errorf("%s: label %v, source %q", r.ID, r.Label, r.Source)
			continue
		}
		span := fmt.Sprint(r.Text, r.Start)
		if spans[span] {
			t.Errorf("%s: the target of another row", r.ID)
		}
		spans[span] = true
	}
	if t.Failed() {
		return
	}
	checkGoldCounts(t, "tone", dev, test, func(rows []goldSentence) []int {
		labels := make([]int, 3)
		for _, r := range rows {
			labels[*r.Label+1]++
		}
		return labels
	})
}

func TestGoldOfDimensionsHasItsForm(t *testing.T) {
	t.Parallel()
	dev, test := readGoldSentences(t, "dimensions")
	all := slices.Concat(dev, test)
	if len(all) != 600 {
		t.Errorf("%d rows, want 600", len(all))
	}
	total := map[string]int{}
	for _, r := range all {
		own := map[string]bool{}
		for _, d := range r.Dimensions {
			if !slices.Contains(goldDimensions, d.Dimension) || own[d.Dimension] {
				t.Errorf("%s: %q is no dimension or there twice", r.ID, d.Dimension)
			}
			own[d.Dimension] = true
			total[d.Dimension]++
			if err := goldSpan(r.Text, d.Start, d.End, d.Text); err != nil {
				t.Errorf("%s: evidence of %s: %v", r.ID, d.Dimension, err)
			}
		}
	}
	for _, d := range goldDimensions {
		if total[d] < 90 {
			t.Errorf("%s is there %d times, want 90 or more", d, total[d])
		}
	}
	checkGoldCounts(t, "dimensions", dev, test, func(rows []goldSentence) []int {
		counts := make([]int, 3+len(goldDimensions)) // none, one, more, then each dimension
		for _, r := range rows {
			counts[min(2, len(r.Dimensions))]++
			for _, d := range r.Dimensions {
				if i := slices.Index(goldDimensions, d.Dimension); i >= 0 {
					counts[3+i]++
				}
			}
		}
		return counts
	})
}
