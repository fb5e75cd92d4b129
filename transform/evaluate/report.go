package evaluate

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/overheard-news/overheard/transform/article"
)

// Report is the score of a set. The shares are from 0 to 1, null where no page of
// the set has the label.
type Report struct {
	Pages             int             `json:"pages"`
	BodyF1            *float64        `json:"body_f1"`
	TitleExact        *float64        `json:"title_exact"`
	DateSameDay       *float64        `json:"date_same_day"`
	DateWithinMinute  *float64        `json:"date_within_minute"`
	AuthorsExact      *float64        `json:"authors_exact"`
	AuthorsF1         *float64        `json:"authors_f1"`
	PageTypeAccuracy  *float64        `json:"page_type_accuracy"`
	LanguageAccuracy  *float64        `json:"language_accuracy"`
	MSPerPage         float64         `json:"ms_per_page"`
	MSP50             float64         `json:"ms_p50"`
	MSP99             float64         `json:"ms_p99"`
	MSMax             float64         `json:"ms_max"`
	SlowestID         string          `json:"slowest_id"`
	IsCPUTime         bool            `json:"is_cpu_time"`    // false: time on the wall, which other work lengthens
	BytesPerPage      *uint64         `json:"bytes_per_page"` // allocated; null with several workers
	ArticlesStored    *float64        `json:"articles_stored"`
	NonArticlePages   int             `json:"non_article_pages"`
	NonArticleRefused int             `json:"non_article_refused"`
	EncodingPages     int             `json:"encoding_pages"` // articles with a label for title or body
	EncodingErrors    int             `json:"encoding_errors"`
	Counts            Counts          `json:"counts"`
	PageTypes         []PageTypeCount `json:"page_types"`
	BySource          []Group         `json:"by_source"`
	ByLanguage        []Group         `json:"by_language"`
	Damaged           []Damage        `json:"damaged"`
}

// Counts are the pages behind each share.
type Counts struct {
	Body     int `json:"body"`
	Title    int `json:"title"`
	Day      int `json:"day"`
	Minute   int `json:"minute"`
	Authors  int `json:"authors"`
	PageType int `json:"page_type"`
	Language int `json:"language"`
	Articles int `json:"articles"`
}

// PageTypeCount is one cell of the confusion table.
type PageTypeCount struct {
	Labelled string `json:"labelled"`
	Read     string `json:"read"`
	Pages    int    `json:"pages"`
	IsRight  bool   `json:"is_right"`
}

// Group is the score of the pages of one source or language.
type Group struct {
	Name             string   `json:"name"`
	Pages            int      `json:"pages"`
	BodyPages        int      `json:"body_pages"`
	BodyF1           *float64 `json:"body_f1"`
	TitleExact       *float64 `json:"title_exact"`
	DateSameDay      *float64 `json:"date_same_day"`
	DateWithinMinute *float64 `json:"date_within_minute"`
	AuthorsExact     *float64 `json:"authors_exact"`
	AuthorsF1        *float64 `json:"authors_f1"`
	PageTypeAccuracy *float64 `json:"page_type_accuracy"`
}

// mean adds up a share.
type mean struct {
	sum   float64
	count int
}

func (m *mean) add(has bool, value float64) {
	if has {
		m.sum += value
		m.count++
	}
}

func (m *mean) addHit(has, hit bool) {
	value := 0.0
	if hit {
		value = 1
	}
	m.add(has, value)
}

func (m mean) share() *float64 {
	if m.count == 0 {
		return nil
	}
	value := m.sum / float64(m.count)
	return &value
}

// tally is the sums of one group of pages.
type tally struct {
	pages                                            int
	body, title, day, minute, authors, names, typing mean
	stored, language                                 mean
	negatives, refused                               int
	texts, garbled                                   int
}

func (t *tally) add(s Score) {
	t.pages++
	t.body.add(s.HasBody, s.BodyF1)
	t.title.addHit(s.HasTitle, s.IsTitle)
	t.day.addHit(s.HasDay, s.IsDay)
	t.minute.addHit(s.HasMinute, s.IsMinute)
	t.authors.addHit(s.HasAuthors, s.IsAuthors)
	t.names.add(s.HasAuthors, s.AuthorsF1)
	t.typing.addHit(s.GoldType != "", IsSameType(s.GoldType, s.Type))
	t.stored.addHit(s.GoldType == article.TypeArticle, IsArticleType(s.Type))
	t.language.addHit(s.HasLanguage, s.IsLanguage)
	if s.GoldType != "" && !IsArticleType(s.GoldType) {
		t.negatives++
		if !IsArticleType(s.Type) {
			t.refused++
		}
	}
	if s.HasText {
		t.texts++
	}
	if s.IsGarbled {
		t.garbled++
	}
}

// total keeps the marks of every page until the end: they come in any order, and
// sums of fractions depend on it.
type total struct {
	workers int
	marks   []mark
	damaged []Damage
}

type mark struct {
	index                int
	id, source, language string
	score                Score
	cost                 cost
}

func newTotal(workers int) *total { return &total{workers: workers, damaged: []Damage{}} }

func (t *total) add(r result) {
	switch rec := r.page.Record; {
	case r.damage != nil:
		t.damaged = append(t.damaged, *r.damage)
	case rec.ID != "":
		t.marks = append(t.marks, mark{r.index, rec.ID, rec.Source, rec.Language, r.page.Score, r.cost})
	}
}

func (t *total) report(w *watch) Report {
	slices.SortFunc(t.marks, func(a, b mark) int { return cmp.Compare(a.index, b.index) })
	slices.SortFunc(t.damaged, func(a, b Damage) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	var all tally
	sources, languages := map[string]*tally{}, map[string]*tally{}
	types := map[PageTypeCount]int{}
	for _, m := range t.marks {
		all.add(m.score)
		groupOf(sources, m.source).add(m.score)
		groupOf(languages, m.language).add(m.score)
		if s := m.score; s.GoldType != "" {
			types[PageTypeCount{Labelled: s.GoldType, Read: s.Type, IsRight: IsSameType(s.GoldType, s.Type)}]++
		}
	}
	r := Report{
		Pages: all.pages, BodyF1: all.body.share(), TitleExact: all.title.share(), DateSameDay: all.day.share(),
		DateWithinMinute: all.minute.share(), AuthorsExact: all.authors.share(), AuthorsF1: all.names.share(),
		PageTypeAccuracy: all.typing.share(), LanguageAccuracy: all.language.share(), ArticlesStored: all.stored.share(),
		NonArticlePages: all.negatives, NonArticleRefused: all.refused,
		EncodingPages: all.texts, EncodingErrors: all.garbled,
		Counts: Counts{
			Body: all.body.count, Title: all.title.count, Day: all.day.count, Minute: all.minute.count,
			Authors: all.authors.count, PageType: all.typing.count, Language: all.language.count, Articles: all.stored.count,
		},
		PageTypes: []PageTypeCount{}, BySource: groups(sources), ByLanguage: groups(languages), Damaged: t.damaged,
	}
	for cell, n := range types {
		cell.Pages = n
		r.PageTypes = append(r.PageTypes, cell)
	}
	slices.SortFunc(r.PageTypes, func(a, b PageTypeCount) int {
		return cmp.Or(cmp.Compare(a.Labelled, b.Labelled), cmp.Compare(b.Pages, a.Pages), cmp.Compare(a.Read, b.Read))
	})
	t.addCost(&r, w)
	return r
}

func (t *total) addCost(r *Report, w *watch) {
	r.IsCPUTime = hasCPUTime
	if len(t.marks) == 0 {
		return
	}
	byTime := slices.SortedFunc(slices.Values(t.marks), func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.cost.time, b.cost.time), cmp.Compare(a.index, b.index))
	})
	var sum time.Duration
	var bytes uint64
	for _, m := range byTime {
		sum += m.cost.time
		bytes += m.cost.bytes
	}
	if hasCPUTime {
		sum = w.extraction()
	}
	last := len(byTime) - 1
	r.MSPerPage = milliseconds(sum) / float64(len(byTime))
	r.MSP50 = milliseconds(byTime[last/2].cost.time)
	r.MSP99 = milliseconds(byTime[last*99/100].cost.time)
	r.MSMax, r.SlowestID = milliseconds(byTime[last].cost.time), byTime[last].id
	if t.workers == 1 {
		each := bytes / uint64(len(byTime))
		r.BytesPerPage = &each
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func groupOf(m map[string]*tally, name string) *tally {
	if m[name] == nil {
		m[name] = &tally{}
	}
	return m[name]
}

// groups lists the largest first.
func groups(m map[string]*tally) []Group {
	out := []Group{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		t := m[name]
		out = append(out, Group{
			Name: name, Pages: t.pages, BodyPages: t.body.count, BodyF1: t.body.share(), TitleExact: t.title.share(), DateSameDay: t.day.share(),
			DateWithinMinute: t.minute.share(), AuthorsExact: t.authors.share(), AuthorsF1: t.names.share(), PageTypeAccuracy: t.typing.share(),
		})
	}
	slices.SortStableFunc(out, func(a, b Group) int { return cmp.Compare(b.Pages, a.Pages) })
	return out
}
