-- Table: intermediate.int_outlets_weighted
-- Nights: 2026-11-20
-- Two countries share the panel. In GB: reach 16 and authority 1, reach 4 and
-- authority 0.25, roots 4 and 1. In FR: authority 9 against one of which nothing
-- is known, roots 3 and 1.
select given.outlet('gb1', 'p1', 'GB', 1), given.outlet('gb2', 'p2', 'GB', 2);
select given.outlet('fr1', 'p3', 'FR', 3), given.outlet('fr2', 'p4', 'FR', 3);
select given.article('2026-11-20', 'gb1', 1, 'a');
insert into intermediate.int_authorities_ranked (night, outlet_id, authority)
values ('2026-10-01', 'gb1', 1), ('2026-10-01', 'gb2', 0.25), ('2026-10-01', 'fr1', 9);
