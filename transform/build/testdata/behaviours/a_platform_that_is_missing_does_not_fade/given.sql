-- Table: intermediate.int_reactions_decayed
-- Nights: 2026-11-19, 2026-11-20, 2026-11-21
-- y is missing on the second night: what is stored of it is not read, and its
-- sums stay. x fades by 0.905724 twice, y once. The brand counts for its owner.
select given.company('acme'), given.brand('brand', 'acme');
select given.outlet('o1', 'p1');
select given.article(cast(n as date), 'o1', row_number() over (order by n), cast(n as text))
from unnest(array['2026-11-19', '2026-11-20', '2026-11-21']) as n;
select given.platform('2026-11-19', 'x'), given.platform('2026-11-20', 'x'), given.platform('2026-11-21', 'x');
select given.platform('2026-11-19', 'y'), given.platform('2026-11-20', 'y', false), given.platform('2026-11-21', 'y');
select given.reactions('2026-11-19', 'acme', 'x', 100, 10, 0), given.reactions('2026-11-19', 'brand', 'y', 200, 20, 0);
select given.reactions('2026-11-20', 'acme', 'y', 1000, 1000, 1000);
select given.reactions('2026-11-21', 'acme', 'y', 0, 0, 7);
