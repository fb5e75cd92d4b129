package build

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/simulate"
)

// trials are the sizes of the press whose truth is known, by -acceptance: full is
// that of the method, small is quick enough for every run of the tests, and wide is
// as large as full with two nights built, for what is worked out in memory.
var trials = map[string]simulate.Config{
	"small": {
		Seed: 2026, Outlets: 160, Countries: 24, Companies: 40, Comparators: 3, Nights: 5,
		LastNight: date("2026-11-20"), Articles: 8, Mentions: 14, OutageShare: 0.02,
	},
	"wide": {
		Seed: 2026, Outlets: 1000, Countries: 60, Companies: 100, Comparators: 8, Nights: 2,
		LastNight: date("2026-11-20"), Articles: 32, Mentions: 20, OutageShare: 0.02,
	},
	"full": {
		Seed: 2026, Outlets: 1000, Countries: 60, Companies: 100, Comparators: 8, Nights: 28,
		LastNight: date("2026-11-20"), Articles: 32, Mentions: 20, OutageShare: 0.02,
	},
}

// trial is a press of package simulate that has been built, and what tests hold it
// against.
type trial struct {
	press  *simulate.Press
	news   *simulate.News
	method simulate.Method
	db     *sqlx.DB
	b      *Builder
	nights []string
	// fewest toned voices for a reputation of its own
	tonedMin float64
	base     []place // of the last night, by company
}

// newTrial writes a draw of the press and builds all its nights.
func newTrial(t *testing.T, p *simulate.Press, draw uint64) *trial {
	t.Helper()
	tr := &trial{press: p, news: p.Draw(draw), db: warehousetest.NewDB(t)}
	tr.b = newBuilder(t, tr.db)
	started := time.Now()
	tr.write(t, tr.news.Nights)
	written := time.Now()
	articles, mentions := 0, 0
	for i := range tr.news.Nights {
		n := &tr.news.Nights[i]
		articles += len(n.Articles)
		for _, count := range n.Others {
			articles += count
		}
		for _, a := range n.Articles {
			mentions += len(a.Mentions)
		}
		tr.nights = append(tr.nights, dateText(n.Date))
		mustBuild(t, tr.b, dateText(n.Date))
	}
	tr.readMethod(t)
	tr.base = readPlaces(t, tr.db, tr.last())
	t.Logf("%d outlets, %d companies, %d nights, %.0f articles and %.0f mentions a night; written in %s, built in %s",
		len(p.Outlets), len(p.Companies), p.Nights, float64(articles)/float64(p.Nights), float64(mentions)/float64(p.Nights),
		written.Sub(started).Round(time.Second), time.Since(written).Round(time.Second))
	return tr
}

func (tr *trial) last() string { return tr.nights[len(tr.nights)-1] }

// write stores the nights in a database that has none of them.
func (tr *trial) write(t *testing.T, nights []simulate.Night) {
	t.Helper()
	var dates []time.Time
	for _, n := range nights {
		dates = append(dates, n.Date)
	}
	if err := warehouse.EnsureMonths(t.Context(), tr.db, dates...); err != nil {
		t.Fatal(err)
	}
	tx, err := tr.db.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if err := seedPress(t.Context(), tx, tr.press); err != nil {
		t.Fatal(err)
	}
	if err := writePress(t.Context(), tx, tr.press, nights); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func (tr *trial) readMethod(t *testing.T) {
	t.Helper()
	m := &tr.method
	var headline, lead, body, passing float64
	err := tr.db.QueryRowContext(t.Context(), `
		select
			k.decay_half_life_nights, k.salience_headline, k.salience_lead, k.salience_body, k.salience_passing,
			k.copy_credit_log_factor, k.story_window_nights, k.reach_tier_1, k.reach_tier_2, k.reach_tier_3,
			k.strongly_negative_probability, k.reputation_mentions_min
		from intermediate.int_constants_pivoted as k
		where k.night = cast($1 as date)`, tr.last()).Scan(
		&m.HalfLifeNights, &headline, &lead, &body, &passing, &m.CopyCreditLogFactor, &m.StoryWindowNights,
		&m.Reach[0], &m.Reach[1], &m.Reach[2], &m.StronglyNegativeProbability, &tr.tonedMin)
	if err != nil {
		t.Fatal(err)
	}
	m.Salience = map[string]float64{"headline": headline, "lead": lead, "body": body, "passing": passing}
}

// place is what a company came to on a night. Rank is 0 for a comparator.
type place struct {
	Company    string  `db:"company_id"`
	Rank       int     `db:"rank_position"`
	Score      float64 `db:"score"`
	Spread     float64 `db:"spread_score"`
	Influence  float64 `db:"influence_score"`
	Reputation float64 `db:"reputation_score"`
	Attention  float64 `db:"attention"`
}

// readPlaces are in the order of the companies.
func readPlaces(t *testing.T, on sqlx.QueryerContext, night string) []place {
	t.Helper()
	var rows []place
	err := sqlx.SelectContext(t.Context(), on, &rows, `
		select
			s.company_id, coalesce(r.rank_position, 0) as rank_position, s.score, s.spread_score,
			s.influence_score, s.reputation_score, a.attention
		from intermediate.int_companies_scored as s
		inner join intermediate.int_attention_shrunk as a
			on a.night = s.night and a.company_id = s.company_id
		left join intermediate.int_companies_ranked as r
			on r.night = s.night and r.company_id = s.company_id
		where s.night = cast($1 as date)
		order by s.company_id collate "C"`, night)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
