-- Table: marts.company_comprehensive_scores
-- Nights: 2026-11-20
-- As in a_dimension_scores_by_attention_and_tone: (33.90 * 32.67 * 1 * 1 * 1)
-- to the power of 0.2. beta is written about in no dimension, and scores 1. One
-- mention is enough for a dimension to count for a case.
update seeds.method_constants set value = 0 where constant_name in ('outlet_prior_articles', 'global_prior_articles');
update seeds.method_constants set value = -4 where constant_name = 'goalpost_dimension_low';
update seeds.method_constants set value = 0 where constant_name = 'goalpost_dimension_high';
update seeds.method_constants set value = 1 where constant_name = 'case_dimension_mentions_min';
select given.company('acme'), given.company('beta'), given.outlet('a', 'a');
select given.article('2026-11-20', 'a', i, concat('a', i)) from generate_series(1, 4) as i;
select given.mention('2026-11-20', 'acme', 1), given.mention('2026-11-20', 'acme', 2), given.mention('2026-11-20', 'beta', 3);
select given.dimensions('acme', 1, '{global_layout}'), given.dimensions('acme', 2, '{corporate_culture}');
select given.tone('acme', 1, 0, 0.6);
