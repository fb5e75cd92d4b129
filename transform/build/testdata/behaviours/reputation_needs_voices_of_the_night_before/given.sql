-- Table: intermediate.int_reputation_measured
-- Nights: 2026-11-20, 2026-11-21
-- Sums halve in a night. acme has two toned voices on the first night, so on the
-- second enough is known: of n = 2, half say positive and half strongly negative.
-- beta has one on the first night and three more on the second: not enough was
-- known on the night before. Where too little is known the priors stand, which
-- weigh as much as two voices.
update seeds.method_constants set value = 1 where constant_name = 'decay_half_life_nights';
update seeds.method_constants set value = 2 where constant_name in ('reputation_mentions_min', 'reputation_prior_mentions');
select given.company('acme'), given.company('beta');
select given.outlet(concat('o', i), concat('p', i)) from generate_series(1, 3) as i;
select given.article('2026-11-20', concat('o', i), i, concat('a', i)) from generate_series(1, 3) as i;
select given.article('2026-11-21', concat('o', i), 10 + i, concat('b', i)) from generate_series(1, 3) as i;
select given.mention('2026-11-20', 'acme', 1), given.mention('2026-11-20', 'acme', 2), given.mention('2026-11-20', 'beta', 3);
select given.mention('2026-11-21', 'acme', 11);
select given.mention('2026-11-21', 'beta', 10 + i) from generate_series(1, 3) as i;
select given.tone('acme', 1, 0, 1), given.tone('acme', 2, 0, 1), given.tone('acme', 11, 1, 0);
select given.tone('beta', 3, 0, 1), given.tone('beta', 11, 0, 1), given.tone('beta', 12, 0, 1), given.tone('beta', 13, 0, 1);
