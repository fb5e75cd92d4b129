-- Table: marts.company_rank_changes
-- Nights: 2026-11-20, 2026-11-21
-- acme was first and is told of as before; beta is told of by everybody on the
-- second night and passes it. acme's own change alone would have kept its place.
select given.company('acme');
select given.company('beta');
select given.company('tesla', true);
select given.outlet(concat('o', i), concat('p', i)) from generate_series(1, 6) as i;
select given.article(n.night, concat('o', i), 100 * (n.night - date '2026-11-19') + i, concat(n.night, i))
from generate_series(1, 6) as i
cross join (
    select cast('2026-11-20' as date) + d as night
    from generate_series(0, 1) as d
) as n;
select given.mention('2026-11-20', 'acme', 100 + i) from generate_series(1, 3) as i;
select given.mention('2026-11-20', 'tesla', 101);
select given.mention('2026-11-20', 'beta', 104, 'passing');
select given.mention('2026-11-21', 'acme', 200 + i) from generate_series(1, 3) as i;
select given.mention('2026-11-21', 'beta', 200 + i) from generate_series(1, 6) as i;
