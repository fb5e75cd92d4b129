-- Table: intermediate.int_outlets_weighted
-- Nights: 2026-11-21
select given.outlet('a', 'a'), given.outlet('home', 'home', 'CN');
update seeds.outlets set is_in_panel = false where outlet_id = 'home';
select given.article('2026-11-21', 'a', 1, 'text');
