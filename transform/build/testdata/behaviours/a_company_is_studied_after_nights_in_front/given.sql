-- Table: marts.company_objects
-- Nights: 2026-11-20, 2026-11-21, 2026-11-22, 2026-11-23, 2026-11-24
-- Two are studied; who is first for two nights in a row comes in, for the last of
-- those that are in. gamma leads on the 21st and falls back: nothing changes,
-- though beta is third that night. It leads on the 23rd, and on the 24th it is in.
-- Attention is that of the night alone.
update seeds.method_constants set value = 0.1 where constant_name = 'decay_half_life_nights';
update seeds.method_constants set value = 2 where constant_name in ('object_count', 'object_position_out', 'object_nights_in');
update seeds.method_constants set value = 1 where constant_name in ('object_position_in', 'object_window_nights');
update seeds.method_constants set value = 3 where constant_name = 'object_nights_out';
select given.company('alpha'), given.company('beta'), given.company('gamma'), given.outlet('o', 'p');
-- Of night k, alpha has a articles, beta b and gamma g.
with
nights as (
    select n.night, n.k, n.company, n.articles
    from (values
        (date '2026-11-20', 1, 'alpha', 5), (date '2026-11-20', 1, 'beta', 3), (date '2026-11-20', 1, 'gamma', 1),
        (date '2026-11-21', 2, 'gamma', 5), (date '2026-11-21', 2, 'alpha', 3), (date '2026-11-21', 2, 'beta', 1),
        (date '2026-11-22', 3, 'alpha', 5), (date '2026-11-22', 3, 'beta', 3), (date '2026-11-22', 3, 'gamma', 1),
        (date '2026-11-23', 4, 'gamma', 5), (date '2026-11-23', 4, 'alpha', 3), (date '2026-11-23', 4, 'beta', 1),
        (date '2026-11-24', 5, 'gamma', 5), (date '2026-11-24', 5, 'alpha', 3), (date '2026-11-24', 5, 'beta', 1)
    ) as n (night, k, company, articles)
)
select
    given.article(n.night, 'o', 100 * n.k + 10 * ascii(n.company) + i, concat(n.k, n.company, i)),
    given.mention(n.night, n.company, 100 * n.k + 10 * ascii(n.company) + i)
from nights as n cross join lateral generate_series(1, n.articles) as i;
