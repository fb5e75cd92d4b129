-- Table: marts.company_countries
-- Nights: 2026-11-20, 2026-11-21
-- In Britain two outlets of two owners say 1 and -0.5, a third retells what its
-- owner has said and is an article and no voice, and an article told twice in an
-- outlet is one. France's press has a tone nobody knows. On the next day only the
-- French write: what is old is not counted.
select given.company('acme'), given.outlet('a', 'a'), given.outlet('b', 'b'), given.outlet('c', 'b'), given.outlet('f', 'f', 'FR');
select given.article('2026-11-20', 'a', 1, 'x'), given.article('2026-11-20', 'a', 2, 'x'), given.article('2026-11-20', 'b', 3, 'y');
select given.article('2026-11-20', 'c', 4, 'y'), given.article('2026-11-20', 'f', 5, 'z'), given.article('2026-11-21', 'f', 6, 'w');
select given.mention('2026-11-20', 'acme', i) from generate_series(1, 5) as i;
select given.mention('2026-11-21', 'acme', 6);
select given.tone('acme', 1, 0, 1), given.tone('acme', 2, 0, 1), given.tone('acme', 3, 0.5, 0), given.tone('acme', 4, 1, 0);
