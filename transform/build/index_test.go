package build

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/transform/index"
)

// indexNights are the nights of testdata/index.sql.
var indexNights = []string{
	"2026-11-13", "2026-11-14", "2026-11-15", "2026-11-16",
	"2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20",
}

const indexNight = "2026-11-20"

// newIndexDB has the press of testdata/index.sql, built.
func newIndexDB(t testing.TB) (*sqlx.DB, *Builder) {
	t.Helper()
	db := newDB(t, readIndexFixture(t))
	b := newBuilder(t, db)
	mustBuild(t, b, indexNights...)
	return db, b
}

func readIndexFixture(t testing.TB) string {
	t.Helper()
	given, err := os.ReadFile(filepath.Join("testdata", "index.sql"))
	if err != nil {
		t.Fatal(err)
	}
	return string(given)
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

// TestIndexInMemory holds what is computed in memory against what SQL computes.
func TestIndexInMemory(t *testing.T) {
	t.Parallel()
	db, _ := newIndexDB(t)
	t.Run("is that of the tables", func(t *testing.T) { compareWithTables(t, db) })
	t.Run("has the replicates of plain SQL", func(t *testing.T) { compareReplicates(t, db) })
}

// compareWithTables holds every number of the evaluation that changes nothing
// against the tables.
func compareWithTables(t *testing.T, db *sqlx.DB) {
	t.Helper()
	in := mustReadIndex(t, db, indexNight)
	if len(in.Mentions) == 0 || len(in.Stories) == len(in.Mentions) || in.Cells[0].OlderAttention <= 0 {
		t.Fatalf("the fixture shows too little: %d mentions of %d stories, %g older",
			len(in.Mentions), len(in.Stories), in.Cells[0].OlderAttention)
	}
	got := index.Evaluate(in, nil)
	compareIndicators(t, db, in, got)
	compareScores(t, db, in, got)
	compareComprehensive(t, db, in, got)
}

// isNear allows for the 12 decimals of the tables.
func isNear(a, b float64) bool {
	return math.Abs(a-b) <= 2e-12+1e-9*math.Abs(a)
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

func compareComprehensive(t *testing.T, db *sqlx.DB, in *index.Input, got *index.Scores) {
	t.Helper()
	var rows []struct {
		CompanyID string  `db:"company_id"`
		Score     float64 `db:"score"`
	}
	err := db.SelectContext(t.Context(), &rows, `
		select e.company_id, e.score
		from intermediate.int_companies_comprehended as e
		where e.night = cast($1 as date) and e.score > 1`, indexNight)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 4 || len(in.Labels) == 0 {
		t.Errorf("the fixture shows too little: %d companies with a comprehensive score", len(rows))
	}
	for _, want := range rows {
		c := slices.IndexFunc(in.Companies, func(c index.Company) bool { return c.ID == want.CompanyID })
		if !isNear(got.Comprehensive[c], want.Score) {
			t.Errorf("comprehensive score of %s: %.12f, want %.12f", want.CompanyID, got.Comprehensive[c], want.Score)
		}
	}
}

// compareReplicates computes replicates in SQL, hash included
// (testdata/replicate.sql), and holds the raw values against the evaluation with
// the weights drawn here.
func compareReplicates(t *testing.T, db *sqlx.DB) {
	t.Helper()
	reference, err := os.ReadFile(filepath.Join("testdata", "replicate.sql"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, db, string(reference))
	in := mustReadIndex(t, db, indexNight)
	for _, replicate := range []int{1, 2, 3, 500} {
		got := index.Evaluate(in, index.Draw(in, replicate))
		found := map[string]float64{}
		for c, company := range in.Companies {
			for i := range index.IndicatorCount {
				if score := got.Indicator(c, index.Indicator(i)); !score.IsMissing {
					found[company.ID+" "+index.Indicator(i).String()] = score.Raw
				}
			}
		}
		var rows []struct {
			CompanyID string  `db:"company_id"`
			Indicator string  `db:"indicator"`
			Raw       float64 `db:"raw_value"`
		}
		err := db.SelectContext(t.Context(), &rows, "select * from given.replicate($1, $2)", indexNight, replicate)
		if err != nil {
			t.Fatal(err)
		}
		compared := map[string]int{}
		for _, want := range rows {
			compared[want.Indicator]++
			if got, isKnown := found[want.CompanyID+" "+want.Indicator]; !isKnown || !isNear(got, want.Raw) {
				t.Errorf("replicate %d, %s of %s: %.12f, want %.12f", replicate, want.Indicator, want.CompanyID, got, want.Raw)
			}
		}
		if len(compared) != 6 {
			t.Errorf("replicate %d compares %v, want six indicators", replicate, compared)
		}
	}
}

// uncertainty is all that the step writes for a night, as text.
func uncertainty(t *testing.T, db *sqlx.DB) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, table := range uncertaintyStep.tables() {
		var rows []string
		err := db.SelectContext(t.Context(), &rows, "select cast(r as text) from "+table+` as r
			where r.night = cast($1 as date)
			order by cast(r as text) collate "C"`, indexNight)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			t.Errorf("%s is empty", table)
		}
		found[table] = rows
	}
	return found
}

// TestIntervalsDoNotDependOnTheOrderOfRows numbers all articles backwards, which
// is as if they had been loaded in another order, and moves rows about.
func TestIntervalsDoNotDependOnTheOrderOfRows(t *testing.T) {
	t.Parallel()
	db, b := newIndexDB(t)
	want := uncertainty(t, db)
	run(t, db, `update intermediate.int_voices_described set weight = weight where article_id % 2 = 0`)
	run(t, db, `update intermediate.int_outlet_company_sums_decayed set mention_sum = mention_sum where outlet_id < 'o5'`)
	run(t, db, `update intermediate.int_company_tones_decayed set toned_sum = toned_sum where company_id < 'c4'`)
	mustBuild(t, b, indexNight)
	if diff := cmp.Diff(want, uncertainty(t, db)); diff != "" {
		t.Errorf("moved rows change the intervals (-before +after):\n%s", diff)
	}
	const numbered = "row_number() over (order by n.night, o, i)"
	fixture := readIndexFixture(t)
	if !strings.Contains(fixture, numbered) {
		t.Fatalf("the fixture numbers its articles in another way than %s", numbered)
	}
	other := newDB(t, strings.Replace(fixture, numbered, "row_number() over (order by n.night desc, o desc, i)", 1))
	mustBuild(t, newBuilder(t, other), indexNights...)
	if diff := cmp.Diff(want, uncertainty(t, other)); diff != "" {
		t.Errorf("other numbers of articles change the intervals (-before +after):\n%s", diff)
	}
}

// TestARankOutsideItsIntervalIsTold publishes intervals as they are, and then with
// one end moved.
func TestARankOutsideItsIntervalIsTold(t *testing.T) {
	t.Parallel()
	b := published(t)
	const check = "rank_is_outside_its_interval"
	isTold := func() bool {
		mustBuild(t, b, "2026-11-21")
		warnings := mustPublish(t, b, "2026-11-21", publishedAt).Warnings()
		return slices.ContainsFunc(warnings, func(w CheckResult) bool { return w.Name == check })
	}
	if isTold() {
		t.Error("intervals as they are make a warning")
	}
	m := slices.IndexFunc(b.marts, func(m Model) bool { return m.Table == "marts.company_rankings" })
	changed := strings.Replace(b.marts[m].SQL, "i.rank_low,", "r.rank_position + 1 as rank_low,", 1)
	if changed == b.marts[m].SQL {
		t.Fatal("the model has no rank_low to change")
	}
	b.marts[m].SQL = changed
	if !isTold() {
		t.Error("a rank above its interval makes no warning")
	}
}
