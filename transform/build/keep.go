package build

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// keepInputs writes down what the revision that was just published rests on: the
// weighted mentions and the counts of outlets, as far as they differ from those of
// the revision before. Revision (revisions.go) reads them back.
func keepInputs(ctx context.Context, tx *sqlx.Tx, night time.Time, revision int) error {
	for what, statement := range map[string]string{
		"mentions": keepMentionsStatement,
		"outlets":  keepOutletsStatement,
	} {
		if _, err := tx.ExecContext(ctx, statement, dateText(night), revision); err != nil {
			return fmt.Errorf("keep the %s of revision %d of %s: %w", what, revision, dateText(night), err)
		}
	}
	return nil
}

const keepMentionsStatement = `
	with
	texts as materialized (
		select a.article_id, left(a.content_hash, 16) as content_hash
		from staging.articles as a
		where
			a.night = cast($1 as date)
			and a.article_id in (
				select w.article_id from intermediate.int_mentions_weighted as w where w.night = cast($1 as date)
			)
	),
	current_mentions as materialized (
		select
			w.company_id, w.article_id, w.outlet_id, w.publisher_id, w.country_code, w.language_code, w.story_id,
			w.salience, w.match_probability, w.copy_credit, w.is_voice, w.weight, w.is_quarantined, w.quarantined_weight,
			t.content_hash
		from intermediate.int_mentions_weighted as w
		left join texts as t on t.article_id = w.article_id
		where w.night = cast($1 as date)
	),
	places as (
		select k.*, row_number() over (partition by k.company_id, k.article_id order by k.revision desc) as place
		from ops.mention_revisions as k
		where k.night = cast($1 as date)
	),
	kept as (
		select k.* from places as k where k.place = 1 and not k.is_removed
	)
	insert into ops.mention_revisions (
		night, company_id, article_id, revision, is_removed, outlet_id, publisher_id, country_code, language_code, story_id,
		salience, match_probability, copy_credit, is_voice, weight, is_quarantined, quarantined_weight, content_hash
	)
	select
		cast($1 as date), c.company_id, c.article_id, cast($2 as integer), false, c.outlet_id, c.publisher_id, c.country_code, c.language_code, c.story_id,
		c.salience, c.match_probability, c.copy_credit, c.is_voice, c.weight, c.is_quarantined, c.quarantined_weight, c.content_hash
	from current_mentions as c
	left join kept as k on k.company_id = c.company_id and k.article_id = c.article_id
	where
		k.article_id is null
		or (
			c.outlet_id, c.publisher_id, c.country_code, c.language_code, c.story_id, c.salience, c.match_probability,
			c.copy_credit, c.is_voice, c.weight, c.is_quarantined, c.quarantined_weight, c.content_hash
		) is distinct from (
			k.outlet_id, k.publisher_id, k.country_code, k.language_code, k.story_id, k.salience, k.match_probability,
			k.copy_credit, k.is_voice, k.weight, k.is_quarantined, k.quarantined_weight, k.content_hash
		)
	union all
	select
		cast($1 as date), k.company_id, k.article_id, cast($2 as integer), true, k.outlet_id, k.publisher_id, k.country_code, k.language_code, k.story_id,
		k.salience, k.match_probability, k.copy_credit, k.is_voice, k.weight, k.is_quarantined, k.quarantined_weight, k.content_hash
	from kept as k
	left join current_mentions as c on c.company_id = k.company_id and c.article_id = k.article_id
	where c.article_id is null`

const keepOutletsStatement = `
	with
	current_outlets as materialized (
		select n.outlet_id, n.article_count, n.state
		from intermediate.int_outlet_nights_counted as n
		where n.night = cast($1 as date)
	),
	places as (
		select k.*, row_number() over (partition by k.outlet_id order by k.revision desc) as place
		from ops.outlet_revisions as k
		where k.night = cast($1 as date)
	),
	kept as (
		select k.* from places as k where k.place = 1 and not k.is_removed
	)
	insert into ops.outlet_revisions (night, outlet_id, revision, is_removed, article_count, state)
	select cast($1 as date), c.outlet_id, cast($2 as integer), false, c.article_count, c.state
	from current_outlets as c
	left join kept as k on k.outlet_id = c.outlet_id
	where k.outlet_id is null or (c.article_count, c.state) is distinct from (k.article_count, k.state)
	union all
	select cast($1 as date), k.outlet_id, cast($2 as integer), true, k.article_count, k.state
	from kept as k
	left join current_outlets as c on c.outlet_id = k.outlet_id
	where c.outlet_id is null`
