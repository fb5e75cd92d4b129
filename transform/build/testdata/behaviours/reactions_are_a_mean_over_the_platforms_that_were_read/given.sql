-- Table: intermediate.int_indicators_scored where pillar = 'influence'
-- Nights: 2026-11-19, 2026-11-20, 2026-11-21
-- 19: both platforms: likes (ln(1 + 300 / 100) + 0) / 2 = 0.693147; comments are
-- cut at 4 on x: (4 + 0) / 2. 20: y was not read: x alone, 300 * 0.905724 likes,
-- ln(1 + 2.717171) = 1.312963. 21: none was read: their 0.7 goes to the others.
select given.company('acme');
select given.outlet('o1', 'p1');
select given.article(cast(n as date), 'o1', row_number() over (order by n), cast(n as text))
from unnest(array['2026-11-19', '2026-11-20', '2026-11-21']) as n;
select given.mention('2026-11-19', 'acme', 1);
select given.platform('2026-11-19', 'x'), given.platform('2026-11-20', 'x'), given.platform('2026-11-21', 'x', false);
select given.platform('2026-11-19', 'y'), given.platform('2026-11-20', 'y', false);
select given.reactions('2026-11-19', 'acme', 'x', 300, 100, 1000000);
