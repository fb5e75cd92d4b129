package evaluate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// goldStoryLabels has the label of each kind of pair.
var goldStoryLabels = map[string]string{
	"reprint": isSame, "cut": isSame, "local_lead": isSame, "reordered": isSame, "house_style": isSame,
	"own_sentences": isSame, "shortened": isSame, "updated": isSame, "column": isSame, "promotion": isSame,
	"translation_desk": isTranslation, "translation_paper": isTranslation,
	"independent": isDifferent, "follow_up": isDifferent, "rewritten": isDifferent, "template": isDifferent,
	"same_credit": isDifferent, "other_company": isDifferent, "roundup": isDifferent, "opinion": isDifferent,
	"untranslated": isDifferent, "late_reprint": isDifferent,
}

var goldStoryID = regexp.MustCompile(`^(stories-[a-z]{2}-\d{2})[a-d]$`)

// readGoldStories gives the pairs of a split and reports what is wrong with the
// form of each.
func readGoldStories(t *testing.T, split string) []storiesRecord {
	t.Helper()
	var pairs []storiesRecord
	damaged, err := readRecords(context.Background(), []string{filepath.Join(goldFolder("stories"), split+".jsonl")}, func(r storiesRecord) error {
		pairs = append(pairs, r)
		return checkGoldStory(r)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range damaged {
		t.Errorf("%s:%d: %s", d.File, d.Line, d.Reason)
	}
	return pairs
}

func checkGoldStory(r storiesRecord) error {
	if !goldStoryID.MatchString(r.ID) {
		return fmt.Errorf("id %q: not stories, a language, the number of a group and a letter", r.ID)
	}
	if want, known := goldStoryLabels[r.Kind]; !known || r.Label != want {
		return fmt.Errorf("%s: kind %q has label %q, want %q", r.ID, r.Kind, r.Label, want)
	}
	var published [2]time.Time
	for i, m := range []storiesMember{r.A, r.B} {
		for _, value := range []string{m.Language, m.Title, m.Text, m.Outlet, m.Publisher} {
			if value == "" || strings.TrimSpace(value) != value {
				return fmt.Errorf("%s: %q is empty or has spaces around it", r.ID, value)
			}
		}
		var err error
		if published[i], err = time.Parse(time.RFC3339, m.PublishedAt); err != nil {
			return fmt.Errorf("%s: %w", r.ID, err)
		}
	}
	if isLate := published[0].Sub(published[1]).Abs() > 72*time.Hour; isLate != (r.Kind == "late_reprint") {
		return fmt.Errorf("%s: kind %s with %s between the two", r.ID, r.Kind, published[0].Sub(published[1]))
	}
	isBilingual := r.A.Language != r.B.Language
	if want := r.Label == isTranslation || r.Kind == "untranslated"; isBilingual != want {
		return fmt.Errorf("%s: kind %s in %s and %s", r.ID, r.Kind, r.A.Language, r.B.Language)
	}
	if r.A.Outlet == r.B.Outlet {
		return fmt.Errorf("%s: both of %s", r.ID, r.A.Outlet)
	}
	return nil
}

// goldStoryLanguage is the language of both, or "two languages".
func goldStoryLanguage(r storiesRecord) string {
	if r.A.Language == r.B.Language {
		return r.A.Language
	}
	return "two languages"
}

func TestGoldOfStoriesHasItsForm(t *testing.T) {
	t.Parallel()
	dev, test := readGoldStories(t, "dev"), readGoldStories(t, "test")
	all := slices.Concat(dev, test)
	if len(all) != 300 {
		t.Errorf("%d pairs, want 300", len(all))
	}
	ids, sides := map[string]bool{}, map[string]string{}
	for split, pairs := range map[string][]storiesRecord{"dev": dev, "test": test} {
		for _, r := range pairs {
			if ids[r.ID] {
				t.Errorf("id %q a second time", r.ID)
			}
			ids[r.ID] = true
			// No paragraph of a group may be in both files, so neither is any text.
			keys := strings.Split(r.A.Text+"\n\n"+r.B.Text, "\n\n")
			if group := goldStoryID.FindStringSubmatch(r.ID); group != nil {
				keys = append(keys, group[1])
			}
			for _, key := range keys {
				if other, is := sides[key]; is && other != split {
					t.Errorf("%s: in dev and in test: %.60s", r.ID, key)
				}
				sides[key] = split
			}
		}
	}
	checkGoldStoryCounts(t, dev, test)
}

// checkGoldStoryCounts holds the tables at the end of the rule book against the
// pairs.
func checkGoldStoryCounts(t *testing.T, dev, test []storiesRecord) {
	t.Helper()
	book, err := os.ReadFile(filepath.Join(goldFolder("stories"), "RULES.md"))
	if err != nil {
		t.Fatal(err)
	}
	all, lines := slices.Concat(dev, test), map[string]bool{}
	for _, part := range []func(storiesRecord) string{
		func(r storiesRecord) string { return r.Kind },
		goldStoryLanguage,
		func(storiesRecord) string { return "all" },
	} {
		for _, like := range all {
			count := func(pairs []storiesRecord, label string) (n int) {
				for _, r := range pairs {
					n += btoi(part(r) == part(like) && (label == "" || r.Label == label))
				}
				return n
			}
			lines[fmt.Sprintf("| %s | %d | %d | %d | %d | %d |\n", part(like), count(dev, ""), count(test, ""),
				count(all, isSame), count(all, isTranslation), count(all, isDifferent))] = true
		}
	}
	for line := range lines {
		if !strings.Contains(string(book), line) {
			t.Errorf("stories/RULES.md does not have the line\n%s", line)
		}
	}
}
