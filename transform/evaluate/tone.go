package evaluate

import (
	"cmp"
	"context"
	"maps"
	"math"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/tone"
)

// ToneOptions of a run. Zero values are usable.
type ToneOptions struct {
	Progress      func(done, damaged int) // called after each line; may be nil
	Observe       func(ToneCase)          // called with every row; may be nil
	IsHeldOutOnly bool                    // score only rows that no training uses of their set
}

// ToneCase is one row with what its label says and what was judged.
type ToneCase struct {
	ID, Language, Source string
	Text, Target         string
	Label, Judged        int // -1, 0, 1; Judged is 0 where nothing was judged
	IsJudged             bool
	Tone                 tone.Tone
}

// ToneScore is the score of a group of rows. Macro-F1 is the mean of the F1 of the
// three labels over the rows that were judged, with the interval of resampled rows; the
// strict one counts a row that was not judged as judged neutral.
type ToneScore struct {
	Rows          int      `json:"rows"`
	Judged        int      `json:"judged"`
	Abstained     int      `json:"abstained"`
	MacroF1       *float64 `json:"macro_f1"`
	MacroF1Range  *Figure  `json:"macro_f1_interval"`
	MacroF1Strict *float64 `json:"macro_f1_strict"`
	Accuracy      *float64 `json:"accuracy"`
	AccuracyRange *Figure  `json:"accuracy_interval"`
	Majority      *float64 `json:"majority"` // accuracy of saying the most frequent label always
}

// ToneGroup is the score of one language or source.
type ToneGroup struct {
	Name string `json:"name"`
	ToneScore
}

// ToneCell counts rows by what they are and what they were judged.
type ToneCell struct {
	Label  int `json:"label"`
	Judged int `json:"judged"`
	Rows   int `json:"rows"`
}

// ToneLabel is the score of one label.
type ToneLabel struct {
	Label     int      `json:"label"`
	Precision *float64 `json:"precision"`
	Recall    *float64 `json:"recall"`
	F1        *float64 `json:"f1"`
	Rows      int      `json:"rows"`
}

// ToneReport is the score of a set.
type ToneReport struct {
	ToneScore
	Confusion        []ToneCell  `json:"confusion"` // of the rows judged
	ByLabel          []ToneLabel `json:"by_label"`
	ByLanguage       []ToneGroup `json:"by_language"`
	BySource         []ToneGroup `json:"by_source"`
	LogLoss          *float64    `json:"log_loss"`          // mean of -ln of the probability of the label
	CalibrationError *float64    `json:"calibration_error"` // of the likeliest label, ten bins (ECE)
	Bags             []ToneBag   `json:"bags"`
	MicrosecondsRow  float64     `json:"microseconds_a_row"` // CPU time where the system tells it
	Damaged          []Damage    `json:"damaged"`
}

// Tone scores a model on rows {id, lang, text, target, start, end, label, source};
// offsets count code points, end exclusive, labels are -1, 0 and 1. A row without a
// target is judged as a whole.
func Tone(ctx context.Context, files []string, m *tone.Model, opt ToneOptions) (ToneReport, error) {
	runtime.LockOSThread() // time is that of the thread
	defer runtime.UnlockOSThread()
	var cases []ToneCase
	spent, done, wrong := time.Duration(0), 0, 0
	damaged, err := readRecords(ctx, files, func(r toneRecord) error {
		c, err := r.toneCase()
		if done++; err != nil {
			wrong++
		}
		if opt.Progress != nil {
			opt.Progress(done, wrong)
		}
		if err != nil || opt.IsHeldOutOnly && !tone.HeldOut(c.Source, c.Text) {
			return err
		}
		row := ToneCase{ID: r.ID, Language: c.Language, Source: c.Source, Text: c.Text, Target: r.Target, Label: c.Label}
		start := threadTime()
		row.Tone, row.IsJudged = m.Judge(c.Language, toneQuote(c))
		spent += threadTime() - start
		if row.IsJudged {
			row.Judged = m.Label(c.Language, row.Tone)
		}
		cases = append(cases, row)
		if opt.Observe != nil {
			opt.Observe(row)
		}
		return nil
	})
	if err != nil {
		return ToneReport{Damaged: damaged}, err
	}
	r := ToneReport{
		ToneScore: scoreTone(cases), Damaged: damaged, Bags: bagTones(cases, m),
		ByLanguage: groupTones(cases, func(c ToneCase) string { return c.Language }),
		BySource:   groupTones(cases, func(c ToneCase) string { return c.Source }),
	}
	r.Confusion, r.ByLabel = confuseTones(cases)
	r.LogLoss, r.CalibrationError = calibrationOf(cases)
	if len(cases) > 0 {
		r.MicrosecondsRow = float64(spent.Microseconds()) / float64(len(cases))
	}
	return r, nil
}

func groupTones(cases []ToneCase, of func(ToneCase) string) []ToneGroup {
	byName := map[string][]ToneCase{}
	for _, c := range cases {
		byName[of(c)] = append(byName[of(c)], c)
	}
	groups := []ToneGroup{}
	for _, name := range slices.SortedFunc(maps.Keys(byName), cmp.Compare[string]) {
		groups = append(groups, ToneGroup{Name: name, ToneScore: scoreTone(byName[name])})
	}
	return groups
}

func scoreTone(cases []ToneCase) ToneScore {
	s := ToneScore{Rows: len(cases)}
	var labels, chosen, allLabels, allChosen []int
	right, most := 0, [3]int{}
	for _, c := range cases {
		allLabels, allChosen = append(allLabels, c.Label+1), append(allChosen, c.Judged+1)
		most[c.Label+1]++
		if !c.IsJudged {
			s.Abstained++
			continue
		}
		s.Judged++
		labels, chosen = append(labels, c.Label+1), append(chosen, c.Judged+1)
		right += btoi(c.Label == c.Judged)
	}
	if s.Rows == 0 {
		return s
	}
	s.MacroF1Strict = pointer(tone.MacroF1(allLabels, allChosen))
	s.Majority = pointer(float64(slices.Max(most[:])) / float64(s.Rows))
	if s.Judged == 0 {
		return s
	}
	s.MacroF1Range = bootstrap(s.Judged, func(drawn []int) float64 {
		l, c := make([]int, len(drawn)), make([]int, len(drawn))
		for i, d := range drawn {
			l[i], c[i] = labels[d], chosen[d]
		}
		return tone.MacroF1(l, c)
	})
	s.MacroF1 = &s.MacroF1Range.Value
	s.AccuracyRange = proportion(right, s.Judged)
	s.Accuracy = &s.AccuracyRange.Value
	return s
}

func pointer(v float64) *float64 { return &v }

func confuseTones(cases []ToneCase) ([]ToneCell, []ToneLabel) {
	var count [3][3]int
	for _, c := range cases {
		if c.IsJudged {
			count[c.Label+1][c.Judged+1]++
		}
	}
	var cells []ToneCell
	var byLabel []ToneLabel
	for l := range count {
		labelled, found := 0, 0
		for j := range count {
			cells = append(cells, ToneCell{Label: l - 1, Judged: j - 1, Rows: count[l][j]})
			labelled += count[l][j]
			found += count[j][l]
		}
		row := ToneLabel{Label: l - 1, Rows: labelled}
		share := func(of int) *float64 {
			if of == 0 {
				return nil
			}
			return pointer(float64(count[l][l]) / float64(of))
		}
		row.Precision, row.Recall = share(found), share(labelled)
		if labelled+found > 0 {
			row.F1 = pointer(2 * float64(count[l][l]) / float64(labelled+found))
		}
		byLabel = append(byLabel, row)
	}
	return cells, byLabel
}

// calibrationOf is the log loss and the expected calibration error (Naeini et al.
// 2015) of the likeliest label, in ten bins.
func calibrationOf(cases []ToneCase) (logLoss, expected *float64) {
	const bins = 10
	var count, sure, right [bins]float64
	loss, judged := 0.0, 0.0
	for _, c := range cases {
		if !c.IsJudged {
			continue
		}
		p := []float64{c.Tone.Negative, c.Tone.Neutral, c.Tone.Positive}
		likeliest := slices.Index(p, slices.Max(p))
		b := min(bins-1, int(p[likeliest]*bins))
		count[b]++
		sure[b] += p[likeliest]
		right[b] += float64(btoi(likeliest == c.Label+1))
		loss -= math.Log(max(p[c.Label+1], 1e-12))
		judged++
	}
	if judged == 0 {
		return nil, nil
	}
	sum := 0.0
	for b := range count {
		sum += math.Abs(sure[b]-right[b]) / judged
	}
	return pointer(loss / judged), &sum
}

// Quality gives the figures as rows of the table of quality.
func (r ToneReport) Quality(setName, split string, measured time.Time) []seeds.Quality {
	var rows []seeds.Quality
	add := func(breakdown, part, measure string, value, low, high *float64, count int) {
		if value == nil {
			return
		}
		rows = append(rows, seeds.Quality{
			Stage: "tone", Set: setName, Split: split, Breakdown: breakdown, Part: part, Measure: measure,
			Value: decimal(value), Low: decimal(low), High: decimal(high), Count: count, MeasuredOn: measured,
		})
	}
	addScore := func(breakdown, part string, s ToneScore) {
		if s.MacroF1Range != nil {
			add(breakdown, part, "macro_f1", s.MacroF1, &s.MacroF1Range.Low, &s.MacroF1Range.High, s.Judged)
			add(breakdown, part, "accuracy", s.Accuracy, &s.AccuracyRange.Low, &s.AccuracyRange.High, s.Judged)
		}
		if abstained := proportion(s.Abstained, s.Rows); abstained != nil {
			add(breakdown, part, "abstained", &abstained.Value, &abstained.Low, &abstained.High, s.Rows)
		}
	}
	addScore("all", "all", r.ToneScore)
	for _, g := range r.ByLanguage {
		addScore("language", g.Name, g.ToneScore)
	}
	add("all", "all", "calibration_error", r.CalibrationError, nil, nil, r.Judged)
	for _, b := range r.Bags {
		for measure, value := range map[string]*float64{"count": &b.Count, "pacc": &b.Adjusted, "em": &b.Expected, "shrunk": &b.Shrunk} {
			add("all", "all", "net_tone_error_"+b.Prevalence+"_"+measure+"_"+strconv.Itoa(b.Size), value, nil, nil, b.Bags)
		}
	}
	slices.SortStableFunc(rows, func(a, b seeds.Quality) int {
		return cmp.Or(cmp.Compare(a.Breakdown, b.Breakdown), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Measure, b.Measure))
	})
	return rows
}
