package build

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// changeNights are the nights of testdata/changes.sql.
var changeNights = []string{"2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"}

// TestContributionsAddUpWhateverGoesOn builds presses in which everything that can
// happen to a score happens, and adds up what is said to have moved it.
func TestContributionsAddUpWhateverGoesOn(t *testing.T) {
	t.Parallel()
	warehousetest.SkipLong(t)
	given, err := os.ReadFile(filepath.Join("testdata", "changes.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range []string{"one", "two", "three"} {
		t.Run(seed, func(t *testing.T) {
			t.Parallel()
			db := newDB(t, strings.ReplaceAll(string(given), "@", seed))
			b := newBuilder(t, db)
			for _, night := range changeNights {
				switch night {
				case "2027-01-01": // the next panel has it
					run(t, db, `update seeds.outlets set is_active = outlet_id <> 'o1'`)
				case "2027-01-02": // the weights of pillars are judged anew
					run(t, db, `
						update seeds.method_constants set value = 0.5
						where method_version = 'test-v10' and constant_name = 'weight_spread';
						update seeds.method_constants set value = 0.2
						where method_version = 'test-v10' and constant_name = 'weight_reputation'`)
				}
				mustBuild(t, b, night)
				mustPublish(t, b, night, publishedAt)
			}
			wantSums(t, db)
			wantEffects(t, db)
			wantRanks(t, db)
		})
	}
}

// wantSums holds the contributions of each company against its scores.
func wantSums(t *testing.T, db *sqlx.DB) {
	t.Helper()
	var rows []struct {
		Night        string  `db:"night"`
		CompanyID    string  `db:"company_id"`
		Before       float64 `db:"before_score"`
		After        float64 `db:"after_score"`
		Change       float64 `db:"log_score_change"`
		Contribution float64 `db:"contribution"`
	}
	err := db.SelectContext(t.Context(), &rows, `
		select
			cast(n.night as text) as night, s.company_id, b.score as before_score, s.score as after_score,
			coalesce(x.log_score_change, 99) as log_score_change,
			(
				select sum(p.contribution)
				from marts.company_rank_change_indicators as p
				where p.night = s.night and p.company_id = s.company_id
			) as contribution
		from intermediate.int_nights_chained as n
		inner join intermediate.int_companies_scored as s on s.night = n.night
		inner join intermediate.int_companies_scored as b
			on b.night = n.previous_night and b.company_id = s.company_id
		left join marts.company_rank_changes as x on x.night = s.night and x.company_id = s.company_id`)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 25 {
		t.Errorf("only %d changes", len(rows))
	}
	largest := 0.0
	for _, r := range rows {
		want := math.Log(r.After) - math.Log(r.Before)
		off := max(math.Abs(r.Contribution-want), math.Abs(r.Change-want))
		largest = max(largest, off)
		if off >= 1e-9 {
			t.Errorf("%s of %s: contributions come to %.12f, the change is %.12f, the table says %.12f",
				r.CompanyID, r.Night, r.Contribution, want, r.Change)
		}
	}
	t.Logf("%d changes, the largest residual is %.1e", len(rows), largest)
}

// wantEffects looks at where news, coverage and method are, and whether the press
// has shown every part there is.
func wantEffects(t *testing.T, db *sqlx.DB) {
	t.Helper()
	for what, query := range map[string]string{
		"a floor":             `select count(*) from marts.company_rank_change_indicators where part_type = 'floor' and contribution <> 0`,
		"a link":              `select count(*) from marts.company_rank_change_indicators where part_type = 'link' and contribution <> 0 and night = '2027-01-01'`,
		"a weight":            `select count(*) from marts.company_rank_change_indicators where part_type = 'weight' and contribution <> 0 and night = '2027-01-02'`,
		"something missing":   `select count(*) from marts.company_rank_change_indicators where value is null and previous_value is not null`,
		"something found":     `select count(*) from marts.company_rank_change_indicators where previous_value is null and value is not null`,
		"method":              `select count(*) from marts.company_rank_changes where method_effect <> 0 and night = '2027-01-01'`,
		"a new panel":         `select count(distinct panel_id) - 1 from marts.nights`,
		"coverage":            `select count(*) from marts.company_rank_changes where coverage_effect <> 0 and night < '2027-01-01'`,
		"a comparator":        `select count(*) from marts.company_rank_changes where company_id = 'c5' and rank_position is null`,
		"a story that is new": `select count(*) from marts.company_rank_change_stories where is_new and direction = 'up'`,
		"a story that fades":  `select count(*) from marts.company_rank_change_stories where not is_new and direction = 'down'`,
		"an error":            `select count(*) from marts.company_rank_changes where log_change_error > 0`,
		"noise":               `select count(*) from marts.company_rank_changes where is_within_noise`,
		"more than noise":     `select count(*) from marts.company_rank_changes where not is_within_noise`,
		"a company that is new": `
			select count(*) from marts.company_rankings as r
			where r.company_id = 'c6' and r.night = '2026-12-30' and not exists (
				select x.night from marts.company_rank_changes as x where x.night = r.night and x.company_id = r.company_id
			)`,
	} {
		var count int
		if err := db.GetContext(t.Context(), &count, query); err != nil {
			t.Fatal(err)
		}
		if count == 0 {
			t.Errorf("the press shows nothing of this: %s", what)
		}
	}
	wantNone(t, db, "method within a quarter", `
		select concat(night, ' ', company_id) from marts.company_rank_changes
		where night < '2027-01-01' and method_effect <> 0`)
	wantNone(t, db, "coverage of weights and links", `
		select concat(night, ' ', company_id) from marts.company_rank_change_indicators
		where part_type in ('link', 'weight') and (news_effect <> 0 or coverage_effect <> 0)`)
	wantNone(t, db, "effects that go the other way", `
		select concat(night, ' ', company_id) from marts.company_rank_change_stories
		where effect = 0 or (direction = 'up') <> (effect > 0)`)
}

func wantNone(t *testing.T, db *sqlx.DB, what, query string) {
	t.Helper()
	var found []string
	if err := db.SelectContext(t.Context(), &found, query); err != nil {
		t.Fatal(err)
	}
	if len(found) > 0 {
		t.Errorf("%s: %s", what, strings.Join(found, ", "))
	}
}

// wantRanks works out own and others' effect anew.
func wantRanks(t *testing.T, db *sqlx.DB) {
	t.Helper()
	type row struct {
		Night    string  `db:"night"`
		Previous string  `db:"previous_night"`
		ID       string  `db:"company_id"`
		Rank     int     `db:"rank_position"`
		Was      int     `db:"previous_rank_position"`
		Score    float64 `db:"score"`
		Change   int     `db:"rank_change"`
		Own      int     `db:"own_rank_effect"`
		Others   int     `db:"others_rank_effect"`
	}
	var rows []row
	err := db.SelectContext(t.Context(), &rows, `
		select
			cast(x.night as text) as night, cast(x.previous_night as text) as previous_night, x.company_id,
			x.rank_position, x.previous_rank_position, s.score, x.rank_change, x.own_rank_effect, x.others_rank_effect
		from marts.company_rank_changes as x
		inner join intermediate.int_companies_scored as s on s.night = x.night and s.company_id = x.company_id
		where x.rank_change is not null`)
	if err != nil {
		t.Fatal(err)
	}
	ranked := map[string]float64{} // by night and company
	var standing []struct {
		Key   string  `db:"key"`
		Score float64 `db:"score"`
	}
	err = db.SelectContext(t.Context(), &standing, `
		select concat(r.night, ' ', r.company_id) as key, s.score
		from intermediate.int_companies_ranked as r
		inner join intermediate.int_companies_scored as s on s.night = r.night and s.company_id = r.company_id`)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range standing {
		ranked[s.Key] = s.Score
	}
	moves := 0
	for _, r := range rows {
		alone := 1
		for key, score := range ranked {
			if strings.HasPrefix(key, r.Previous) && key != fmt.Sprintf("%s %s", r.Previous, r.ID) && score > r.Score {
				alone++
			}
		}
		if r.Change != r.Was-r.Rank || r.Own != r.Was-alone || r.Own+r.Others != r.Change {
			t.Errorf("%s of %s: from %d to %d is %d = %d + %d; alone it would be %d",
				r.ID, r.Night, r.Was, r.Rank, r.Change, r.Own, r.Others, alone)
		}
		if r.Own != 0 {
			moves++
		}
	}
	if moves == 0 {
		t.Error("no company moved by itself")
	}
}
