package console

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/why"
)

// companyPage is one company over the nights.
type companyPage struct {
	Picker  picker
	Company companyRow
	Move    *why.Move // nil: no night is published
	Changes why.Table
	Charts  []chart
	Rows    []companyNight
}

type companyRow struct {
	CompanyID    string  `db:"company_id"`
	Name         string  `db:"name"`
	NameZH       *string `db:"name_zh"`
	Sector       string  `db:"sector"`
	Ownership    string  `db:"ownership"`
	HomeCountry  string  `db:"home_country"`
	HQCity       *string `db:"hq_city"`
	Ticker       *string `db:"ticker"`
	IsComparator bool    `db:"is_comparator"`
	IsActive     bool    `db:"is_active"`
}

type companyNight struct {
	Night        time.Time `db:"night"`
	Rank         *int      `db:"rank_position"` // nil: not ranked on this night
	RankLow      *int      `db:"rank_low"`      // 90 % interval
	RankHigh     *int      `db:"rank_high"`
	Score        *float64  `db:"score"`
	Spread       *float64  `db:"spread_score"`
	Influence    *float64  `db:"influence_score"`
	Reputation   *float64  `db:"reputation_score"`
	ArticleCount *int      `db:"article_count"`
	StoryCount   *int      `db:"story_count"`
	VoiceCount   *int      `db:"voice_count"`
	OutletCount  *int      `db:"outlet_count"`
	CountryCount *int      `db:"country_count"`
}

type indicatorRow struct {
	Indicator string    `db:"indicator"`
	Night     time.Time `db:"night"`
	Value     float64   `db:"value"`
}

func (c *console) company(r *http.Request) (any, error) {
	ctx, page, id := r.Context(), companyPage{}, r.PathValue("id")
	var indicators []indicatorRow
	err := c.snapshot(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &page.Company, `
			select company_id, name, name_zh, sector, ownership, home_country, hq_city, ticker, is_comparator, is_active
			from marts.companies where company_id = $1`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return errNotFound
		}
		if err != nil {
			return fmt.Errorf("read company %q: %w", id, err)
		}
		if err := c.companyMove(ctx, tx, r, id, &page); err != nil {
			return err
		}
		// Every published night has a row, so that a night without the company
		// shows as a gap.
		err = tx.SelectContext(ctx, &page.Rows, `
			select
				n.night, r.rank_position, r.rank_low, r.rank_high, r.score, r.spread_score, r.influence_score,
				r.reputation_score, r.article_count, r.story_count, r.voice_count, r.outlet_count, r.country_count
			from marts.nights as n
			left join marts.company_rankings as r on r.night = n.night and r.company_id = $1
			order by n.night desc limit $2`, id, maxNights)
		if err != nil {
			return fmt.Errorf("read the nights of company %q: %w", id, err)
		}
		err = tx.SelectContext(ctx, &indicators, `
			select indicator, night, value
			from marts.company_indicators
			where company_id = $1
				and night in (select n.night from marts.nights as n order by n.night desc limit $2)
			order by indicator, night`, id, maxNights)
		if err != nil {
			return fmt.Errorf("read the indicators of company %q: %w", id, err)
		}
		return nil
	})
	page.Charts = charts(page.Rows, indicators)
	return page, err
}

// companyMove reads why the company moved to the night that is asked for.
func (c *console) companyMove(ctx context.Context, tx *sqlx.Tx, r *http.Request, id string, page *companyPage) (err error) {
	var night *nightRow
	if page.Picker, night, err = pick(ctx, tx, r); err != nil || night == nil {
		return err
	}
	if page.Move, err = why.Read(ctx, tx, night.Night, id); err != nil {
		return err
	}
	page.Changes = page.Move.Table()
	return nil
}

// Groups are the contributions by pillar.
func (p companyPage) Groups() []contributions {
	var groups []contributions
	for _, row := range p.Changes.Rows {
		if n := len(groups); n == 0 || groups[n-1].Pillar != row.Part.Pillar {
			groups = append(groups, contributions{Pillar: row.Part.Pillar})
		}
		last := &groups[len(groups)-1]
		last.Rows = append(last.Rows, row)
	}
	return groups
}

// contributions are those of one pillar.
type contributions struct {
	Pillar string
	Rows   []why.Row
}
