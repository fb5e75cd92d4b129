package build

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// revisionsOf is what is kept of the publications of both nights, in words.
func revisionsOf(t *testing.T, b *Builder) []string {
	t.Helper()
	var rows []string
	err := b.db.SelectContext(t.Context(), &rows, `
		select concat(
			n.night, ' ', n.revision, ' at ', to_char(n.published_at at time zone 'UTC', 'HH24:MI'),
			': ', n.article_count, ' articles, ',
			string_agg(concat(r.company_id, ' ', r.article_count), ', ' order by r.rank_position),
			case when bool_or(standing.night is not null and i.value is distinct from r.attention) then ' but for the attention' end
		)
		from marts.night_revisions as n
		inner join marts.company_ranking_revisions as r
			on r.night = n.night and r.revision = n.revision and r.published_at = n.published_at
		left join marts.nights as standing on standing.night = n.night and standing.revision = n.revision
		left join marts.company_indicators as i
			on i.night = standing.night and i.company_id = r.company_id and i.indicator = 'attention'
		group by n.night, n.revision
		order by n.night, n.revision`)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// takeAway deletes what is published of a night, as an operator could.
func takeAway(t *testing.T, b *Builder, night string) {
	t.Helper()
	tx, err := b.db.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	tables, err := readCatalog(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	inKeyOrder, err := orderByReferences(b.marts, tables)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range slices.Backward(inKeyOrder) {
		if m.Rebuild != RebuildNight {
			continue
		}
		if _, err := tx.ExecContext(t.Context(), "delete from "+m.Table+" where night = $1", night); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestEveryPublicationIsKept(t *testing.T) {
	t.Parallel()
	b := published(t)
	mustBuild(t, b, "2026-11-20")
	mustPublish(t, b, "2026-11-20", publishedAt.Add(time.Hour)) // nothing changed
	run(t, b.db, `
		select given.article('2026-11-20', 'o1', 99, 'late');
		select given.mention('2026-11-20', 'beta', 99)`)
	mustBuild(t, b, "2026-11-20")
	mustPublish(t, b, "2026-11-20", publishedAt.Add(2*time.Hour))

	// Refused: what stands goes on standing, and nothing is kept of the attempt.
	run(t, b.db, `insert into ops.outlet_runs values (1, 'o1', 5, 2, 0, 1, 0, 0, 0, null, '2026-11-21')`)
	run(t, b.db, `select given.article('2026-11-21', 'o1', 98, 'later')`)
	mustBuild(t, b, "2026-11-21")
	_, err := b.Publish(t.Context(), 7, date("2026-11-21"), publishedAt.Add(3*time.Hour))
	wantRefusal(t, b.db, err, StagePublish, "ledger_does_not_close")

	// Taken away by hand: its number is not given again.
	run(t, b.db, "delete from ops.outlet_runs where run_id = 1")
	takeAway(t, b, "2026-11-21")
	mustPublish(t, b, "2026-11-21", publishedAt.Add(4*time.Hour))

	want := []string{
		"2026-11-20 1 at 06:00: 4 articles, acme 3, beta 1",
		"2026-11-20 2 at 08:00: 5 articles, acme 3, beta 2",
		"2026-11-21 1 at 06:00: 4 articles, beta 4, acme 0",
		"2026-11-21 2 at 10:00: 5 articles, beta 4, acme 0",
	}
	if diff := cmp.Diff(want, revisionsOf(t, b)); diff != "" {
		t.Errorf("what is kept differs (-want +got):\n%s", diff)
	}
}

func TestARehearsalChangesNothing(t *testing.T) {
	t.Parallel()
	b := published(t)
	run(t, b.db, `
		select given.article('2026-11-20', concat('o', 1 + mod(i, 4)), 90 + i, concat('late', i))
		from generate_series(1, 9) as i;
		select given.mention('2026-11-20', 'beta', 90 + i) from generate_series(1, 9) as i`)
	whole := func() map[string]string {
		found := digests(t, b, "")
		for _, table := range []string{"ops.check_results", "ops.runs", "staging.article_stories"} {
			var n string
			if err := b.db.GetContext(t.Context(), &n, "select count(*) from "+table); err != nil {
				t.Fatal(err)
			}
			found["rows of "+table] = n
		}
		return found
	}
	before := whole()
	built, err := b.RehearseBuild(t.Context(), date("2026-11-20"))
	if err != nil {
		t.Fatal(err)
	}
	if len(built.Steps) != len(b.intermediate) || len(built.Checks) == 0 {
		t.Errorf("%d steps and %d checks, want all", len(built.Steps), len(built.Checks))
	}
	if diff := cmp.Diff(before, whole()); diff != "" {
		t.Errorf("the rehearsed build wrote (-before +after):\n%s", diff)
	}

	mustBuild(t, b, "2026-11-20")
	before = whole()
	result, err := b.RehearsePublish(t.Context(), date("2026-11-20"), publishedAt.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	want := Moves{MovedCount: 2, ChangedCount: 2, Companies: []CompanyMove{
		{
			CompanyID: "beta", Name: "BETA", RankBefore: new(2), RankAfter: new(1),
			ArticleCountBefore: 1, ArticleCountAfter: 10, Articles: []ArticleChange{},
		},
		{
			CompanyID: "acme", Name: "ACME", RankBefore: new(1), RankAfter: new(2),
			ArticleCountBefore: 3, ArticleCountAfter: 3, Articles: []ArticleChange{},
		},
	}}
	if diff := cmp.Diff(want, result.Moves); diff != "" {
		t.Errorf("moves differ (-want +got):\n%s", diff)
	}
	if !result.IsChanged || result.Revision != 2 {
		t.Errorf("changed %v, revision %d, want true and 2", result.IsChanged, result.Revision)
	}
	if diff := cmp.Diff(before, whole()); diff != "" {
		t.Errorf("the rehearsed publication wrote (-before +after):\n%s", diff)
	}

	run(t, b.db, `insert into ops.outlet_runs values (1, 'o1', 5, 2, 0, 1, 0, 0, 0, null, '2026-11-21')`)
	result, err = b.RehearsePublish(t.Context(), date("2026-11-20"), publishedAt.Add(time.Hour))
	if err == nil || len(result.Moves.Companies) != 2 || len(result.Checks) == 0 {
		t.Errorf("a refused rehearsal: %v, %d companies, %d checks; want a refusal and both",
			err, len(result.Moves.Companies), len(result.Checks))
	}
	if diff := cmp.Diff(before, whole()); diff != "" {
		t.Errorf("the refused rehearsal wrote (-before +after):\n%s", diff)
	}
}
