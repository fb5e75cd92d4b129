-- Table: intermediate.int_outlets_weighted
-- Nights: 2026-11-20
-- US would weigh 300 / 550; it is cut to 0.08 and 0.92 is left for 13 equal
-- countries. Two of them have two outlets.
insert into seeds.countries (country_code, name, region, gdp_musd)
select concat('X', chr(64 + i)), 'X', 'Asia', 900
from generate_series(1, 13) as i;
select given.outlet('us', 'us', 'US');
select given.outlet(concat('x', chr(96 + i)), 'x', concat('X', chr(64 + i)))
from generate_series(1, 13) as i;
select given.outlet('xa2', 'x', 'XA', 1);
select given.outlet('xb2', 'x', 'XB', 3);
select given.article('2026-11-20', 'us', 1, 'text');
