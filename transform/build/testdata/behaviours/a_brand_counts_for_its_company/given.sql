-- Table: intermediate.int_mentions_weighted
-- Nights: 2026-11-20
-- The first article names both, the company surely and the brand in the
-- headline; the second the brand of a brand alone.
select given.outlet('a', 'a');
select given.company('owner'), given.brand('brand', 'owner'), given.brand('app', 'brand');
select given.article('2026-11-20', 'a', 1, 'both'), given.article('2026-11-20', 'a', 2, 'app');
select given.mention('2026-11-20', 'owner', 1, 'passing', 0.98), given.mention('2026-11-20', 'brand', 1, 'headline', 0.9);
select given.mention('2026-11-20', 'app', 2, 'lead', 0.8);
