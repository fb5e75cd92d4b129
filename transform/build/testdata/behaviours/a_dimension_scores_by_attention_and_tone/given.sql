-- Table: intermediate.int_dimensions_scored
-- Nights: 2026-11-20
-- A quarter of the only outlet's articles speak of a plant of acme: between the
-- goalposts of -4 and 0, ln 0.25 stands at 65.34. One toned voice of 0.6 beside a
-- prior of 15 is 0.0375, so that 65.34 * 1.0375 / 2 is left. Of the strike no tone
-- is known: half is left.
update seeds.method_constants set value = 0 where constant_name in ('outlet_prior_articles', 'global_prior_articles');
update seeds.method_constants set value = -4 where constant_name = 'goalpost_dimension_low';
update seeds.method_constants set value = 0 where constant_name = 'goalpost_dimension_high';
select given.company('acme'), given.outlet('a', 'a');
select given.article('2026-11-20', 'a', i, concat('a', i)) from generate_series(1, 4) as i;
select given.mention('2026-11-20', 'acme', 1), given.mention('2026-11-20', 'acme', 2);
select given.dimensions('acme', 1, '{global_layout}'), given.dimensions('acme', 2, '{corporate_culture}');
select given.tone('acme', 1, 0, 0.6);
