package build

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestEarlierRevisionsAreRebuiltAndCompared changes a night after it was published:
// an article comes late, one is edited, one is taken away. What readers had can be
// worked out again from what was kept, and what changed is told by article.
func TestEarlierRevisionsAreRebuiltAndCompared(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, newDB(t, `
		select given.company('acme');
		select given.company('beta');
		select given.outlet('o1', 'p1');
		select given.outlet('o2', 'p2', 'FR');
		select given.article('2026-11-20', 'o1', 1, 'a');
		select given.article('2026-11-20', 'o1', 2, 'b');
		select given.article('2026-11-20', 'o2', 3, 'c');
		select given.article('2026-11-20', 'o2', 4, 'd');
		select given.mention('2026-11-20', 'acme', 1);
		select given.mention('2026-11-20', 'acme', 3, 'lead');
		select given.mention('2026-11-20', 'beta', 2);
		select given.article('2026-11-21', 'o1', 11, 'e');
		select given.article('2026-11-21', 'o2', 12, 'f');
		select given.mention('2026-11-21', 'beta', 11, 'body')`))
	nights := []string{"2026-11-20", "2026-11-21"}
	publish := func(at time.Time) {
		mustBuild(t, b, nights...)
		for _, night := range nights {
			mustPublish(t, b, night, at)
		}
	}
	publish(publishedAt)
	run(t, b.db, `
		select given.article('2026-11-20', 'o2', 5, 'late');
		select given.mention('2026-11-20', 'beta', 5);
		update staging.articles set content_hash = 'edited', title = 'edited' where article_id = 3;
		update staging.mentions set position = 'headline' where article_id = 3;
		delete from staging.mentions where article_id = 2`)
	publish(publishedAt.Add(time.Hour))

	before := digests(t, b, "")
	for _, c := range []struct {
		night    string
		revision int
		restored []string
	}{
		{"2026-11-20", 1, nights[:1]},
		{"2026-11-21", 1, nights}, // it carries the sums of the night before as they were
		{"2026-11-20", 2, nights[:1]},
		{"2026-11-21", 2, nights[1:]},
	} {
		got, err := b.RebuildRevision(t.Context(), date(c.night), c.revision)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.restored, got.RestoredNights); diff != "" || len(got.Companies) != 2 || got.DifferentCount != 0 {
			t.Errorf("revision %d of %s: %+v; restored nights (-want +got):\n%s", c.revision, c.night, got, diff)
		}
		for _, company := range got.Companies {
			if company.Attention == nil || company.PublishedAttention == nil || *company.Attention <= 0 {
				t.Errorf("revision %d of %s: %+v", c.revision, c.night, company)
			}
		}
	}
	if diff := cmp.Diff(before, digests(t, b, "")); diff != "" {
		t.Errorf("rebuilding a revision changed tables (-before +after):\n%s", diff)
	}
	var changed int
	err := b.db.Get(&changed, `
		select count(*) from marts.company_ranking_revisions as r
		inner join intermediate.int_attention_shrunk as t on t.night = r.night and t.company_id = r.company_id
		where r.revision = 1 and r.attention <> t.attention`)
	if err != nil || changed != 4 {
		t.Errorf("the attention of %d companies and nights changed, want 4: the test shows nothing (%v)", changed, err)
	}

	changes, err := CompareRevisions(t.Context(), b.db, date("2026-11-20"), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, m := range changes.Mentions {
		lines = append(lines, strings.Join([]string{m.CompanyID, m.Change, m.OutletID, m.Title}, " "))
	}
	if diff := cmp.Diff([]string{"acme edited o2 edited", "beta removed o1 b", "beta added o2 late"}, lines); diff != "" {
		t.Errorf("mentions differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]OutletChange{{"o2", 2, 3}}, changes.Outlets); diff != "" {
		t.Errorf("outlets differ (-want +got):\n%s", diff)
	}
	// What did not change is not kept twice.
	var kept []string
	if err := b.db.Select(&kept, `
		select concat(m.night, ' ', m.company_id, ' ', m.article_id, ' ', m.revision, case when m.is_removed then ' removed' end)
		from ops.mention_revisions as m order by m.night, m.company_id, m.article_id, m.revision`); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"2026-11-20 acme 1 1", "2026-11-20 acme 3 1", "2026-11-20 acme 3 2", "2026-11-20 beta 2 1",
		"2026-11-20 beta 2 2 removed", "2026-11-20 beta 5 2", "2026-11-21 beta 11 1",
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept rows differ (-want +got):\n%s", diff)
	}

	for _, c := range []struct {
		given string
		want  string
	}{
		{"", "revision 7 of 2026-11-20: it was never published"},
		{`update intermediate.int_outlets_weighted set panel_id = 'another'`, "it was counted with panel"},
		{`delete from ops.outlet_revisions where night = '2026-11-20' and revision = 1`, "was not kept"},
	} {
		revision := 1
		if c.given == "" {
			revision = 7
		}
		run(t, b.db, c.given)
		if _, err := b.RebuildRevision(t.Context(), date("2026-11-20"), revision); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
		run(t, b.db, `update intermediate.int_outlets_weighted as w set panel_id = n.panel_id from marts.nights as n where n.night = w.night`)
	}
	if _, err := CompareRevisions(t.Context(), b.db, date("2026-11-20"), 1, 2); err == nil || !strings.Contains(err.Error(), "not kept") {
		t.Errorf("got %v, want that it was not kept", err)
	}
}
