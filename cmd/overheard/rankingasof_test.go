package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func TestAsOfIsATimeOrTheEndOfADay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-21":                "2026-11-21T23:59:59.999999Z",
		"2026-11-21T06:00:00Z":      "2026-11-21T06:00:00Z",
		"2026-11-21T06:00:00+08:00": "2026-11-20T22:00:00Z",
		"yesterday":                 "",
		"2026-11-21 06:00":          "",
	} {
		var flag asOfFlag
		err := flag.Set(text)
		if got := flag.UTC().Format(time.RFC3339Nano); want != "" && (err != nil || got != want) {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
		if want == "" && err == nil {
			t.Errorf("%s is taken for a time: %s", text, flag)
		}
	}
}

// TestRankingAsOf has the night of the 20th published at six and, changed, at
// eight of the 21st, and that of the 21st at seven of the 22nd.
func TestRankingAsOf(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	if _, err := db.ExecContext(t.Context(), `
		insert into marts.companies (company_id, name, sector, ownership, home_country, is_comparator, is_active)
		values ('acme', 'Acme', 's', 'private', 'CN', false, true);
		insert into marts.night_revisions (
			night, revision, published_at, article_count, story_count, mention_count, company_count,
			outlet_count, panel_coverage_share, is_degraded, method_version, panel_id, published_date
		)
		values
			('2026-11-20', 1, '2026-11-21 06:00+00', 9, 9, 9, 2, 9, 0.7, true, 'v1', 'p', '2026-11-21'),
			('2026-11-20', 2, '2026-11-21 08:00+00', 9, 9, 9, 2, 9, 0.9, false, 'v1', 'p', '2026-11-21'),
			('2026-11-21', 1, '2026-11-22 07:00+00', 9, 9, 9, 1, 9, 0.9, false, 'v1', 'p', '2026-11-22');
		insert into marts.company_ranking_revisions (
			night, revision, company_id, rank_position, article_count, story_count, voice_count,
			outlet_count, country_count, language_count, published_at, attention, published_date
		)
		select n.night, n.revision, c.company_id, c.rank_position, 10 * n.revision + c.rank_position, 1, 1, 1, 1, 1, n.published_at, 0.5, cast(n.published_at as date)
		from marts.night_revisions as n
		inner join (
			values (1, 'acme', 1), (1, 'gone', 2), (2, 'gone', 1), (2, 'acme', 2)
		) as c (revision, company_id, rank_position) on c.revision = n.revision`); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, night, asOf string
		want              string // rows, or the words of the error
	}{
		{"as it was first", "2026-11-20", "2026-11-21T07:59:59Z", "2026-11-20 r1: Acme 11, gone 12 degraded"},
		{"as it changed", "2026-11-20", "2026-11-21T08:00:00Z", "2026-11-20 r2: gone 21, Acme 22"},
		{"a date is its end", "2026-11-20", "2026-11-21", "2026-11-20 r2: gone 21, Acme 22"},
		{"the newest night then", "", "2026-11-22T06:59:59Z", "2026-11-20 r2: gone 21, Acme 22"},
		{"the newest night later", "", "2026-11-22T07:00:00Z", "2026-11-21 r1: Acme 11, gone 12"},
		{
			"before it was published", "2026-11-21", "2026-11-22T06:00:00Z",
			"the night of 2026-11-21 was not published at 2026-11-22T06:00:00Z; it was first at 2026-11-22T07:00:00Z",
		},
		{"never published", "2026-11-19", "2026-11-22", "the night of 2026-11-19 is not published"},
		{"before anything was", "", "2026-11-20", "no night was published at 2026-11-20T23:59:59Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var night nightFlag
			var asOf asOfFlag
			if c.night != "" {
				if err := night.Set(c.night); err != nil {
					t.Fatal(err)
				}
			}
			if err := asOf.Set(c.asOf); err != nil {
				t.Fatal(err)
			}
			at, rows, err := rankingOf(t.Context(), db, night.Time, asOf.Time, 20)
			if err != nil {
				if !strings.Contains(err.Error(), c.want) {
					t.Errorf("got error %v, want %q", err, c.want)
				}
				return
			}
			got := rankingText(ledger.Date{Time: at}, rows)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("ranking differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRankingAsOfOnTheCommandLine(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 6, Outlets: 4, Nights: 1, ArticlesPerOutletNight: 4})
	o := newOperator(t, registry)
	if got := o.call(t, "nightly", "--night", at); got.code != exitDone {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	tomorrow := time.Now().AddDate(0, 0, 1).Format(time.DateOnly)
	for _, c := range []struct {
		asOf string
		code int
		says string
	}{
		{tomorrow, exitDone, "Revision 1, published at "},
		{"2020-01-01", exitFailed, "no night was published at 2020-01-01T23:59:59Z"},
		{"once", exitUsage, "a time is a date such as"},
	} {
		got := o.call(t, "ranking", "--as-of", c.asOf)
		if got.code != c.code || !strings.Contains(got.stdout+got.stderr, c.says) {
			t.Errorf("--as-of %s: exit code %d, want %d and %q:\n%s%s", c.asOf, got.code, c.code, c.says, got.stdout, got.stderr)
		}
	}
	standing, then := o.call(t, "ranking", "--json"), o.call(t, "ranking", "--as-of", tomorrow, "--json")
	if diff := cmp.Diff(standing.stdout, then.stdout); diff != "" {
		t.Errorf("what stands and what stood last differ (-stands +stood):\n%s", diff)
	}
}

func rankingText(night ledger.Date, rows []rankingRow) string {
	var names []string
	for _, r := range rows {
		if r.Attention == nil || *r.Attention != 0.5 {
			return r.Name + " has no attention"
		}
		names = append(names, fmt.Sprintf("%s %d", r.Name, r.ArticleCount))
	}
	text := fmt.Sprintf("%s r%d: %s", night, rows[0].Revision, strings.Join(names, ", "))
	if rows[0].IsDegraded {
		text += " degraded"
	}
	return text
}
