-- Table: intermediate.int_spread_measured where indicator = 'effective_countries'
-- Nights: 2026-11-20
-- Headlines in a country of one article: presence 1 / 501 / 0.001, cut to 1.
-- home: one country, one mention: exp(0) = 1. two: two countries, H = ln 2, and
-- (2 - 1) / (2 * 2) = 0.25 for the countries a sample of two has missed:
-- 2 * exp(0.25) = 2.568051. all four: 4 * exp(3 / 8) = 5.82, but there are only
-- four. much: two countries and nine mentions, 2 * exp(1 / 18) = 2.114255.
select given.company(c) from unnest(array['home', 'two', 'four', 'much']) as c;
select
    given.outlet('gb', 'p1', 'GB'), given.outlet('fr', 'p2', 'FR'),
    given.outlet('us', 'p3', 'US'), given.outlet('tv', 'p4', 'TV');
select given.article('2026-11-20', o.outlet_id, row_number() over (order by o.outlet_id), o.outlet_id)
from seeds.outlets as o;
select given.article('2026-11-20', 'fr', 10 + i, concat('more', i)) from generate_series(1, 7) as i;
select given.mention('2026-11-20', 'home', 1);
select given.mention('2026-11-20', 'two', 1), given.mention('2026-11-20', 'two', 2);
select given.mention('2026-11-20', 'four', i) from generate_series(1, 4) as i;
select given.mention('2026-11-20', 'much', 1), given.mention('2026-11-20', 'much', 2);
select given.mention('2026-11-20', 'much', 10 + i) from generate_series(1, 7) as i;
