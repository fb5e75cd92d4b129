-- Table: intermediate.int_spread_measured where indicator = 'effective_countries'
-- Nights: 2026-11-20
-- Both are read in GB and FR, known with nine headlines in FR instead of one.
-- Presence is full from one article in a thousand on: 1 / (1 + 500) > 0.001. So
-- both are as present in FR; known has more mentions, and the allowance for
-- countries not seen falls from 1 / (2 * 2) to 1 / (2 * 10). rare is fully
-- present in GB and by 0.432959 / 509 / 0.001 = 0.850607 in FR, where it stands
-- in a body: p = 0.540364 and 0.459636, H = 0.689886, plus 1 / (2 * 2).
select given.company('known'), given.company('news'), given.company('rare');
select given.outlet('gb', 'p1', 'GB'), given.outlet('fr', 'p2', 'FR');
select given.outlet('us', 'p3', 'US'), given.outlet('tv', 'p4', 'TV');
select given.article('2026-11-20', 'gb', 1, 'a');
select given.article('2026-11-20', 'fr', 10 + i, concat('b', i)) from generate_series(1, 9) as i;
select given.mention('2026-11-20', 'known', 1), given.mention('2026-11-20', 'news', 1), given.mention('2026-11-20', 'rare', 1);
select given.mention('2026-11-20', 'known', 10 + i) from generate_series(1, 9) as i;
select given.mention('2026-11-20', 'news', 11);
select given.mention('2026-11-20', 'rare', 12, 'body');
