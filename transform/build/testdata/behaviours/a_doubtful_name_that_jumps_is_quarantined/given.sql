-- Table: intermediate.int_aliases_quarantined
-- Nights: 2026-11-10, 2026-11-11, 2026-11-12, 2026-11-13, 2026-11-14, 2026-11-15, 2026-11-16, 2026-11-17, 2026-11-18, 2026-11-19
-- On the 18th and 19th the doubtful name comes twenty times; its sure name does
-- not come more often. A name of class A may jump.
select given.outlet('a', 'a'), given.outlet('b', 'b', 'FR');
select given.company('nio'), given.company('sure');
select
    given.namings(cast(day as date), 'a', 'nio', 'Nio', 'B', 2),
    given.namings(cast(day as date), 'b', 'nio', 'Nio Inc', 'A', 1),
    given.namings(cast(day as date), 'a', 'sure', 'Sure', 'A', 2)
from generate_series(cast('2026-11-10' as timestamp), '2026-11-17', '1 day') as day;
select
    given.namings(cast(day as date), 'a', 'nio', 'Nio', 'B', 20),
    given.namings(cast(day as date), 'b', 'nio', 'Nio Inc', 'A', 1),
    given.namings(cast(day as date), 'a', 'sure', 'Sure', 'A', 40)
from generate_series(cast('2026-11-18' as timestamp), '2026-11-19', '1 day') as day;
