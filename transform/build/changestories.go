package build

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/transform/index"
)

// writeChangeStories writes the stories that moved scores most, each with its
// first telling of those that name the company.
func writeChangeStories(ctx context.Context, tx *sqlx.Tx, night string, changes []index.Change) error {
	var companies, directions, effects []string
	var stories, positions []int64
	for _, c := range changes {
		for _, list := range []struct {
			direction string
			effects   []index.StoryEffect
		}{{"up", c.Up}, {"down", c.Down}} {
			for i, e := range list.effects {
				companies, directions = append(companies, c.CompanyID), append(directions, list.direction)
				stories, positions = append(stories, e.StoryID), append(positions, int64(i+1))
				effects = append(effects, number12(e.Effect))
			}
		}
	}
	_, err := tx.ExecContext(ctx, changeStoriesStatement, night,
		pq.Array(companies), pq.Array(directions), pq.Array(positions), pq.Array(stories), pq.Array(effects))
	if err != nil {
		return fmt.Errorf("write the %d stories that moved scores: %w", len(stories), err)
	}
	return nil
}

const changeStoriesStatement = `
	with
	moved as (
		select m.company_id, m.direction, m.position, m.story_id, m.effect
		from unnest(
			cast($2 as text[]), cast($3 as text[]), cast($4 as bigint[]), cast($5 as bigint[]), cast($6 as numeric[])
		) as m (company_id, direction, position, story_id, effect)
	),
	voices as materialized (
		select m.company_id, m.direction, m.position, w.night, w.article_id, w.outlet_id
		from moved as m
		inner join intermediate.int_mentions_weighted as w
			on
				w.company_id = m.company_id and w.story_id = m.story_id
				and w.night <= cast($1 as date)
				and w.night >= cast($1 as date) - 92
				and w.night >= cast($1 as date) - (
					select k.resample_window_nights
					from intermediate.int_constants_pivoted as k
					where k.night = cast($1 as date)
				)
	),
	articles as materialized (
		select a.night, a.article_id, a.title, a.canonical_url, a.published_at
		from (select distinct v.night, v.article_id from voices as v) as v
		inner join staging.articles as a on a.night = v.night and a.article_id = v.article_id
	),
	tellings as (
		select
			v.company_id, v.direction, v.position, v.night, v.outlet_id, a.title, a.canonical_url, a.published_at,
			min(v.night) over story as first_night,
			count(*) over story as article_count,
			row_number() over (
				partition by v.company_id, v.direction, v.position
				order by a.published_at, v.outlet_id collate "C", a.canonical_url collate "C"
			) as telling_position
		from voices as v
		inner join articles as a on a.night = v.night and a.article_id = v.article_id
		window story as (partition by v.company_id, v.direction, v.position)
	)
	insert into intermediate.int_score_change_stories (
		night, company_id, direction, position, story_id, effect, is_new,
		headline, url, outlet_id, published_at, article_count
	)
	select
		cast($1 as date), m.company_id, m.direction, cast(m.position as smallint), m.story_id,
		cast(m.effect as numeric(18, 12)), t.first_night = cast($1 as date),
		t.title, t.canonical_url, t.outlet_id, t.published_at, cast(t.article_count as integer)
	from moved as m
	inner join tellings as t
		on t.company_id = m.company_id and t.direction = m.direction and t.position = m.position
	where t.telling_position = 1`
