-- Table: intermediate.int_influence_measured
-- Nights: 2026-11-20
-- headline: (1 + 3 * 0.5) / (1 + 3) = 0.625; passing: 1.5 / (0.15 + 3). Neither
-- was picked up: 5 * 0.3 / (1 + 5) = 0.25. No platform was read: no likes.
select given.company('headline'), given.company('passing');
select given.outlet('o1', 'p1');
select given.article('2026-11-20', 'o1', 1, 'a'), given.article('2026-11-20', 'o1', 2, 'b');
select given.mention('2026-11-20', 'headline', 1), given.mention('2026-11-20', 'passing', 2, 'passing');
