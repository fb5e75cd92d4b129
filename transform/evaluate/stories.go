package evaluate

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/overheard-news/overheard/sql/seeds"
)

// StoriesOptions of a run. Zero values are usable.
type StoriesOptions struct {
	Progress func(done, damaged int) // called after each line; may be nil
	Observe  func(StoriesCase)       // called with every pair; may be nil
	// Companies tells the identifiers of the companies a text names, which
	// translations must have in common; nil compares without.
	Companies func(language, title, text string) []string
}

// StoriesCase is one pair with what its label says and what was found.
type StoriesCase struct {
	ID       string  `json:"id"`
	Kind     string  `json:"kind"`
	Language string  `json:"language"` // of both, or of each with a hyphen
	Label    string  `json:"label"`
	Found    string  `json:"found"` // same, translation or different
	JoinedBy string  `json:"joined_by"`
	Likeness float64 `json:"likeness"` // similarity of the copies, agreement of the translations
}

// StoriesScore counts the pairs of one relation, same or translation: labelled so,
// found so, and both. F1 has the interval of resampled pairs.
type StoriesScore struct {
	Expected  int     `json:"expected"`
	Found     int     `json:"found"`
	Right     int     `json:"right"`
	Precision *Figure `json:"precision"`
	Recall    *Figure `json:"recall"`
	F1        *Figure `json:"f1"`
}

// StoriesGroup is the score of the pairs of one kind or language. Accuracy is the
// share of pairs found to be what their label says: of a kind that is never the
// same, nothing else can be told.
type StoriesGroup struct {
	Name        string       `json:"name"`
	Pairs       int          `json:"pairs"`
	Accuracy    *Figure      `json:"accuracy"`
	Same        StoriesScore `json:"same"`
	Translation StoriesScore `json:"translation"`
}

// StoriesReport is the score of a set of pairs.
type StoriesReport struct {
	StoriesGroup
	ByKind     []StoriesGroup `json:"by_kind"`
	ByLanguage []StoriesGroup `json:"by_language"`
	Damaged    []Damage       `json:"damaged"`
}

// Stories reads pairs of articles and tells whether each is one story, a
// translation, or neither. Each pair is looked at alone, as if no other article had
// been published. Damaged lines are in the report and do not stop the rest; the
// error is ErrNoFile, the context's, or that of a read that broke off.
func Stories(ctx context.Context, files []string, opt StoriesOptions) (StoriesReport, error) {
	var cases []StoriesCase
	damaged, err := readRecords(ctx, files, func(r storiesRecord) error {
		c, err := r.judge(opt.Companies)
		if opt.Progress != nil {
			opt.Progress(btoi(err == nil), btoi(err != nil))
		}
		if err != nil {
			return err
		}
		cases = append(cases, c)
		if opt.Observe != nil {
			opt.Observe(c)
		}
		return nil
	})
	if err != nil {
		return StoriesReport{Damaged: damaged}, err
	}
	return StoriesReport{
		StoriesGroup: scoreStories("all", cases),
		ByKind:       groupStories(cases, func(c StoriesCase) string { return c.Kind }),
		ByLanguage:   groupStories(cases, func(c StoriesCase) string { return c.Language }),
		Damaged:      damaged,
	}, nil
}

func btoi(is bool) int {
	if is {
		return 1
	}
	return 0
}

func groupStories(cases []StoriesCase, of func(StoriesCase) string) []StoriesGroup {
	byName := map[string][]StoriesCase{}
	for _, c := range cases {
		byName[of(c)] = append(byName[of(c)], c)
	}
	var groups []StoriesGroup
	for _, name := range slices.SortedFunc(maps.Keys(byName), cmp.Compare[string]) {
		groups = append(groups, scoreStories(name, byName[name]))
	}
	return groups
}

func scoreStories(name string, cases []StoriesCase) StoriesGroup {
	right := 0
	for _, c := range cases {
		right += btoi(c.Label == c.Found)
	}
	return StoriesGroup{
		Name: name, Pairs: len(cases), Accuracy: proportion(right, len(cases)),
		Same: scoreRelation(cases, isSame), Translation: scoreRelation(cases, isTranslation),
	}
}

func scoreRelation(cases []StoriesCase, relation string) StoriesScore {
	var s StoriesScore
	for _, c := range cases {
		s.Expected += btoi(c.Label == relation)
		s.Found += btoi(c.Found == relation)
		s.Right += btoi(c.Label == relation && c.Found == relation)
	}
	s.Precision, s.Recall = proportion(s.Right, s.Found), proportion(s.Right, s.Expected)
	if s.Expected+s.Found > 0 {
		s.F1 = bootstrap(len(cases), func(drawn []int) float64 {
			both, sum := 0, 0
			for _, i := range drawn {
				c := cases[i]
				both += btoi(c.Label == relation && c.Found == relation)
				sum += btoi(c.Label == relation) + btoi(c.Found == relation)
			}
			if sum == 0 {
				return 1
			}
			return 2 * float64(both) / float64(sum)
		})
	}
	return s
}

// Quality gives the figures as rows of the table of quality: precision, recall and
// f1 of pairs of one story, the same with translation_ before them, and accuracy.
func (r StoriesReport) Quality(setName, split string, measured time.Time) []seeds.Quality {
	var rows []seeds.Quality
	add := func(breakdown, part, measure string, f *Figure) {
		if f == nil {
			return
		}
		rows = append(rows, seeds.Quality{
			Stage: "stories", Set: setName, Split: split, Breakdown: breakdown, Part: part, Measure: measure,
			Value: decimal(&f.Value), Low: decimal(&f.Low), High: decimal(&f.High), Count: f.Count, MeasuredOn: measured,
		})
	}
	addGroup := func(breakdown string, g StoriesGroup) {
		add(breakdown, g.Name, "accuracy", g.Accuracy)
		for _, of := range []struct {
			prefix string
			score  StoriesScore
		}{{"", g.Same}, {"translation_", g.Translation}} {
			add(breakdown, g.Name, of.prefix+"precision", of.score.Precision)
			add(breakdown, g.Name, of.prefix+"recall", of.score.Recall)
			add(breakdown, g.Name, of.prefix+"f1", of.score.F1)
		}
	}
	addGroup("all", r.StoriesGroup)
	for _, g := range r.ByKind {
		addGroup("kind", g)
	}
	for _, g := range r.ByLanguage {
		addGroup("language", g)
	}
	return rows
}
