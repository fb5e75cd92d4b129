package build

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/index"
)

// indexNights are the nights of testdata/index.sql.
var indexNights = []string{
	"2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13", "2026-11-14",
	"2026-11-15", "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20",
}

const indexNight = "2026-11-20"

// newIndexDB has the press of testdata/index.sql, built.
func newIndexDB(t testing.TB) (*sqlx.DB, *Builder) {
	t.Helper()
	given, err := os.ReadFile(filepath.Join("testdata", "index.sql"))
	if err != nil {
		t.Fatal(err)
	}
	db := newDB(t, string(given))
	b := newBuilder(t, db)
	mustBuild(t, b, indexNights...)
	return db, b
}

func mustReadIndex(t testing.TB, db *sqlx.DB, night string) *index.Input {
	t.Helper()
	tx, err := db.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	in, err := readIndex(t.Context(), tx, night)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestIndexInMemoryIsThatOfTheSQL holds every number of the evaluation that
// changes nothing against the tables.
func TestIndexInMemoryIsThatOfTheSQL(t *testing.T) {
	t.Parallel()
	warehousetest.SkipLong(t)
	db, _ := newIndexDB(t)
	in := mustReadIndex(t, db, indexNight)
	if len(in.Mentions) == 0 || len(in.Stories) == len(in.Mentions) || in.Cells[0].OlderAttention <= 0 {
		t.Fatalf("the fixture shows too little: %d mentions of %d stories, %g older",
			len(in.Mentions), len(in.Stories), in.Cells[0].OlderAttention)
	}
	got := index.Evaluate(in, nil)
	compareIndicators(t, db, in, got)
	compareScores(t, db, in, got)
}

// isNear allows for the 12 decimals of the tables.
func isNear(a, b float64) bool {
	return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a))
}

func compareIndicators(t *testing.T, db *sqlx.DB, in *index.Input, got *index.Scores) {
	t.Helper()
	var rows []struct {
		CompanyID   string   `db:"company_id"`
		Indicator   string   `db:"indicator"`
		IsMissing   bool     `db:"is_missing"`
		Raw         *float64 `db:"raw_value"`
		Transformed *float64 `db:"transformed_value"`
		Normalised  *float64 `db:"normalised_value"`
		Weight      float64  `db:"weight"`
	}
	err := db.SelectContext(t.Context(), &rows, `
		select s.company_id, s.indicator, s.is_missing, s.raw_value, s.transformed_value, s.normalised_value, s.weight
		from intermediate.int_indicators_scored as s
		where s.night = cast($1 as date)
		order by s.company_id collate "C"`, indexNight)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(in.Companies)*index.IndicatorCount {
		t.Fatalf("%d indicators of %d companies", len(rows), len(in.Companies))
	}
	byName := map[string]index.IndicatorScore{}
	for c, company := range in.Companies {
		for i := range index.IndicatorCount {
			byName[company.ID+" "+index.Indicator(i).String()] = got.Indicator(c, index.Indicator(i))
		}
	}
	measured := map[string]int{}
	for _, want := range rows {
		found := byName[want.CompanyID+" "+want.Indicator]
		if found.IsMissing != want.IsMissing {
			t.Errorf("%s of %s: missing %t, want %t", want.Indicator, want.CompanyID, found.IsMissing, want.IsMissing)
			continue
		}
		if want.IsMissing {
			continue
		}
		measured[want.Indicator]++
		if !isNear(found.Raw, *want.Raw) || !isNear(found.Transformed, *want.Transformed) ||
			!isNear(found.Normalised, *want.Normalised) || !isNear(found.Weight, want.Weight) {
			t.Errorf("%s of %s: %+v, want raw %.12f, f %.12f, y %.12f, v %.12f", want.Indicator, want.CompanyID,
				found, *want.Raw, *want.Transformed, *want.Normalised, want.Weight)
		}
	}
	if len(measured) < index.IndicatorCount {
		t.Errorf("the fixture measures %d of %d indicators: %v", len(measured), index.IndicatorCount, measured)
	}
}

func compareScores(t *testing.T, db *sqlx.DB, in *index.Input, got *index.Scores) {
	t.Helper()
	var rows []struct {
		CompanyID string  `db:"company_id"`
		Score     float64 `db:"score"`
		Rank      int     `db:"rank_position"`
	}
	err := db.SelectContext(context.WithoutCancel(t.Context()), &rows, `
		select s.company_id, s.score, coalesce(r.rank_position, 0) as rank_position
		from intermediate.int_companies_scored as s
		left join intermediate.int_companies_ranked as r
			on r.night = s.night and r.company_id = s.company_id
		where s.night = cast($1 as date)
		order by s.company_id collate "C"`, indexNight)
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range rows {
		if want.CompanyID != in.Companies[c].ID || !isNear(got.Score[c], want.Score) || got.Rank[c] != want.Rank {
			t.Errorf("%s: score %.12f rank %d, want %s %.12f %d", in.Companies[c].ID, got.Score[c], got.Rank[c],
				want.CompanyID, want.Score, want.Rank)
		}
	}
}
