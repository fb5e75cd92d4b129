-- Table: intermediate.int_mentions_weighted
-- Nights: 2026-11-20
-- Two publishers, so the credit is (1 + 0.5) / 2 = 0.75.
select given.company('acme');
select given.outlet('small', 'group', 'GB', 3);
select given.outlet('large', 'group', 'GB', 1);
select given.outlet('other', 'other');
select given.article('2026-11-20', 'small', 1, 'wire');
select given.article('2026-11-20', 'large', 2, 'wire');
select given.article('2026-11-20', 'other', 3, 'wire');
select given.mention('2026-11-20', 'acme', 1, 'lead', 1);
select given.mention('2026-11-20', 'acme', 2, 'headline', 0.5);
select given.mention('2026-11-20', 'acme', 3, 'passing', 0.8);
