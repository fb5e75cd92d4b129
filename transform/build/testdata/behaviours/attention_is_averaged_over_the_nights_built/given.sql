-- Table: intermediate.int_objects_selected
-- Nights: 2026-11-20, 2026-11-21
-- Of four articles of the first night one names alpha, of four of the second one
-- names beta; comparators are not studied. Sums halve in a night: alpha has 1/4
-- and 0.5/6, beta nothing and 1/6.
update seeds.method_constants set value = 0 where constant_name in ('outlet_prior_articles', 'global_prior_articles');
update seeds.method_constants set value = 1 where constant_name = 'decay_half_life_nights';
select given.company('alpha'), given.company('beta'), given.company('rival', true), given.outlet('o', 'p');
select given.article('2026-11-20', 'o', i, concat('a', i)), given.article('2026-11-21', 'o', 10 + i, concat('b', i))
from generate_series(1, 4) as i;
select given.mention('2026-11-20', 'alpha', 1), given.mention('2026-11-21', 'beta', 11), given.mention('2026-11-21', 'rival', 12);
