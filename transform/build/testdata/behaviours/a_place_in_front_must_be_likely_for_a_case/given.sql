-- Table: intermediate.int_cases_selected
-- Nights: 2026-11-20
-- All are among the first forty in every replicate, but more than that is asked
-- for than can be had: there is no case, and no row. (The comparator would be no
-- object.)
update seeds.method_constants set value = 1 where constant_name in ('case_mentions_min', 'case_dimensions_min', 'case_dimension_mentions_min');
update seeds.method_constants set value = 1.1 where constant_name = 'case_probability_min';
select given.company('alpha'), given.company('beta'), given.company('rival', true), given.outlet('o', 'p');
select given.article('2026-11-20', 'o', i, concat('a', i)) from generate_series(1, 6) as i;
select given.mention('2026-11-20', c, i) from unnest(array['alpha', 'beta', 'rival']) as c cross join generate_series(1, 6) as i;
select given.dimensions(c, i, '{global_layout}') from unnest(array['alpha', 'beta', 'rival']) as c cross join generate_series(1, 6) as i;
