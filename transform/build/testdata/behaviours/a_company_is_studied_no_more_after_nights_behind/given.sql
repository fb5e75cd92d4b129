-- Table: intermediate.int_objects_selected
-- Nights: 2026-11-20, 2026-11-21, 2026-11-22, 2026-11-23
-- Two are studied; who stands behind the second place for three nights in a row
-- goes, and who comes next takes the place. beta is third from the 21st on.
-- Attention is that of the night alone.
update seeds.method_constants set value = 0.1 where constant_name = 'decay_half_life_nights';
update seeds.method_constants set value = 2 where constant_name in ('object_count', 'object_position_out', 'object_nights_in');
update seeds.method_constants set value = 1 where constant_name in ('object_position_in', 'object_window_nights');
update seeds.method_constants set value = 3 where constant_name = 'object_nights_out';
select given.company('alpha'), given.company('beta'), given.company('gamma'), given.outlet('o', 'p');
with
nights as (
    select n.night, n.k, n.company, n.articles
    from (values
        (date '2026-11-20', 1, 'alpha', 5), (date '2026-11-20', 1, 'beta', 3), (date '2026-11-20', 1, 'gamma', 1),
        (date '2026-11-21', 2, 'alpha', 5), (date '2026-11-21', 2, 'gamma', 3), (date '2026-11-21', 2, 'beta', 1),
        (date '2026-11-22', 3, 'alpha', 5), (date '2026-11-22', 3, 'gamma', 3), (date '2026-11-22', 3, 'beta', 1),
        (date '2026-11-23', 4, 'alpha', 5), (date '2026-11-23', 4, 'gamma', 3), (date '2026-11-23', 4, 'beta', 1)
    ) as n (night, k, company, articles)
)
select
    given.article(n.night, 'o', 100 * n.k + 10 * ascii(n.company) + i, concat(n.k, n.company, i)),
    given.mention(n.night, n.company, 100 * n.k + 10 * ascii(n.company) + i)
from nights as n cross join lateral generate_series(1, n.articles) as i;
