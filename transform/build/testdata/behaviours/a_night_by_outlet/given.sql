-- Table: marts.company_outlets
-- Nights: 2026-11-20
-- a tells one story twice and another in passing, both well meant; b retells what
-- its owner's c has said first, so its mention has no weight, and its tone is shown.
select given.company('acme'), given.outlet('a', 'a'), given.outlet('b', 'b', 'GB', 2), given.outlet('c', 'b');
select given.article('2026-11-20', 'a', 1, 'x'), given.article('2026-11-20', 'a', 2, 'x'), given.article('2026-11-20', 'a', 3, 'v');
select given.article('2026-11-20', 'b', 4, 'y'), given.article('2026-11-20', 'c', 5, 'y');
select given.mention('2026-11-20', 'acme', i) from unnest(array[1, 2, 4, 5]) as i;
select given.mention('2026-11-20', 'acme', 3, 'passing');
select given.tone('acme', 1, 0, 1), given.tone('acme', 2, 0, 1), given.tone('acme', 3, 0, 0.4), given.tone('acme', 4, 0.5, 0);
