-- Table: intermediate.int_spread_measured where indicator = 'outlet_breadth'
-- Nights: 2026-11-20
-- Four outlets of one weight. In an outlet with one article, x = 1 for one
-- headline: 1 / (1 + 0.002 * 101) = 0.831947 of it counts. Two headlines there
-- (x = 1.584963) count little more than one, headlines in two outlets twice. In
-- the outlet with 101 articles a name in a body, x = 0.432959, is a little more
-- than the share that counts by half, 0.002 * 201 = 0.402.
select given.company('one'), given.company('body'), given.company('two_outlets'), given.company('two_headlines');
select given.outlet(concat('o', i), concat('p', i)) from generate_series(1, 4) as i;
select given.article('2026-11-20', concat('o', i), i, concat('a', i)) from generate_series(1, 3) as i;
select given.article('2026-11-20', 'o4', 1000 + i, concat('b', i)) from generate_series(1, 101) as i;
select given.article('2026-11-20', 'o3', 2000, 'c');
select given.mention('2026-11-20', 'one', 1);
select given.mention('2026-11-20', 'body', 1001, 'body');
select given.mention('2026-11-20', 'two_outlets', 1);
select given.mention('2026-11-20', 'two_outlets', 2);
select given.mention('2026-11-20', 'two_headlines', 3);
select given.mention('2026-11-20', 'two_headlines', 2000);
