-- Table: intermediate.int_articles_deduplicated
-- Nights: 2026-11-20, 2026-11-21, 2026-11-25
-- Twice on the first night, once the night after, and once when it is old.
select given.outlet('o1', 'group');
select given.article('2026-11-20', 'o1', 7, 'text');
select given.article('2026-11-20', 'o1', 8, 'text');
select given.article('2026-11-21', 'o1', 9, 'text');
select given.article('2026-11-21', 'o1', 10, 'news');
select given.article('2026-11-25', 'o1', 11, 'text');
