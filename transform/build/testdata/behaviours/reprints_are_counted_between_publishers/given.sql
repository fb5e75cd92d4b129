-- Table: intermediate.int_reprints_counted
-- Nights: 2026-11-20, 2026-11-21
-- o1 tells first, o2 reprints it twice and o3 once a night later; o1b has the
-- same owner as o1. What o4 credits to an agency counts for the agency where the
-- registry has it, and for nobody else; nor does what stems from agency copy.
select given.company('acme');
select given.outlet('o1', 'p1');
select given.outlet('o1b', 'p1');
select given.outlet('o2', 'p2');
select given.outlet('o3', 'p3');
select given.outlet('o4', 'p4');
select given.outlet('reuters', 'thomson-reuters');
select given.article('2026-11-20', 'o1', 1, 'own');
select given.article('2026-11-20', 'o1b', 2, 'own');
select given.article('2026-11-20', 'o2', 3, 'own');
select given.article('2026-11-20', 'o2', 4, 'own');
select given.article('2026-11-21', 'o3', 5, 'own');
select given.article('2026-11-20', 'o1', 11, 'wire');
select given.article('2026-11-20', 'o3', 12, 'wire');
select given.article('2026-11-20', 'o4', 13, 'alone');
select given.article('2026-11-20', 'o2', 14, 'far');
select given.article('2026-11-20', 'o4', 15, 'far');
update staging.articles set wire_credit = 'reuters' where article_id in (11, 13);
update staging.articles set wire_credit = 'afp' where article_id = 15;
