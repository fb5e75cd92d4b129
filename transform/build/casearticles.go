package build

// articlesOfCase are shown of a case for each dimension.
const articlesOfCase = 3

// caseArticlesStatement finds, for each case and dimension, the articles whose
// label is surest, of one story one, among those of the last half-life of the
// dimensions. $1 is the night, $2 how many. Of an article that names a company in
// several ways the surest name gives the sentence. The bound of 92 nights is for
// the planner, which looks into no older month.
const caseArticlesStatement = `
	with
	labels as materialized (
		select d.night, d.company_id, d.article_id, d.dimension, d.probability, w.story_id, w.weight
		from intermediate.int_cases_selected as c
		inner join intermediate.int_constants_pivoted as k on k.night = c.night
		inner join intermediate.int_mention_dimensions as d on d.company_id = c.company_id
		inner join intermediate.int_mentions_weighted as w
			on w.night = d.night and w.company_id = d.company_id and w.article_id = d.article_id
		where
			c.night = cast($1 as date)
			and d.night <= cast($1 as date)
			and d.night > cast($1 as date) - 92
			and d.night > cast($1 as date) - cast(k.dimension_half_life_nights as integer)
			and w.night <= cast($1 as date)
			and w.night > cast($1 as date) - 92
			and w.is_voice
	),
	articles as materialized (
		select a.night, a.article_id, a.outlet_id, a.headline, a.url
		from (select distinct l.night, l.article_id from labels as l) as l
		inner join intermediate.int_naming_articles as a
			on a.night = l.night and a.article_id = l.article_id
		where
			a.night <= cast($1 as date)
			and a.night > cast($1 as date) - 92
	),
	tellings as (
		select
			l.night, l.company_id, l.article_id, l.dimension, l.probability, l.weight, a.outlet_id, a.headline, a.url,
			row_number() over (
				partition by l.company_id, l.dimension, l.story_id
				order by l.probability desc, l.weight desc, l.night desc, a.outlet_id collate "C", a.url collate "C"
			) as telling_position
		from labels as l
		inner join articles as a on a.night = l.night and a.article_id = l.article_id
	),
	ordered as (
		select
			t.night, t.company_id, t.article_id, t.dimension, t.outlet_id, t.headline, t.url,
			row_number() over (
				partition by t.company_id, t.dimension
				order by t.probability desc, t.weight desc, t.night desc, t.outlet_id collate "C", t.url collate "C"
			) as article_position
		from tellings as t
		where t.telling_position = 1
	),
	shown as materialized (
		select o.night, o.company_id, o.article_id, o.dimension, o.outlet_id, o.headline, o.url, o.article_position
		from ordered as o
		where o.article_position <= $2
	),
	named as materialized (
		select m.night, m.company_id, m.article_id, m.evidence, m.dimensions, m.dimension_probabilities, m.dimension_evidence
		from (select distinct s.night, s.article_id from shown as s) as s
		inner join staging.mentions as m
			on m.night = s.night and m.article_id = s.article_id
		where
			m.night <= cast($1 as date)
			and m.night > cast($1 as date) - 92
	),
	sentences as (
		select
			s.company_id, s.dimension, s.article_position, n.evidence,
			n.dimension_evidence[array_position(n.dimensions, s.dimension)] as cue,
			row_number() over (
				partition by s.company_id, s.dimension, s.article_position
				order by
					n.dimension_probabilities[array_position(n.dimensions, s.dimension)] desc,
					n.company_id collate "C"
			) as name_position
		from shown as s
		inner join named as n on n.night = s.night and n.article_id = s.article_id
		inner join intermediate.int_companies_rolled_up as r
			on r.night = n.night and r.named_company_id = n.company_id and r.company_id = s.company_id
		where s.dimension = any(n.dimensions)
	)
	insert into intermediate.int_case_articles (
		night, company_id, dimension, article_position, article_night, article_id, outlet_id, headline, url, evidence, cue
	)
	select
		cast($1 as date), s.company_id, s.dimension, cast(s.article_position as integer), s.night, s.article_id,
		s.outlet_id, s.headline, s.url, e.evidence, coalesce(e.cue, '')
	from shown as s
	inner join sentences as e
		on
			e.company_id = s.company_id and e.dimension = s.dimension
			and e.article_position = s.article_position and e.name_position = 1`
