-- Warn: Mentions are labelled with dimensions that are none of the five.
-- Stage: build
-- Reads: intermediate.int_mention_dimensions
-- Params: $1 night
--
-- Resampling leaves them out: what is said of how sure a score is misses them.
select
    d.dimension,
    count(*) as mention_count
from intermediate.int_mention_dimensions as d
where
    d.night = cast($1 as date)
    and d.dimension not in (
        'global_layout',
        'global_competitiveness',
        'corporate_culture',
        'social_responsibility',
        'global_governance'
    )
group by d.dimension
order by d.dimension collate "C"
