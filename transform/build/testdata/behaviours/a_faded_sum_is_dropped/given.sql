-- Table: intermediate.int_outlet_company_sums_decayed
-- Nights: 2026-01-01, 2026-11-20
-- log2(1 + 1) = 1 is halved 46 times.
select given.company('old');
select given.company('new');
select given.outlet('o1', 'p1');
select given.article('2026-01-01', 'o1', 1, 'a');
select given.mention('2026-01-01', 'old', 1);
select given.article('2026-11-20', 'o1', 2, 'b');
select given.mention('2026-11-20', 'new', 2);
