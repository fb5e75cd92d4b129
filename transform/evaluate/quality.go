package evaluate

import (
	"time"

	"github.com/overheard-news/overheard/sql/seeds"
)

// Quality gives the figures of extraction as rows of the table of quality, without
// intervals.
func (r Report) Quality(setName, split string, measured time.Time) []seeds.Quality {
	var rows []seeds.Quality
	for _, f := range []struct {
		measure string
		value   *float64
		count   int
	}{
		{"body_f1", r.BodyF1, r.Counts.Body}, {"title_exact", r.TitleExact, r.Counts.Title},
		{"date_same_day", r.DateSameDay, r.Counts.Day}, {"date_within_minute", r.DateWithinMinute, r.Counts.Minute},
		{"authors_exact", r.AuthorsExact, r.Counts.Authors}, {"page_type_accuracy", r.PageTypeAccuracy, r.Counts.PageType},
		{"language_accuracy", r.LanguageAccuracy, r.Counts.Language},
	} {
		if f.value != nil {
			rows = append(rows, seeds.Quality{
				Stage: "extraction", Set: setName, Split: split, Breakdown: "all", Part: "all", Measure: f.measure,
				Value: decimal(f.value), Count: f.count, MeasuredOn: measured,
			})
		}
	}
	return rows
}
