-- Table: intermediate.int_furniture_found
-- Nights: 2026-11-21
-- a wrote 300 articles: sentence 7 stands in 5 of them, sentence 8 in 6, which
-- is the fiftieth part.
select given.company('byd');
select given.outlet('a', 'a');
select given.article('2026-11-21', 'a', i, concat('story ', i))
from generate_series(1, 300) as i;
select given.naming('2026-11-21', 'byd', i, 'body', '{7,8}', '{body,body}')
from generate_series(1, 5) as i;
select given.naming('2026-11-21', 'byd', 6, 'body', '{8}', '{body}');
