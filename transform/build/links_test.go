package build

import (
	"math"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"
)

// fourQuarters is a press whose companies are read unlike, over nights of four
// quarters; two nights make a reference.
const fourQuarters = `
update seeds.method_constants set value = 2 where constant_name = 'reference_nights_min';
select given.company(concat('c', i)) from generate_series(1, 6) as i;
select given.outlet(concat('o', i), concat('p', i), (array['GB', 'FR', 'US', 'TV'])[i], 1 + mod(i, 3))
from generate_series(1, 4) as i;
select given.article(cast(n as date), concat('o', 1 + mod(i, 4)), row_number() over (order by n, i), concat(n, i))
from unnest(array['2026-09-29', '2026-09-30', '2026-10-01', '2026-10-02', '2026-12-30', '2026-12-31', '2027-01-01', '2027-04-01']) as n
cross join generate_series(1, 24) as i;
select given.mention(a.night, concat('c', 1 + mod(a.article_id * a.article_id, 6)), a.article_id,
	(array['headline', 'lead', 'body'])[1 + mod(a.article_id, 3)])
from staging.articles as a where mod(a.article_id, 2) = 0 or mod(a.article_id, 7) = 0;
`

// TestANewBasisIsLinked works the factors out by themselves: the geometric mean
// of k * P over the last nights is the same by the old basis and by the new.
func TestANewBasisIsLinked(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, fourQuarters))
	mustBuild(t, b, "2026-09-29", "2026-09-30", "2026-10-01", "2026-10-02",
		"2026-12-30", "2026-12-31", "2027-01-01", "2027-04-01")

	declared := basisOf(t, b.db, "2026-09-30")
	first := basisOf(t, b.db, "2026-10-01")
	for pillar, k := range declared.links {
		if k != 1 {
			t.Errorf("before the first new basis %s is linked by %v, want 1", pillar, k)
		}
	}
	if declared.posts["attention"] == first.posts["attention"] {
		t.Error("the goalposts of attention are the declared ones, want those of the reference")
	}
	if got := basisOf(t, b.db, "2026-10-02"); got.links["spread"] != first.links["spread"] ||
		got.posts["attention"] != first.posts["attention"] || got.id != first.id {
		t.Errorf("the basis moved within the quarter: %v, want %v", got, first)
	}
	if math.Abs(first.links["spread"]-1) < 0.01 {
		t.Errorf("spread is linked by %v: nothing to see", first.links["spread"])
	}
	second := basisOf(t, b.db, "2027-01-01")
	for _, pillar := range []string{"spread", "influence"} {
		want := linkOf(t, b.db, pillar, first, "2026-09-29", "2026-09-30")
		if got := first.links[pillar]; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is linked by %.12f, want %.12f", pillar, got, want)
		}
		// The next basis is linked to what the first was linked to.
		want *= linkOf(t, b.db, pillar, second, "2026-12-30", "2026-12-31")
		if got := second.links[pillar]; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is linked again by %.12f, want %.12f", pillar, got, want)
		}
	}
	// Nothing was built in the two weeks before the fourth quarter: nothing can
	// be compared, and the factors stay.
	if got := basisOf(t, b.db, "2027-04-01"); got.id == second.id || got.links["spread"] != second.links["spread"] {
		t.Errorf("basis of the fourth quarter: %s linked by %v, want another by %v", got.id, got.links["spread"], second.links["spread"])
	}
}

// basis is what scores of a night are held against.
type basis struct {
	id    string
	posts map[string][2]float64
	links map[string]float64
}

func basisOf(t *testing.T, db *sqlx.DB, night string) basis {
	t.Helper()
	found := basis{posts: map[string][2]float64{}, links: map[string]float64{}}
	var posts []struct {
		Indicator   string  `db:"indicator"`
		Low         float64 `db:"low"`
		High        float64 `db:"high"`
		ReferenceID string  `db:"reference_id"`
	}
	if err := db.SelectContext(t.Context(), &posts, `
		select indicator, low, high, reference_id
		from intermediate.int_goalposts_frozen where night = $1`, night); err != nil {
		t.Fatal(err)
	}
	for _, p := range posts {
		found.id, found.posts[p.Indicator] = p.ReferenceID, [2]float64{p.Low, p.High}
	}
	var links []struct {
		Pillar     string  `db:"pillar"`
		LinkFactor float64 `db:"link_factor"`
	}
	if err := db.SelectContext(t.Context(), &links, `
		select pillar, link_factor from intermediate.int_links_frozen where night = $1`, night); err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		found.links[l.Pillar] = l.LinkFactor
	}
	return found
}

// linkOf is by what the new basis scores less than that of the nights.
func linkOf(t *testing.T, db *sqlx.DB, pillar string, next basis, nights ...string) float64 {
	t.Helper()
	var rows []struct {
		Night            string  `db:"night"`
		CompanyID        string  `db:"company_id"`
		Indicator        string  `db:"indicator"`
		TransformedValue float64 `db:"transformed_value"`
		NormalisedValue  float64 `db:"normalised_value"`
		Weight           float64 `db:"weight"`
	}
	if err := db.SelectContext(t.Context(), &rows, `
		select cast(night as text) as night, company_id, indicator, transformed_value, normalised_value, weight
		from intermediate.int_indicators_scored where pillar = $1 and not is_missing`, pillar); err != nil {
		t.Fatal(err)
	}
	before, after := map[string]float64{}, map[string]float64{}
	for _, r := range rows {
		if !slices.Contains(nights, r.Night) {
			continue
		}
		posts := next.posts[r.Indicator]
		y := 100 * min(max((r.TransformedValue-posts[0])/(posts[1]-posts[0]), 0), 1.2)
		before[r.Night+r.CompanyID] += r.Weight * r.NormalisedValue
		after[r.Night+r.CompanyID] += r.Weight * y
	}
	if len(before) == 0 {
		t.Fatalf("no scores of %s on %v", pillar, nights)
	}
	sum := 0.0
	for key := range before {
		sum += math.Log(max(before[key], 1) / max(after[key], 1))
	}
	return math.Exp(sum / float64(len(before)))
}
