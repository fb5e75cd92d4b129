-- Table: marts.company_rankings
-- Nights: 2026-11-20
-- Goalposts so high that nobody reaches one: all score the floor of 1.
update seeds.method_constants set value = 1000 where constant_name like 'goalpost_%_high';
update seeds.method_constants set value = 999 where constant_name like 'goalpost_%_low';
select given.company('alpha'), given.company('beta'), given.company('gamma');
select given.outlet('o1', 'p1');
select given.article('2026-11-20', 'o1', i, concat('a', i)) from generate_series(1, 4) as i;
select given.mention('2026-11-20', 'alpha', 1), given.mention('2026-11-20', 'beta', 2), given.mention('2026-11-20', 'gamma', 3);
select given.mention('2026-11-20', 'gamma', 4);
