-- Table: intermediate.int_pillars_scored where pillar <> 'reputation'
-- Nights: 2026-11-20
-- Goalposts so low that all is far above: 1.2 lengths are the most that counts.
update seeds.method_constants set value = -999 where constant_name like 'goalpost_%_high';
update seeds.method_constants set value = -1000 where constant_name like 'goalpost_%_low';
select given.company('acme');
select given.outlet('o1', 'p1');
select given.article('2026-11-20', 'o1', 1, 'a');
select given.mention('2026-11-20', 'acme', 1);
