-- Table: marts.company_case_articles
-- Nights: 2026-11-01, 2026-11-20
-- Four stories of plants: three are shown, the surest first. The one that two
-- publishers tell is shown once, from the outlet that comes first. Of an article
-- that names the company and its brand the brand is surer, and its sentence stands.
-- The plant of the 1st is older than the half-life of ten nights.
update seeds.method_constants set value = 1 where constant_name in ('case_mentions_min', 'case_dimensions_min', 'case_dimension_mentions_min');
update seeds.method_constants set value = 10 where constant_name = 'dimension_half_life_nights';
update seeds.method_constants set value = 0 where constant_name = 'case_probability_min';
select given.company('acme'), given.brand('brand', 'acme'), given.outlet('a', 'a'), given.outlet('b', 'b');
select given.article('2026-11-01', 'a', 1, 'old plant'), given.article('2026-11-20', 'b', 2, 'wire'), given.article('2026-11-20', 'a', 3, 'wire');
select given.article('2026-11-20', 'a', 4, 'office'), given.article('2026-11-20', 'a', 5, 'port'), given.article('2026-11-20', 'a', 6, 'rumour');
select given.mention('2026-11-01', 'acme', 1);
select given.mention('2026-11-20', 'acme', i) from generate_series(2, 6) as i;
select given.mention('2026-11-20', 'brand', 5, 'lead');
update staging.mentions set evidence = concat('It says ', company_id, ' ', article_id, '.');
select given.dimensions('acme', i, '{global_layout}') from generate_series(1, 6) as i;
select given.dimensions('brand', 5, '{corporate_culture,global_layout}');
update staging.mentions set dimension_evidence = '{culture,harbour}' where company_id = 'brand';
update staging.mentions set dimension_probabilities = '{0.9}' where company_id = 'acme' and article_id = 4;
update staging.mentions set dimension_probabilities = '{0.7}' where company_id = 'acme' and article_id = 5;
update staging.mentions set dimension_probabilities = '{0.6,0.95}' where company_id = 'brand';
update staging.mentions set dimension_probabilities = '{0.5}' where article_id = 6;
