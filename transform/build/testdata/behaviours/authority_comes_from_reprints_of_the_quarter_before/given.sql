-- Table: intermediate.int_authorities_ranked
-- Nights: 2026-12-30, 2026-12-31, 2027-01-01, 2027-01-02
-- No reprint is known when the first quarter begins. The second counts those of
-- the nights before it: o2 and o3 took one story each from o1, so that
-- b = .15 + .85 a / 3, a = 3 - 2 b. What is reprinted later waits a quarter.
select given.company('acme');
select given.outlet('o1', 'p1');
select given.outlet('o2', 'p2');
select given.outlet('o3', 'p3');
select given.article('2026-12-30', 'o1', 1, 'own');
select given.article('2026-12-31', 'o2', 2, 'own');
select given.article('2026-12-31', 'o3', 3, 'own');
select given.article('2027-01-01', 'o3', 4, 'later');
select given.article('2027-01-01', 'o1', 5, 'later');
select given.article('2027-01-02', 'o2', 6, 'later');
