package console

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/jobs/watch"
)

// Most rows a page shows; older ones are in the tables.
const (
	maxNights    = 400
	maxRuns      = 200
	maxBackfills = 200
)

// rankingPage is the ranking of one night.
type rankingPage struct {
	Picker picker
	Night  *nightRow // nil: nothing is published yet
	Rows   []rankingRow
}

// picker offers the published nights.
type picker struct {
	Action string
	Nights []time.Time // newest first
	Chosen time.Time
}

type nightRow struct {
	Night              time.Time `db:"night"`
	ArticleCount       int       `db:"article_count"`
	StoryCount         int       `db:"story_count"`
	MentionCount       int       `db:"mention_count"`
	CompanyCount       int       `db:"company_count"`
	OutletCount        int       `db:"outlet_count"`
	CountryCount       int       `db:"country_count"`
	LanguageCount      int       `db:"language_count"`
	PanelOutletCount   int       `db:"panel_outlet_count"`
	PanelOutletUpCount int       `db:"panel_outlet_up_count"`
	PanelCoverageShare float64   `db:"panel_coverage_share"`
	IsDegraded         bool      `db:"is_degraded"`
	MethodVersion      string    `db:"method_version"`
	PanelID            string    `db:"panel_id"`
	Revision           int       `db:"revision"`
	PublishedAt        time.Time `db:"published_at"`
}

type rankingRow struct {
	CompanyID     string   `db:"company_id"`
	Name          string   `db:"name"`
	NameZH        *string  `db:"name_zh"`
	Rank          int      `db:"rank_position"`
	PreviousRank  *int     `db:"previous_rank_position"`
	Attention     *float64 `db:"attention"`
	ArticleCount  int      `db:"article_count"`
	StoryCount    int      `db:"story_count"`
	VoiceCount    int      `db:"voice_count"`
	OutletCount   int      `db:"outlet_count"`
	CountryCount  int      `db:"country_count"`
	LanguageCount int      `db:"language_count"`
}

// Move is the way from the night before in words a screen reader can read.
func (r rankingRow) Move() string {
	switch {
	case r.PreviousRank == nil:
		return "new"
	case *r.PreviousRank > r.Rank:
		return fmt.Sprintf("up %d", *r.PreviousRank-r.Rank)
	case *r.PreviousRank < r.Rank:
		return fmt.Sprintf("down %d", r.Rank-*r.PreviousRank)
	default:
		return "same"
	}
}

const nightColumns = `night, article_count, story_count, mention_count, company_count, outlet_count, country_count,
	language_count, panel_outlet_count, panel_outlet_up_count, panel_coverage_share, is_degraded,
	method_version, panel_id, revision, published_at`

// snapshot runs read on one state of the database, so that a publish in between
// does not mix two nights on one page.
func (c *console) snapshot(ctx context.Context, read func(tx *sqlx.Tx) error) error {
	tx, err := c.db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer tx.Rollback()
	return read(tx)
}

// pick reads the nights and finds the one asked for; none asked means the newest.
func pick(ctx context.Context, tx *sqlx.Tx, r *http.Request) (picker, *nightRow, error) {
	p := picker{Action: r.URL.Path}
	err := tx.SelectContext(ctx, &p.Nights, `select night from marts.nights order by night desc limit $1`, maxNights)
	if err != nil {
		return p, nil, fmt.Errorf("read the nights: %w", err)
	}
	asked := r.URL.Query().Get("night")
	switch {
	case asked != "":
		if p.Chosen, err = time.Parse(time.DateOnly, asked); err != nil {
			return p, nil, errNotFound
		}
	case len(p.Nights) == 0:
		return p, nil, nil
	default:
		p.Chosen = p.Nights[0]
	}
	night := &nightRow{}
	err = tx.GetContext(ctx, night, `select `+nightColumns+` from marts.nights where night = cast($1 as date)`, p.Chosen.Format(time.DateOnly))
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil, errNotFound
	}
	if err != nil {
		return p, nil, fmt.Errorf("read the night of %s: %w", p.Chosen.Format(time.DateOnly), err)
	}
	return p, night, nil
}

func (c *console) ranking(r *http.Request) (any, error) {
	ctx, page := r.Context(), rankingPage{}
	err := c.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		if page.Picker, page.Night, err = pick(ctx, tx, r); err != nil || page.Night == nil {
			return err
		}
		return tx.SelectContext(ctx, &page.Rows, `
			select
				r.company_id, c.name, c.name_zh, r.rank_position, r.previous_rank_position,
				i.value as attention, r.article_count, r.story_count, r.voice_count,
				r.outlet_count, r.country_count, r.language_count
			from marts.company_rankings as r
			inner join marts.companies as c on c.company_id = r.company_id
			left join marts.company_indicators as i
				on i.night = r.night and i.company_id = r.company_id and i.indicator = 'attention'
			where r.night = cast($1 as date)
			order by r.rank_position`, page.Night.Night.Format(time.DateOnly))
	})
	return page, err
}

// outletsPage is the health of the outlets on one night.
type outletsPage struct {
	Picker             picker
	Night              *nightRow
	Rows               []outletRow
	Up, Partial, Down  int
	OtherStateCount    int
	ArticleCount       int
	UnreadableChannels int
}

type outletRow struct {
	OutletID             string  `db:"outlet_id"`
	Name                 string  `db:"name"`
	HomeURL              string  `db:"home_url"`
	PublisherID          string  `db:"publisher_id"`
	CountryName          string  `db:"country_name"`
	LanguageCode         string  `db:"language_code"`
	Tier                 int     `db:"tier"`
	State                string  `db:"state"`
	ArticleCount         int     `db:"article_count"`
	ExpectedArticleCount *int    `db:"expected_article_count"`
	WeightShare          float64 `db:"weight_share"`
	ChannelCount         int     `db:"channel_count"`
	ReadableChannelCount int     `db:"readable_channel_count"`
}

func (c *console) outlets(r *http.Request) (any, error) {
	ctx, page := r.Context(), outletsPage{}
	err := c.snapshot(ctx, func(tx *sqlx.Tx) (err error) {
		if page.Picker, page.Night, err = pick(ctx, tx, r); err != nil || page.Night == nil {
			return err
		}
		// The ones to look at first: down, then partial, the weightiest first.
		return tx.SelectContext(ctx, &page.Rows, `
			select
				h.outlet_id, o.name, o.home_url, o.publisher_id, o.country_name, o.language_code, o.tier, h.state,
				h.article_count, h.expected_article_count, h.weight_share, h.channel_count, h.readable_channel_count
			from marts.outlet_health as h
			inner join marts.outlets as o on o.outlet_id = h.outlet_id
			where h.night = cast($1 as date)
			order by
				case h.state when 'down' then 1 when 'partial' then 2 when 'up' then 4 else 3 end,
				h.weight_share desc, h.outlet_id`, page.Night.Night.Format(time.DateOnly))
	})
	for _, row := range page.Rows {
		switch row.State {
		case "up":
			page.Up++
		case "partial":
			page.Partial++
		case "down":
			page.Down++
		default:
			page.OtherStateCount++
		}
		page.ArticleCount += row.ArticleCount
		page.UnreadableChannels += row.ChannelCount - row.ReadableChannelCount
	}
	return page, err
}

// alerts are the open ones, failures first.
func (c *console) alerts(r *http.Request) (any, error) {
	return watch.List(r.Context(), c.db, false)
}

// nightsPage is the published nights, and what is wrong with those that are not.
type nightsPage struct {
	Rows     []nightRow
	Troubles []string
}

// Age is how long ago the newest night ended.
func (p nightsPage) Age() string {
	return time.Since(p.Rows[0].Night.AddDate(0, 0, 1)).Round(time.Minute).String()
}

func (c *console) nights(r *http.Request) (any, error) {
	ctx, page := r.Context(), nightsPage{Rows: []nightRow{}}
	err := c.snapshot(ctx, func(tx *sqlx.Tx) error {
		err := tx.SelectContext(ctx, &page.Rows, `select `+nightColumns+` from marts.nights order by night desc limit $1`, maxNights)
		if err != nil {
			return fmt.Errorf("read the nights: %w", err)
		}
		err = tx.SelectContext(ctx, &page.Troubles, `
			select a.message
			from ops.alerts as a
			where a.state = 'open' and a.kind = any($1)
			order by a.subject desc, a.kind`, pq.Array([]string{watch.NightLate, watch.NightRefused, watch.NightFailed}))
		if err != nil {
			return fmt.Errorf("read what is wrong with nights: %w", err)
		}
		return nil
	})
	return page, err
}
