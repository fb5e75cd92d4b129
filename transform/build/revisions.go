package build

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// RebuiltRevision is an earlier publication of a night worked out anew from what
// was kept of it.
type RebuiltRevision struct {
	Night          string           `json:"night"`
	Revision       int              `json:"revision"`
	RestoredNights []string         `json:"restored_nights"` // whose mentions and counts were put back as they were
	DifferentCount int              `json:"different_company_count"`
	Companies      []RebuiltCompany `json:"companies"` // those that were ranked, by position
}

// RebuiltCompany holds the rebuilt numbers beside the published ones. Attention is
// null where it was not kept with the revision.
type RebuiltCompany struct {
	CompanyID             string   `db:"company_id" json:"company_id"`
	RankPosition          int      `db:"rank_position" json:"rank_position"`
	PublishedAttention    *float64 `db:"published_attention" json:"published_attention"`
	Attention             *float64 `db:"attention" json:"attention"`
	PublishedArticleCount int      `db:"published_article_count" json:"published_article_count"`
	ArticleCount          int      `db:"article_count" json:"article_count"`
	IsEqual               bool     `db:"is_equal" json:"is_equal"`
}

// revisionWindow is how many nights before a revision are put back, too. What is
// older has faded to less than 0.3 % at a half-life of a week, and is taken as it
// stands.
const revisionWindow = 60

// RebuildRevision works out a published revision of a night again: it puts the
// weighted mentions and the counts of outlets back as they were, of this night and
// of the earlier ones that have changed since, runs the models that make attention
// and counts of companies of them, compares these with what was published, and takes
// all of it back. What texts said is not kept, so tone, dimensions and what rests
// on them cannot be rebuilt; the scores that were published are in
// marts.company_ranking_revisions.
func (b *Builder) RebuildRevision(ctx context.Context, night time.Time, revision int) (RebuiltRevision, error) {
	result := RebuiltRevision{Night: dateText(night), Revision: revision, RestoredNights: []string{}}
	err := b.rehearse(ctx, func(tx *sqlx.Tx) error {
		stood, err := nightsThatStood(ctx, tx, night, revision)
		if err != nil {
			return err
		}
		tables, err := readCatalog(ctx, tx)
		if err != nil {
			return err
		}
		for _, n := range stood {
			if n.Revision.Valid {
				if err := restoreInputs(ctx, tx, n); err != nil {
					return err
				}
				result.RestoredNights = append(result.RestoredNights, dateText(n.Night))
			}
			if err := b.runModels(ctx, tx, tables, dateText(n.Night), sumModels); err != nil {
				return err
			}
		}
		if err := b.runModels(ctx, tx, tables, dateText(night), resultModels); err != nil {
			return err
		}
		return compareWithPublished(ctx, tx, &result)
	})
	if err != nil {
		return RebuiltRevision{}, fmt.Errorf("rebuild revision %d of %s: %w", revision, dateText(night), err)
	}
	return result, nil
}

// The models that a revision is rebuilt with: those of every night, and those of
// the night itself.
var (
	sumModels = []string{
		"intermediate.int_outlet_company_nights_summed",
		"intermediate.int_outlets_faded",
		"intermediate.int_outlet_company_sums_decayed",
		"intermediate.int_outlet_sums_decayed",
	}
	resultModels = []string{
		"intermediate.int_attention_shrunk",
		"intermediate.int_companies_counted",
	}
)

func (b *Builder) runModels(ctx context.Context, tx *sqlx.Tx, tables catalog, night string, names []string) error {
	for _, name := range names {
		i := slices.IndexFunc(b.intermediate, func(m Model) bool { return m.Table == name })
		if i < 0 {
			return fmt.Errorf("no model makes %s", name)
		}
		if _, err := b.rebuild(ctx, tx, tables, b.intermediate[i], arguments{"night": night}); err != nil {
			return fmt.Errorf("run %s for %s: %w", name, night, err)
		}
	}
	return nil
}

// nightThatStood is a built night and the revision of it that readers had.
type nightThatStood struct {
	Night    time.Time
	Revision sql.NullInt64 // null: it was not published then, and is taken as it is
	Standing sql.NullInt64
	KeptFrom sql.NullInt64 `db:"kept_from"`
}

// nightsThatStood lists the nights to put back, oldest first: from the first of the
// window that has changed since the revision was published, up to its own.
func nightsThatStood(ctx context.Context, tx *sqlx.Tx, night time.Time, revision int) ([]nightThatStood, error) {
	var published struct {
		At             time.Time
		PanelID        string         `db:"panel_id"`
		StandingPanel  sql.NullString `db:"standing_panel"`
		Method         string         `db:"method_version"`
		StandingMethod sql.NullString `db:"standing_method"`
	}
	err := tx.GetContext(ctx, &published, `
		select
			r.published_at as at, r.panel_id, r.method_version,
			(select max(w.panel_id) from intermediate.int_outlets_weighted as w where w.night = r.night) as standing_panel,
			(select max(k.method_version) from intermediate.int_constants_pivoted as k where k.night = r.night) as standing_method
		from marts.night_revisions as r
		where r.night = cast($1 as date) and r.revision = $2`, dateText(night), revision)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, errors.New("it was never published")
	case err != nil:
		return nil, fmt.Errorf("ask when it was published: %w", err)
	case published.StandingPanel.String != published.PanelID || published.StandingMethod.String != published.Method:
		return nil, fmt.Errorf("it was counted with panel %s and method %s, and the night has %q and %q now: those are not kept",
			published.PanelID, published.Method, published.StandingPanel.String, published.StandingMethod.String)
	}
	var nights []nightThatStood
	err = tx.SelectContext(ctx, &nights, `
		select
			k.night,
			case
				when k.night = cast($1 as date) then $2
				else (select max(r.revision) from marts.night_revisions as r where r.night = k.night and r.published_at <= $3)
			end as revision,
			(select max(n.revision) from marts.nights as n where n.night = k.night) as standing,
			(select min(o.revision) from ops.outlet_revisions as o where o.night = k.night) as kept_from
		from intermediate.int_constants_pivoted as k
		where k.night <= cast($1 as date) and k.night > cast($1 as date) - cast($4 as integer)
		order by k.night`, dateText(night), revision, published.At, revisionWindow)
	if err != nil {
		return nil, fmt.Errorf("ask what stood of the nights before: %w", err)
	}
	first := slices.IndexFunc(nights, func(n nightThatStood) bool {
		return n.Night.Equal(nights[len(nights)-1].Night) || n.Revision != n.Standing
	})
	nights = nights[first:]
	for _, n := range nights {
		if n.Revision.Valid && (!n.KeptFrom.Valid || n.KeptFrom.Int64 > n.Revision.Int64) {
			return nil, fmt.Errorf("what revision %d of %s rested on was not kept, or retention has taken it", n.Revision.Int64, dateText(n.Night))
		}
	}
	var isWhole bool
	err = tx.GetContext(ctx, &isWhole, `
		select c.previous_night is null or exists (
			select from intermediate.int_outlet_sums_decayed as s where s.night = c.previous_night
		)
		from intermediate.int_nights_chained as c
		where c.night = cast($1 as date)`, dateText(nights[0].Night))
	if err != nil || !isWhole {
		return nil, errors.Join(err, fmt.Errorf("the sums of the night before %s are gone: retention has taken them", dateText(nights[0].Night)))
	}
	return nights, nil
}

// restoreInputs puts the mentions and counts of a night back as a revision had them.
func restoreInputs(ctx context.Context, tx *sqlx.Tx, n nightThatStood) error {
	for _, statement := range []string{
		`delete from intermediate.int_mentions_weighted where night = cast($1 as date) and $2 > 0`,
		`insert into intermediate.int_mentions_weighted (
			night, company_id, article_id, outlet_id, publisher_id, country_code, language_code, story_id,
			salience, match_probability, copy_credit, is_voice, weight, is_quarantined, quarantined_weight
		)
		select
			m.night, m.company_id, m.article_id, m.outlet_id, m.publisher_id, m.country_code, m.language_code, m.story_id,
			m.salience, m.match_probability, m.copy_credit, m.is_voice, m.weight, m.is_quarantined, m.quarantined_weight
		from (` + mentionsOfRevision + `) as m`,
		`delete from intermediate.int_outlet_nights_counted where night = cast($1 as date) and $2 > 0`,
		`insert into intermediate.int_outlet_nights_counted (
			night, outlet_id, article_count, state, channel_count, readable_channel_count, suspect_count
		)
		select o.night, o.outlet_id, o.article_count, o.state, 0, 0, 0
		from (
			select k.*, row_number() over (partition by k.outlet_id order by k.revision desc) as place
			from ops.outlet_revisions as k
			where k.night = cast($1 as date) and k.revision <= $2
		) as o
		where o.place = 1 and not o.is_removed`,
	} {
		if _, err := tx.ExecContext(ctx, statement, dateText(n.Night), n.Revision.Int64); err != nil {
			return fmt.Errorf("put revision %d of %s back: %w", n.Revision.Int64, dateText(n.Night), err)
		}
	}
	return nil
}

// mentionsOfRevision are the mentions of night $1 that revision $2 rested on.
const mentionsOfRevision = `
	select p.*
	from (
		select k.*, row_number() over (partition by k.company_id, k.article_id order by k.revision desc) as place
		from ops.mention_revisions as k
		where k.night = cast($1 as date) and k.revision <= $2
	) as p
	where p.place = 1 and not p.is_removed`

func compareWithPublished(ctx context.Context, tx *sqlx.Tx, result *RebuiltRevision) error {
	err := tx.SelectContext(ctx, &result.Companies, `
		with compared as (
			select
				r.company_id, r.rank_position, r.attention as published_attention, t.attention,
				r.article_count as published_article_count, coalesce(c.article_count, 0) as article_count
			from marts.company_ranking_revisions as r
			left join intermediate.int_attention_shrunk as t on t.night = r.night and t.company_id = r.company_id
			left join intermediate.int_companies_counted as c on c.night = r.night and c.company_id = r.company_id
			where r.night = cast($1 as date) and r.revision = $2
		)
		select
			c.company_id, c.rank_position, c.published_attention, c.attention, c.published_article_count, c.article_count,
			c.article_count = c.published_article_count
				and coalesce(abs(c.attention - c.published_attention) <= 0.000000000001, c.published_attention is null) as is_equal
		from compared as c
		order by c.rank_position`, result.Night, result.Revision)
	if err != nil {
		return fmt.Errorf("compare with what was published: %w", err)
	}
	for _, c := range result.Companies {
		if !c.IsEqual {
			result.DifferentCount++
		}
	}
	return nil
}

// RevisionChanges are the differences between two revisions of a night: companies
// that moved, and the mentions behind it.
type RevisionChanges struct {
	Night    string          `json:"night"`
	Before   int             `json:"revision_before"`
	After    int             `json:"revision_after"`
	Moves    Moves           `json:"moves"`
	Mentions []MentionChange `json:"mentions"` // by company, the widest change of weight first
	Outlets  []OutletChange  `json:"outlets"`
}

// MentionChange is a mention that two revisions do not agree on.
type MentionChange struct {
	CompanyID    string   `db:"company_id" json:"company_id"`
	ArticleID    int64    `db:"article_id" json:"article_id"`
	OutletID     string   `db:"outlet_id" json:"outlet_id"`
	Change       string   `db:"change" json:"change"` // added, removed, edited (its text differs) or reweighted
	WeightBefore *float64 `db:"weight_before" json:"weight_before"`
	WeightAfter  *float64 `db:"weight_after" json:"weight_after"`
	Title        string   `db:"title" json:"title"` // as it is today; empty if the article is gone
	URL          string   `db:"url" json:"url"`
}

// OutletChange is an outlet whose number of articles differs.
type OutletChange struct {
	OutletID      string `db:"outlet_id" json:"outlet_id"`
	ArticleBefore int    `db:"article_count_before" json:"article_count_before"`
	ArticleAfter  int    `db:"article_count_after" json:"article_count_after"`
}

// CompareRevisions tells what differs between two revisions of a night, article by
// article. Changes on earlier nights, whose sums the night carries, are in their own
// revisions. Both must have been published since inputs are kept.
func CompareRevisions(ctx context.Context, db *sqlx.DB, night time.Time, before, after int) (RevisionChanges, error) {
	changes := RevisionChanges{
		Night: dateText(night), Before: before, After: after, Mentions: []MentionChange{}, Outlets: []OutletChange{},
	}
	fail := func(err error) (RevisionChanges, error) {
		return RevisionChanges{}, fmt.Errorf("compare revisions %d and %d of %s: %w", before, after, changes.Night, err)
	}
	var known struct {
		Count    int
		KeptFrom sql.NullInt64 `db:"kept_from"`
	}
	err := db.GetContext(ctx, &known, `
		select
			(select count(*) from marts.night_revisions as r where r.night = cast($1 as date) and r.revision = any($2)) as count,
			(select min(o.revision) from ops.outlet_revisions as o where o.night = cast($1 as date)) as kept_from`,
		changes.Night, pq.Array([]int64{int64(before), int64(after)}))
	switch {
	case err != nil:
		return fail(err)
	case before != after && known.Count < 2 || known.Count < 1:
		return fail(errors.New("not both of them were published; marts.night_revisions lists those that were"))
	case !known.KeptFrom.Valid || known.KeptFrom.Int64 > int64(min(before, after)):
		return fail(errors.New("what the earlier one rested on was not kept, or retention has taken it"))
	}
	moves, err := readMoves(ctx, db, []revisionPair{{night, before, after}})
	if err != nil {
		return fail(err)
	}
	changes.Moves = moves[changes.Night]
	if err := db.SelectContext(ctx, &changes.Mentions, mentionChangesQuery, changes.Night, before, after); err != nil {
		return fail(err)
	}
	err = db.SelectContext(ctx, &changes.Outlets, `
		with places as (
			select
				o.outlet_id, o.article_count, o.is_removed, r.revision,
				row_number() over (partition by r.revision, o.outlet_id order by o.revision desc) as place
			from unnest(cast($2 as integer[])) as r (revision)
			inner join ops.outlet_revisions as o on o.night = cast($1 as date) and o.revision <= r.revision
		),
		counts as (
			select
				p.outlet_id,
				coalesce(max(p.article_count) filter (where p.revision = $3), 0) as article_count_before,
				coalesce(max(p.article_count) filter (where p.revision = $4), 0) as article_count_after
			from places as p
			where p.place = 1 and not p.is_removed
			group by p.outlet_id
		)
		select c.outlet_id, c.article_count_before, c.article_count_after
		from counts as c
		where c.article_count_before <> c.article_count_after
		order by abs(c.article_count_after - c.article_count_before) desc, c.outlet_id collate "C"`,
		changes.Night, pq.Array([]int64{int64(before), int64(after)}), before, after)
	if err != nil {
		return fail(err)
	}
	return changes, nil
}

const mentionChangesQuery = `
	with places as (
		select
			m.company_id, m.article_id, m.outlet_id, m.weight, m.match_probability, m.salience, m.content_hash, m.is_removed,
			r.is_after,
			row_number() over (partition by r.is_after, m.company_id, m.article_id order by m.revision desc) as place
		from (
			select cast($2 as integer) as revision, false as is_after
			union all
			select cast($3 as integer) as revision, true as is_after
		) as r
		inner join ops.mention_revisions as m on m.night = cast($1 as date) and m.revision <= r.revision
	),
	stood as (
		select p.company_id, p.article_id, p.outlet_id, p.weight, p.content_hash, p.is_after
		from places as p
		where p.place = 1 and not p.is_removed
	),
	paired as (
		select
			coalesce(b.company_id, a.company_id) as company_id,
			coalesce(b.article_id, a.article_id) as article_id,
			coalesce(a.outlet_id, b.outlet_id) as outlet_id,
			case
				when b.company_id is null then 'added'
				when a.company_id is null then 'removed'
				when a.content_hash is distinct from b.content_hash then 'edited'
				else 'reweighted'
			end as change,
			b.weight as weight_before,
			a.weight as weight_after,
			a.company_id is null or b.company_id is null
				or a.weight <> b.weight or a.content_hash is distinct from b.content_hash as is_different
		from (select s.* from stood as s where not s.is_after) as b
		full join (select s.* from stood as s where s.is_after) as a
			on a.company_id = b.company_id and a.article_id = b.article_id
	),
	texts as materialized (
		select t.article_id, max(t.title) as title, max(t.url) as url
		from staging.articles as t
		where t.article_id in (select p.article_id from paired as p where p.is_different)
		group by t.article_id
	)
	select
		p.company_id, p.article_id, p.outlet_id, p.change, p.weight_before, p.weight_after,
		coalesce(t.title, '') as title, coalesce(t.url, '') as url
	from paired as p
	left join texts as t on t.article_id = p.article_id
	where p.is_different
	order by p.company_id collate "C", abs(coalesce(p.weight_after, 0) - coalesce(p.weight_before, 0)) desc, p.article_id`
