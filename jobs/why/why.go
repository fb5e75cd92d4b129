// Package why tells why the rank and the score of a company moved from one night
// to the next, from the result tables alone: what each indicator did, what of it
// is news, coverage or method, and which stories did it.
//
//	night, err := why.LatestNight(ctx, db)
//	move, err := why.Read(ctx, db, night, "byd")
//	fmt.Println(move.Sentence())
//	table := move.Table()   // contributions as they are printed: they add up
//
// Find turns a name of the registry into a company, Movers finds whose rank
// moved most. Effects are changes of ln score, and as such can be added; a
// hundredth is about one per cent. What the numbers are is in sql/METHOD.md,
// section 6.
package why

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// How a company stands on a night against the night before.
const (
	StateMoved  = "moved"  // measured on both
	StateNew    = "new"    // on this night alone
	StateGone   = "gone"   // on the night before alone
	StateFirst  = "first"  // no night was published before this one
	StateAbsent = "absent" // on neither
	StateUntold = "untold" // on both, but this night was published before moves were told
)

// ErrNotPublished is of a night that readers do not have.
var ErrNotPublished = errors.New("the night is not published")

// Move is the way of one company from the night before to this one. What is not
// known is nil.
type Move struct {
	Night         ledger.Date  `json:"night" db:"night"`
	PreviousNight *ledger.Date `json:"previous_night" db:"previous_night"`
	CompanyID     string       `json:"company_id" db:"company_id"`
	Name          string       `json:"name" db:"name"`
	NameZH        *string      `json:"name_zh" db:"name_zh"`
	IsComparator  bool         `json:"is_comparator" db:"is_comparator"`
	State         string       `json:"state"`

	Rank             *int `json:"rank_position" db:"rank_position"`
	PreviousRank     *int `json:"previous_rank_position" db:"previous_rank_position"`
	RankChange       *int `json:"rank_change" db:"rank_change"` // places won
	OwnRankEffect    *int `json:"own_rank_effect" db:"own_rank_effect"`
	OthersRankEffect *int `json:"others_rank_effect" db:"others_rank_effect"`
	RankLow          *int `json:"rank_low" db:"rank_low"` // 90 % interval
	RankHigh         *int `json:"rank_high" db:"rank_high"`

	Score          *float64 `json:"score" db:"score"`
	PreviousScore  *float64 `json:"previous_score" db:"previous_score"`
	LogScoreChange *float64 `json:"log_score_change" db:"log_score_change"`
	News           *float64 `json:"news_effect" db:"news_effect"`
	Coverage       *float64 `json:"coverage_effect" db:"coverage_effect"`
	Method         *float64 `json:"method_effect" db:"method_effect"`
	LogChangeError *float64 `json:"log_change_error" db:"log_change_error"`
	IsWithinNoise  *bool    `json:"is_within_noise" db:"is_within_noise"`

	PanelCoverage         float64  `json:"panel_coverage_share" db:"panel_coverage_share"`
	PreviousPanelCoverage *float64 `json:"previous_panel_coverage_share" db:"previous_panel_coverage_share"`
	IsDegraded            bool     `json:"is_degraded" db:"is_degraded"` // this night
	IsPreviousDegraded    bool     `json:"is_previous_degraded" db:"is_previous_degraded"`

	Parts   []Part  `json:"indicators"`
	Stories []Story `json:"stories"`
}

// Part is what one indicator did, or a floor, a link or a new weight of a pillar.
type Part struct {
	Indicator     string   `json:"indicator" db:"indicator"`
	Pillar        string   `json:"pillar" db:"pillar"`
	PartType      string   `json:"part_type" db:"part_type"`
	PreviousValue *float64 `json:"previous_value" db:"previous_value"`
	Value         *float64 `json:"value" db:"value"`
	Contribution  float64  `json:"contribution" db:"contribution"`
	News          float64  `json:"news_effect" db:"news_effect"`
	Coverage      float64  `json:"coverage_effect" db:"coverage_effect"`
	Method        float64  `json:"method_effect" db:"method_effect"`
}

// Story is one that moved the score.
type Story struct {
	Direction    string    `json:"direction" db:"direction"` // up or down
	StoryID      string    `json:"story_id" db:"story_id"`
	Effect       float64   `json:"effect" db:"effect"`
	IsNew        bool      `json:"is_new" db:"is_new"`
	Headline     string    `json:"headline" db:"headline"`
	URL          string    `json:"url" db:"url"`
	OutletID     string    `json:"outlet_id" db:"outlet_id"`
	OutletName   string    `json:"outlet_name" db:"outlet_name"`
	CountryName  string    `json:"country_name" db:"country_name"`
	PublishedAt  time.Time `json:"published_at" db:"published_at"`
	ArticleCount int       `json:"article_count" db:"article_count"`
}

// LatestNight is the last night that is published; ErrNotPublished if none is.
func LatestNight(ctx context.Context, tx sqlx.QueryerContext) (time.Time, error) {
	var night *ledger.Date
	if err := sqlx.GetContext(ctx, tx, &night, `select max(night) from marts.nights`); err != nil {
		return time.Time{}, fmt.Errorf("ask for the last published night: %w", err)
	}
	if night == nil {
		return time.Time{}, ErrNotPublished
	}
	return night.Time, nil
}

// Read tells the move of a company to a night. An unknown company is
// sql.ErrNoRows, a night that is not published ErrNotPublished. For one state of
// the database give it a transaction.
func Read(ctx context.Context, tx sqlx.QueryerContext, night time.Time, companyID string) (*Move, error) {
	day := night.Format(time.DateOnly)
	m := &Move{Parts: []Part{}, Stories: []Story{}}
	err := sqlx.GetContext(ctx, tx, m, moveQuery, day, companyID)
	if errors.Is(err, sql.ErrNoRows) {
		if err := CheckPublished(ctx, tx, night); err != nil {
			return nil, err
		}
		return nil, sql.ErrNoRows
	}
	if err != nil {
		return nil, fmt.Errorf("read the move of %q to %s: %w", companyID, day, err)
	}
	m.State = m.state()
	err = sqlx.SelectContext(ctx, tx, &m.Parts, `
		select
			p.indicator, p.pillar, p.part_type, p.previous_value, p.value,
			p.contribution, p.news_effect, p.coverage_effect, p.method_effect
		from marts.company_rank_change_indicators as p
		where p.night = cast($1 as date) and p.company_id = $2`, day, companyID)
	if err != nil {
		return nil, fmt.Errorf("read what moved %q to %s: %w", companyID, day, err)
	}
	m.order()
	err = sqlx.SelectContext(ctx, tx, &m.Stories, `
		select
			s.direction, s.story_id, s.effect, s.is_new, s.headline, s.url, s.outlet_id, o.name as outlet_name,
			o.country_name, s.published_at, s.article_count
		from marts.company_rank_change_stories as s
		inner join marts.outlets as o on o.outlet_id = s.outlet_id
		where s.night = cast($1 as date) and s.company_id = $2
		order by s.direction desc, s.position`, day, companyID)
	if err != nil {
		return nil, fmt.Errorf("read the stories that moved %q to %s: %w", companyID, day, err)
	}
	return m, nil
}

// CheckPublished is ErrNotPublished of a night that readers do not have.
func CheckPublished(ctx context.Context, tx sqlx.QueryerContext, night time.Time) error {
	day := night.Format(time.DateOnly)
	var isPublished bool
	err := sqlx.GetContext(ctx, tx, &isPublished,
		`select exists (select n.night from marts.nights as n where n.night = cast($1 as date))`, day)
	if err != nil {
		return fmt.Errorf("ask whether %s is published: %w", day, err)
	}
	if !isPublished {
		return ErrNotPublished
	}
	return nil
}

// moveQuery has one row of every company, moved or not. Of one that has no change
// it says where it stands, and where it stood on the last night published before.
const moveQuery = `
	with
	nights as (
		select
			n.night, n.panel_coverage_share, n.is_degraded,
			coalesce(
				(
					select max(x.previous_night)
					from marts.company_rank_changes as x
					where x.night = n.night
				),
				(
					select max(b.night)
					from marts.nights as b
					where b.night < n.night
				)
			) as previous_night
		from marts.nights as n
		where n.night = cast($1 as date)
	)
	select
		n.night, n.previous_night, c.company_id, c.name, c.name_zh, c.is_comparator,
		coalesce(x.rank_position, r.rank_position) as rank_position,
		coalesce(x.previous_rank_position, q.rank_position) as previous_rank_position,
		x.rank_change, x.own_rank_effect, x.others_rank_effect, r.rank_low, r.rank_high,
		coalesce(x.score, r.score) as score,
		coalesce(x.previous_score, q.score) as previous_score,
		x.log_score_change, x.news_effect, x.coverage_effect, x.method_effect,
		x.log_change_error, x.is_within_noise,
		n.panel_coverage_share, b.panel_coverage_share as previous_panel_coverage_share,
		n.is_degraded, coalesce(b.is_degraded, x.is_degraded and not n.is_degraded, false) as is_previous_degraded
	from nights as n
	cross join marts.companies as c
	left join marts.nights as b on b.night = n.previous_night
	left join marts.company_rank_changes as x on x.night = n.night and x.company_id = c.company_id
	left join marts.company_rankings as r on r.night = n.night and r.company_id = c.company_id
	left join marts.company_rankings as q on q.night = n.previous_night and q.company_id = c.company_id
	where c.company_id = $2`

func (m *Move) state() string {
	switch {
	case m.LogScoreChange != nil:
		return StateMoved
	case m.PreviousNight == nil:
		return StateFirst
	}
	isNow, wasBefore := m.Score != nil || m.Rank != nil, m.PreviousScore != nil || m.PreviousRank != nil
	switch {
	case isNow && wasBefore:
		return StateUntold
	case isNow:
		return StateNew
	case wasBefore:
		return StateGone
	}
	return StateAbsent
}

// Movers are the companies whose rank rose and fell most on a night, at most n of
// each, the furthest first; of those that moved as far, the one whose score did
// more.
func Movers(ctx context.Context, tx sqlx.QueryerContext, night time.Time, n int) (risers, fallers []string, err error) {
	day := night.Format(time.DateOnly)
	for _, way := range []struct {
		list  *[]string
		where string
		order string
	}{
		{&risers, "x.rank_change > 0", "x.rank_change desc, x.log_score_change desc"},
		{&fallers, "x.rank_change < 0", "x.rank_change, x.log_score_change"},
	} {
		err := sqlx.SelectContext(ctx, tx, way.list, `
			select x.company_id
			from marts.company_rank_changes as x
			where x.night = cast($1 as date) and `+way.where+`
			order by `+way.order+`, x.company_id collate "C"
			limit $2`, day, n)
		if err != nil {
			return nil, nil, fmt.Errorf("ask whose rank moved most on %s: %w", day, err)
		}
	}
	return risers, fallers, nil
}
