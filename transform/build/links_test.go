package build

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	for _, night := range []string{
		"2026-09-29", "2026-09-30", "2026-10-01", "2026-10-02",
		"2026-12-30", "2026-12-31", "2027-01-01", "2027-04-01",
	} {
		mustBuild(t, b, night)
		everyObject(t, b.db)
	}

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
	for _, pillar := range []string{"spread", "influence", "reputation"} {
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

// everyObject makes every company of the nights built an object of study.
func everyObject(t *testing.T, db *sqlx.DB) {
	t.Helper()
	run(t, db, `
		delete from intermediate.int_objects_selected;
		insert into intermediate.int_objects_selected (
			night, company_id, mean_attention, object_position, nights_in, nights_out, is_object
		)
		select night, company_id, attention, 1, 0, 0, true from intermediate.int_attention_shrunk`)
}

// TestNewNormsHoldForEarlierNights holds what the first night of a quarter says
// of earlier nights against these nights, measured by its norms.
func TestNewNormsHoldForEarlierNights(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, fourQuarters+`
		select given.tone(m.company_id, m.article_id, 0.1 * mod(m.article_id, 7), 0.05 * mod(m.article_id, 6))
		from staging.mentions as m;
		update seeds.method_constants set value = 3 where constant_name = 'reputation_mentions_min';
		update seeds.method_constants set value = 0.4 where constant_name = 'strongly_negative_probability';
		select given.platform(cast(n as date), p)
		from unnest(array['2026-09-29', '2026-09-30', '2026-10-01']) as n cross join unnest(array['x', 'y']) as p;
		select given.reactions(p.night, concat('c', i), p.platform, 10 * i * i, 7 * i, i)
		from staging.platform_nights as p cross join generate_series(1, 5) as i`))
	for _, night := range []string{"2026-09-29", "2026-09-30", "2026-10-01"} {
		mustBuild(t, b, night)
		everyObject(t, b.db)
	}
	rebased := func() map[string]float64 {
		return valuesOf(t, b.db, `
			select concat(company_id, ' ', indicator) as key, raw_value as value
			from intermediate.int_values_rebased where night = '2026-10-01' and measured_night = '2026-09-30'`)
	}
	before := valuesOf(t, b.db, `
		select concat(company_id, ' ', indicator) as key, raw_value as value
		from intermediate.int_reputation_measured where night = '2026-09-30'`)
	got := rebased()
	if len(got) != 4*5 {
		t.Fatalf("%d values, want five of each of the four companies that are named", len(got))
	}
	if moved := math.Abs(got["c1 net_tone"] - before["c1 net_tone"]); moved < 1e-6 {
		t.Errorf("the norms of tone moved c1 by %v: nothing to see", moved)
	}
	// The night itself, by the norms of the new quarter.
	run(t, b.db, `
		delete from intermediate.int_tone_norms_frozen where night = '2026-09-30';
		insert into intermediate.int_tone_norms_frozen (
			night, scope, scope_key, net_tone, strong_negative_share, reference_id, is_declared
		)
		select date '2026-09-30', scope, scope_key, net_tone, strong_negative_share, reference_id, is_declared
		from intermediate.int_tone_norms_frozen where night = '2026-10-01';
		update intermediate.int_reaction_norms_frozen as o
		set median_value = n.median_value
		from intermediate.int_reaction_norms_frozen as n
		where o.night = '2026-09-30' and n.night = '2026-10-01' and n.platform = o.platform and n.measure = o.measure`)
	want := map[string]float64{}
	for _, m := range b.intermediate {
		if m.Table != "intermediate.int_reputation_measured" && m.Table != "intermediate.int_influence_measured" {
			continue
		}
		for key, value := range valuesOf(t, b.db, `
			select concat(company_id, ' ', indicator) as key, raw_value as value
			from (`+strings.ReplaceAll(m.SQL, "$1", "'2026-09-30'")+`) as model
			where indicator in ('net_tone', 'no_strong_negative', 'likes', 'shares', 'comments')`) {
			want[key] = value
		}
	}
	for key, value := range want {
		if math.Abs(got[key]-value) > 1e-9 {
			t.Errorf("%s is %.12f, want %.12f", key, got[key], value)
		}
	}
	if len(want) != len(got) {
		t.Errorf("%d values, want %d", len(got), len(want))
	}
	// On other nights of the quarter there is nothing to take anew.
	mustBuild(t, b, "2026-10-02")
	if later := valuesOf(t, b.db, `
		select company_id as key, raw_value as value
		from intermediate.int_values_rebased where night <> '2026-10-01'`); len(later) > 0 {
		t.Errorf("values of other nights: %v", later)
	}
}

// TestAMissingPillarSharesItsWeight leaves a night without reputation.
func TestAMissingPillarSharesItsWeight(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, twoNights))
	breakModel(t, b, "intermediate.int_reputation_measured",
		"not m.is_sufficient as is_insufficient\nfrom measured as m",
		"not m.is_sufficient as is_insufficient\nfrom measured as m where m.company_id = 'nobody'")
	mustBuild(t, b, "2026-11-20")
	mustPublish(t, b, "2026-11-20", publishedAt)
	weights := valuesOf(t, b.db, `
		select pillar as key, weight as value from intermediate.int_pillars_scored where company_id = 'acme'`)
	for pillar, want := range map[string]float64{"spread": 0.4 / 0.7, "influence": 0.3 / 0.7, "reputation": 0} {
		if math.Abs(weights[pillar]-want) > 1e-9 {
			t.Errorf("%s weighs %v, want %v", pillar, weights[pillar], want)
		}
	}
	want := [][]string{
		{"company_id", "reputation_score", "is_reputation_insufficient", "is_influence_partial"},
		{"acme", "", "true", "true"},
		{"beta", "", "true", "true"},
	}
	if diff := cmp.Diff(want, readTable(t, b.db, "marts.company_rankings", want[0])); diff != "" {
		t.Errorf("ranking differs (-want +got):\n%s", diff)
	}
}

// valuesOf reads rows of a key and a value.
func valuesOf(t *testing.T, db *sqlx.DB, query string) map[string]float64 {
	t.Helper()
	var rows []struct {
		Key   string  `db:"key"`
		Value float64 `db:"value"`
	}
	if err := db.SelectContext(t.Context(), &rows, query); err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, r := range rows {
		found[r.Key] = r.Value
	}
	return found
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
