package evaluate

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// TestOnRecordedPages holds the floors of every field on the shared pages. The
// floors stand a little below what was measured, so that a change that loses more
// than a page or two is seen; go test -v prints the figures.
func TestOnRecordedPages(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("OVERHEARD_SHARED")
	if shared == "" {
		t.Skip("OVERHEARD_SHARED is not set")
	}
	warehousetest.SkipLong(t)
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) // after every page of the set
	got, err := Extraction(t.Context(), slog.New(slog.DiscardHandler), []string{filepath.Join(shared, "corpus", "dev.jsonl")}, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		name  string
		got   *float64
		floor float64
	}{
		{"title exact", got.TitleExact, .83},
		{"same day", got.DateSameDay, .905},
		{"within a minute", got.DateWithinMinute, .89},
		{"authors exact", got.AuthorsExact, .71},
		{"authors F1", got.AuthorsF1, .735},
		{"page type", got.PageTypeAccuracy, .975},
		{"language", got.LanguageAccuracy, .975},
		{"articles kept", got.ArticlesStored, .99},
	} {
		t.Logf("%s %.4f", f.name, *f.got)
		if *f.got < f.floor {
			t.Errorf("%s %.4f, want at least %.3f", f.name, *f.got, f.floor)
		}
	}
	t.Logf("%d of %d non-articles refused, %d of %d texts garbled, %.1f ms a page, at most %.0f (%s)", got.NonArticleRefused, got.NonArticlePages, got.EncodingErrors, got.EncodingPages, got.MSPerPage, got.MSMax, got.SlowestID)
	if got.NonArticleRefused < 13 {
		t.Errorf("%d non-articles refused, want at least 13", got.NonArticleRefused)
	}
	if got.EncodingErrors > 1 {
		t.Errorf("%d texts garbled", got.EncodingErrors)
	}
	if len(got.Damaged) > 0 {
		t.Errorf("damaged lines: %v", got.Damaged)
	}
}
