-- Table: marts.company_rank_change_indicators
-- Nights: 2026-11-20, 2026-11-21
-- On the second night o1, which spoke of acme, is down, and o2, which spoke of
-- beta, is up and has nothing to say; o3 writes of neither. What o1 said does not
-- fade, so nothing of acme's attention or breadth is lost by its outage. The
-- share of the whole panel, which is in attention, falls for both by what o3
-- wrote. Headlines and pickups are summed by country and fade half as far as the
-- night, for one of its two outlets is down: acme's way is coverage, beta's news.
select given.company('acme');
select given.company('beta');
select given.outlet('o1', 'p1');
select given.outlet('o2', 'p2');
select given.outlet('o3', 'p3', 'GB', 1);
update seeds.outlets set expected_articles_min = 1 where outlet_id = 'o1';
select given.article('2026-11-20', 'o1', 1, 'a');
select given.mention('2026-11-20', 'acme', 1);
select given.article('2026-11-20', 'o2', 2, 'b');
select given.mention('2026-11-20', 'beta', 2);
select given.article('2026-11-21', 'o3', 3, 'c');
