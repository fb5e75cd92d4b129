-- Table: intermediate.int_tone_norms_frozen
-- Nights: 2026-09-29, 2026-09-30, 2026-10-01, 2026-10-02
-- Until there are two nights before the quarter, the declared norms hold. Then
-- Britain's press says 0.8 of acme and 0.2 of beta, 0.5 on the whole, and France's
-- -0.9. Against that acme's sector stands at (0.3 + 0) / 2, beta's at -0.3; one of
-- acme's two voices is strongly negative. What is said in the quarter itself moves
-- nothing.
update seeds.method_constants set value = 2 where constant_name = 'reference_nights_min';
delete from seeds.countries where country_code not in ('GB', 'FR', 'CN');
select given.company('acme'), given.company('beta');
update seeds.companies set sector = 'cars' where company_id = 'beta';
select given.outlet('b', 'b'), given.outlet('f', 'f', 'FR');
select given.article('2026-09-29', 'b', 1, 'a'), given.article('2026-09-29', 'f', 2, 'b'), given.article('2026-09-29', 'b', 3, 'c');
select given.article('2026-09-30', 'b', 4, 'd'), given.article('2026-10-01', 'b', 5, 'e'), given.article('2026-10-02', 'b', 6, 'f');
select given.mention('2026-09-29', 'acme', 1), given.mention('2026-09-29', 'acme', 2), given.mention('2026-09-29', 'beta', 3);
select given.mention('2026-10-01', 'acme', 5), given.mention('2026-10-02', 'acme', 6);
select given.tone('acme', 1, 0, 0.8), given.tone('acme', 2, 0.9, 0), given.tone('beta', 3, 0, 0.2);
select given.tone('acme', 5, 1, 0), given.tone('acme', 6, 1, 0);
