-- Table: intermediate.int_mentions_weighted
-- Nights: 2026-11-21
-- home retells the story of a: no voice, no reprint, no copy credit.
select given.company('byd');
select given.outlet('a', 'a'), given.outlet('home', 'home', 'CN');
update seeds.outlets set is_in_panel = false where outlet_id = 'home';
select
    given.article('2026-11-21', 'a', 1, 'one story'),
    given.article('2026-11-21', 'home', 2, 'one story'),
    given.article('2026-11-21', 'home', 3, 'another');
select given.mention('2026-11-21', 'byd', i)
from generate_series(1, 3) as i;
