-- Table: marts.company_rankings
-- Nights: 2026-11-20, 2026-11-21
select given.company('acme');
select given.company('tesla', true);
select given.company('left');
select given.company('beta');
update seeds.companies set is_active = false where company_id = 'left';
select given.outlet('o1', 'p1');
select given.article('2026-11-20', 'o1', i, concat('a', i))
from generate_series(1, 3) as i;
select given.mention('2026-11-20', 'tesla', i) from generate_series(1, 3) as i;
select given.mention('2026-11-20', 'left', i) from generate_series(1, 2) as i;
select given.mention('2026-11-20', 'acme', 1);
select given.article('2026-11-21', 'o1', i, concat('a', i))
from generate_series(4, 6) as i;
select given.mention('2026-11-21', 'beta', i) from generate_series(4, 6) as i;
