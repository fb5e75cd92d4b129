-- What each outlet delivered tonight, and whether it was up.
-- Grain: night, outlet_id
-- Reads: intermediate.int_outlet_nights_counted,
--     intermediate.int_outlets_weighted
-- Rebuild: night
-- Params: $1 night
select
    n.night,
    n.outlet_id,
    n.article_count,
    n.expected_count as expected_article_count,
    n.state,
    cast(coalesce(w.weight, 0) as numeric(13, 12)) as weight_share,
    n.channel_count,
    n.readable_channel_count
from intermediate.int_outlet_nights_counted as n
left join intermediate.int_outlets_weighted as w
    on w.night = n.night and w.outlet_id = n.outlet_id
where n.night = cast($1 as date)
