-- Table: marts.company_cases
-- Nights: 2026-11-20
-- Two cases. alpha and beta have the most E and are both private; gamma, which is
-- state-owned, comes in for beta. It is also the best in social responsibility, and
-- that is what it is chosen for. Nobody is written about in three dimensions. delta
-- has as many mentions and no more than one dimension, which is too few.
update seeds.method_constants set value = 2 where constant_name in ('case_count', 'case_mentions_min', 'case_dimensions_min');
update seeds.method_constants set value = 1 where constant_name in ('case_dimension_mentions_min', 'case_sectors_min');
update seeds.method_constants set value = 0 where constant_name = 'case_probability_min';
select given.company('alpha'), given.company('beta'), given.company('gamma'), given.company('delta'), given.outlet('o', 'p');
update seeds.companies set ownership = 'state' where company_id = 'gamma';
update seeds.companies set sector = company_id;
select given.article('2026-11-20', 'o', i, concat('a', i)) from generate_series(1, 40) as i;
select given.mention('2026-11-20', 'alpha', i) from generate_series(1, 12) as i;
select given.mention('2026-11-20', 'beta', i) from generate_series(13, 20) as i;
select given.mention('2026-11-20', 'gamma', i) from generate_series(21, 22) as i;
select given.mention('2026-11-20', 'delta', i) from generate_series(23, 34) as i;
select given.dimensions('alpha', i, '{global_layout,global_competitiveness}') from generate_series(1, 12) as i;
select given.dimensions('beta', i, '{global_layout,global_competitiveness}') from generate_series(13, 20) as i;
select given.dimensions('gamma', i, '{global_layout,social_responsibility}') from generate_series(21, 22) as i;
select given.dimensions('delta', i, '{global_layout}') from generate_series(23, 34) as i;
