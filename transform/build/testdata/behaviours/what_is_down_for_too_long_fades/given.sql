-- Table: intermediate.int_outlets_faded
-- Nights: 2026-11-01, 2026-11-28, 2026-11-29
-- o1 was last heard on the 1st. On the 28th that is 27 nights ago, and its sums
-- stay as they were; on the 29th it is 28, the declared number: they fade by the
-- night. o2 is up, and fades by the 27 nights that nobody built, then by one.
select given.outlet('o1', 'p1'), given.outlet('o2', 'p2');
update seeds.outlets set expected_articles_min = 1;
select given.article('2026-11-01', 'o1', 1, 'a'), given.article('2026-11-01', 'o2', 2, 'b');
select given.article('2026-11-28', 'o2', 3, 'c'), given.article('2026-11-29', 'o2', 4, 'd');
