-- Table: intermediate.int_outlets_weighted
-- Nights: 2026-11-20
-- Fifteen countries of root 50, and three of root 10: one known, two not.
-- 12 capped countries would leave 0.04; none is above the cap: 50 / 780.
insert into seeds.countries (country_code, name, region, gdp_musd)
select concat('X', chr(64 + i)), 'X', 'Asia', 2500
from generate_series(1, 15) as i;
select given.outlet(concat('x', chr(96 + i)), 'x', concat('X', chr(64 + i)))
from generate_series(1, 15) as i;
select given.outlet('tv', 'tv', 'TV');
select given.outlet('kp', 'kp', 'KP');
select given.outlet('zz', 'zz', 'ZZ');
select given.article('2026-11-20', 'tv', 1, 'text');
