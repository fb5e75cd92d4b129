-- Table: intermediate.int_outlets_weighted
-- Nights: 2026-11-20
-- Roots of GDP: 300, 70, 60 and eleven times 40. Alone, only US is above; with
-- US cut, XA would get 0.92 * 70 / 570 = 0.113 and XB 0.097; with three cut
-- the rest is 0.76 / 11 each.
insert into seeds.countries (country_code, name, region, gdp_musd)
values ('XA', 'X', 'Asia', 4900), ('XB', 'X', 'Asia', 3600);
insert into seeds.countries (country_code, name, region, gdp_musd)
select concat('Y', chr(64 + i)), 'Y', 'Asia', 1600
from generate_series(1, 11) as i;
select given.outlet('us', 'us', 'US');
select given.outlet('xa', 'xa', 'XA');
select given.outlet('xb', 'xb', 'XB');
select given.outlet(concat('y', chr(96 + i)), 'y', concat('Y', chr(64 + i)))
from generate_series(1, 11) as i;
select given.article('2026-11-20', 'us', 1, 'text');
