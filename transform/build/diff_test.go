package build

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRankingDiff backfills five nights: an article is added to the first and one
// is taken from it, the second only carries that, the third is new, the fourth is
// refused, and of the fifth nothing is asked but matching.
func TestRankingDiff(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, twoNights+`
		select given.article('2026-11-22', concat('o', i), 20 + i, concat('c', i))
		from generate_series(1, 4) as i;
		select given.mention('2026-11-22', 'acme', 21);
		select given.article('2026-11-23', 'o1', 31, 'd');
		select given.article('2026-11-24', 'o1', 41, 'e');
		insert into ops.backfill_items (
			backfill_id, job, scope, night, source, request_count, byte_count,
			article_count, estimated_duration, revision_before
		)
		select 5, 'rebuild', '', night, 'sql', 0, 0, 0, interval '0', revision
		from (
			values (date '2026-11-20', 1), ('2026-11-21', 1), ('2026-11-22', null), ('2026-11-23', null)
		) as n (night, revision)
		union all
		select 5, 'backfill', 'o1', cast(night as date), 'live', 0, 0, 0, interval '0', null
		from generate_series(cast('2026-11-20' as timestamp), '2026-11-24', '1 day') as night;
		insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at, backfill_id, error)
		select 'rebuild', '', night, state, 'backfill', 1, '2026-11-25', 5, error
		from (
			values
				(date '2026-11-20', 'done', null), ('2026-11-21', 'done', null), ('2026-11-22', 'done', null),
				('2026-11-23', 'failed', 'night 2026-11-23 refused at publish')
		) as n (night, state, error);
		insert into ops.backfill_changes (backfill_id, night, article_id, company_id, change, run_id)
		values
			(5, '2026-11-20', 90, '', 'article_added', 1),
			(5, '2026-11-20', 90, 'beta', 'mention_added', 1),
			(5, '2026-11-20', 91, 'beta', 'mention_added', 1),
			(5, '2026-11-20', 1, 'acme', 'mention_removed', 1),
			(4, '2026-11-20', 2, 'acme', 'mention_added', 1)`))
	for _, night := range []string{"2026-11-20", "2026-11-21"} {
		mustBuild(t, b, night)
		mustPublish(t, b, night, publishedAt)
	}
	run(t, b.db, `
		select given.article('2026-11-20', 'o2', 90, 'passing'), given.article('2026-11-20', 'o3', 91, 'headline');
		select given.mention('2026-11-20', 'beta', 90), given.mention('2026-11-20', 'beta', 91);
		update staging.mentions set salience = 1 where article_id = 91;
		delete from staging.mentions where article_id = 1 and company_id = 'acme'`)
	for _, night := range []string{"2026-11-20", "2026-11-21", "2026-11-22"} {
		mustBuild(t, b, night)
		mustPublish(t, b, night, publishedAt.Add(time.Hour))
	}

	got, err := RankingDiff(t.Context(), b.db, 5)
	if err != nil {
		t.Fatal(err)
	}
	added := func(id int64, outlet, title string) ArticleChange {
		return ArticleChange{
			ArticleID: id, Night: "2026-11-20", Change: "mention_added", OutletID: outlet, Title: title,
			URL: "https://" + outlet + ".example/9" + string(rune('0'+id-90)),
		}
	}
	byBeta := []ArticleChange{added(91, "o3", "headline"), added(90, "o2", "passing")}
	byAcme := []ArticleChange{{
		ArticleID: 1, Night: "2026-11-20", Change: "mention_removed", OutletID: "o1", Title: "a1",
		URL: "https://o1.example/1",
	}}
	want := Diff{
		BackfillID: 5, UnchangedCount: 0, ChangedCount: 2, NewCount: 1, UnpublishedCount: 2,
		Changes: map[string]int64{"article_added": 1, "mention_added": 2, "mention_removed": 1},
		Nights: []NightDiff{
			{
				Night: "2026-11-20", State: NightChanged, RevisionBefore: new(1), RevisionAfter: new(2),
				ArticlesBefore: new(4), ArticlesAfter: new(6), CoverageBefore: new(1.0), CoverageAfter: new(1.0),
				Moves: Moves{MovedCount: 2, ChangedCount: 2, Companies: []CompanyMove{
					{
						CompanyID: "beta", Name: "BETA", RankBefore: new(2), RankAfter: new(1),
						ArticleCountBefore: 1, ArticleCountAfter: 3, ChangeCount: 2, Articles: byBeta,
					},
					{
						CompanyID: "acme", Name: "ACME", RankBefore: new(1), RankAfter: new(2),
						ArticleCountBefore: 3, ArticleCountAfter: 2, ChangeCount: 1, Articles: byAcme,
					},
				}},
			},
			{
				Night: "2026-11-21", State: NightChanged, RevisionBefore: new(1), RevisionAfter: new(2),
				ArticlesBefore: new(4), ArticlesAfter: new(4), CoverageBefore: new(1.0), CoverageAfter: new(1.0),
				Moves: Moves{Companies: []CompanyMove{}},
			},
			{
				Night: "2026-11-22", State: NightNew, RevisionAfter: new(1),
				ArticlesAfter: new(4), CoverageAfter: new(1.0),
				Moves: Moves{MovedCount: 2, ChangedCount: 2, Companies: []CompanyMove{
					{
						CompanyID: "beta", Name: "BETA", RankAfter: new(1),
						ChangeCount: 2, Articles: byBeta,
					},
					{
						CompanyID: "acme", Name: "ACME", RankAfter: new(2), ArticleCountAfter: 1,
						ChangeCount: 1, Articles: byAcme,
					},
				}},
			},
			{
				Night: "2026-11-23", State: NightUnpublished, Reason: new("night 2026-11-23 refused at publish"),
				Moves: Moves{Companies: []CompanyMove{}},
			},
			{
				Night: "2026-11-24", State: NightUnpublished, Reason: new("the plan does not build it"),
				Moves: Moves{Companies: []CompanyMove{}},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("diff differs (-want +got):\n%s", diff)
	}

	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var again Diff
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("JSON loses something (-before +after):\n%s", diff)
	}
	var out strings.Builder
	if err := got.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wantDiffText, out.String()); diff != "" {
		t.Errorf("text differs (-want +got):\n%s", diff)
	}
}

const wantDiffText = `Nights: 2 changed, 1 new, 0 unchanged, 2 not published
Changed: 1 articles added, 2 mentions added, 1 mentions removed

2026-11-20  changed, revision 1 → 2, articles 4 → 6, coverage 100 % → 100 %, 2 companies moved
  BETA: position 2 → 1, articles 1 → 3
    2026-11-20 mention added, o3: headline https://o3.example/91
    2026-11-20 mention added, o2: passing https://o2.example/90
  ACME: position 1 → 2, articles 3 → 2
    2026-11-20 mention removed, o1: a1 https://o1.example/1

2026-11-21  changed, revision 1 → 2, articles 4 → 4, coverage 100 % → 100 %, 0 companies moved

2026-11-22  new, articles none → 4, coverage none → 100 %, 2 companies moved
  BETA: position none → 1, articles 0 → 0
    2026-11-20 mention added, o3: headline https://o3.example/91
    2026-11-20 mention added, o2: passing https://o2.example/90
  ACME: position none → 2, articles 0 → 1
    2026-11-20 mention removed, o1: a1 https://o1.example/1

2026-11-23  not published: night 2026-11-23 refused at publish

2026-11-24  not published: the plan does not build it
`

func TestALongReasonIsCutInText(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]string{
		"refused:\n  rows":               "refused: rows",
		strings.Repeat("é", reasonMax):   strings.Repeat("é", reasonMax),
		strings.Repeat("é", reasonMax+1): strings.Repeat("é", reasonMax) + " ...",
	} {
		if diff := cmp.Diff(want, shortened(reason)); diff != "" {
			t.Errorf("reason differs (-want +got):\n%s", diff)
		}
	}
}

// TestRankingDiffIsBounded compares two rankings of 60 companies turned upside
// down, each moved by 8 articles.
func TestRankingDiffIsBounded(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, `
		insert into marts.nights (
			night, article_count, story_count, mention_count, company_count, outlet_count, country_count,
			language_count, panel_outlet_count, panel_outlet_up_count, panel_coverage_share, is_degraded,
			method_version, panel_id, revision, published_at, published_date
		)
		values ('2026-11-20', 1, 1, 1, 60, 1, 1, 1, 1, 1, 1, false, 'v', 'p', 2, '2026-11-21', '2026-11-21');
		insert into marts.company_ranking_revisions (
			night, revision, company_id, rank_position, article_count, story_count, voice_count,
			outlet_count, country_count, language_count, published_at, published_date
		)
		select '2026-11-20', r, concat('c', i), case when r = 1 then i else 61 - i end, i, 1, 1, 1, 1, 1, '2026-11-21', '2026-11-21'
		from generate_series(1, 60) as i cross join generate_series(1, 2) as r;
		insert into ops.backfill_items (
			backfill_id, job, scope, night, source, request_count, byte_count,
			article_count, estimated_duration, revision_before
		)
		values (5, 'rebuild', '', '2026-11-20', 'sql', 0, 0, 0, '0', 1);
		insert into ops.backfill_changes (backfill_id, night, article_id, company_id, change, run_id)
		select 5, '2026-11-20', 100 * i + j, concat('c', i), 'mention_added', 1
		from generate_series(1, 60) as i cross join generate_series(1, 8) as j`))
	diff, err := RankingDiff(t.Context(), b.db, 5)
	if err != nil {
		t.Fatal(err)
	}
	night := diff.Nights[0]
	if night.MovedCount != 60 || len(night.Companies) != movesMax {
		t.Fatalf("%d of %d companies are told, want 20 of 60", len(night.Companies), night.MovedCount)
	}
	first, last := night.Companies[0], night.Companies[movesMax-1]
	if first.CompanyID != "c1" || *first.RankAfter != 60 || last.CompanyID != "c51" || *last.RankAfter != 10 {
		t.Errorf("first %s to %d, last %s to %d; want c1 to 60 and c51 to 10",
			first.CompanyID, *first.RankAfter, last.CompanyID, *last.RankAfter)
	}
	if first.ChangeCount != 8 || len(first.Articles) != articlesMax {
		t.Errorf("%d of %d articles are told, want 5 of 8", len(first.Articles), first.ChangeCount)
	}
}
