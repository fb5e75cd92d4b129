-- Table: intermediate.int_reputation_measured
-- Nights: 2026-11-19, 2026-11-20
-- Two countries of the same weight. The British press says 2.4 in all, which
-- counts as 1, the French -0.5: (0.5 + 0.05) / (0.5 + 0.25 + 0.1). One neutral
-- voice of the night before, which fades by half, makes that enough is known:
-- n = 4.5 and a net tone of 1.9 / 4.5, none of it strongly negative, beside the
-- priors of 15 voices.
update seeds.method_constants set value = 1 where constant_name in ('decay_half_life_nights', 'reputation_mentions_min');
select given.company('acme');
select given.outlet(concat('o', i), concat('p', i)) from generate_series(0, 3) as i;
select given.outlet('f', 'f', 'FR');
select given.article('2026-11-19', 'o1', 9, 'z');
select given.article('2026-11-20', concat('o', i), i, concat('a', i)) from generate_series(1, 3) as i;
select given.article('2026-11-20', 'f', 4, 'd');
select given.mention('2026-11-19', 'acme', 9);
select given.mention('2026-11-20', 'acme', i) from generate_series(1, 4) as i;
select given.tone('acme', 9, 0, 0), given.tone('acme', 1, 0, 1), given.tone('acme', 2, 0, 1), given.tone('acme', 3, 0, 0.4);
select given.tone('acme', 4, 0.5, 0);
