-- Table: intermediate.int_mentions_weighted
-- Nights: 2026-11-20, 2026-11-21
-- The second title reprints a day later; a second publisher joins: n is 2.
select given.company('acme');
select given.outlet('o1', 'group');
select given.outlet('o2', 'group');
select given.outlet('o3', 'other');
select given.article('2026-11-20', 'o1', 1, 'wire');
select given.article('2026-11-21', 'o2', 2, 'wire');
select given.article('2026-11-21', 'o3', 3, 'wire');
select given.mention('2026-11-20', 'acme', 1);
select given.mention('2026-11-21', 'acme', 2);
select given.mention('2026-11-21', 'acme', 3);
