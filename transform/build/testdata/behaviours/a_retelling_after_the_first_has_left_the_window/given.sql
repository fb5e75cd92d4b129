-- Table: intermediate.int_mentions_weighted
-- Nights: 2026-11-17, 2026-11-19, 2026-11-21, 2026-11-23
-- o1 tells first; o2 tells it again and again, each time within three nights of
-- the last. It is one story and o2 has spoken once. o3 comes late and speaks:
-- within the window it shares the story with o2 alone.
select given.company('acme');
select given.outlet('o1', 'p1');
select given.outlet('o2', 'p2');
select given.outlet('o3', 'p3');
select given.article('2026-11-17', 'o1', 9, 'wire');
select given.article('2026-11-19', 'o2', 2, 'wire');
select given.article('2026-11-21', 'o2', 3, 'wire');
select given.article('2026-11-23', 'o2', 1, 'wire');
select given.article('2026-11-23', 'o3', 4, 'wire');
select given.mention('2026-11-17', 'acme', 9);
select given.mention('2026-11-19', 'acme', 2);
select given.mention('2026-11-21', 'acme', 3);
select given.mention('2026-11-23', 'acme', 1);
select given.mention('2026-11-23', 'acme', 4);
