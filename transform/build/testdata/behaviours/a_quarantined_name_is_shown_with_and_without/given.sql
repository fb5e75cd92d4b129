-- Table: marts.quarantined_aliases
-- Nights: 2026-11-20
-- The held name would make beta first.
select given.outlet('a', 'a'), given.outlet('b', 'b', 'FR');
select given.company('alpha'), given.company('beta'), given.company('gamma');
select
    given.namings('2026-11-20', 'a', 'alpha', 'Alpha', 'A', 3),
    given.namings('2026-11-20', 'b', 'alpha', 'Alpha', 'A', 1),
    given.namings('2026-11-20', 'a', 'beta', 'Beta Ltd', 'A', 1),
    given.namings('2026-11-20', 'b', 'beta', 'Beta', 'C', 9),
    given.namings('2026-11-20', 'b', 'gamma', 'Gamma', 'C', 9);
insert into ops.alias_quarantines (company_id, alias, state, since_night, reason, changed_at)
values
    ('beta', 'Beta', 'held', '2026-11-20', 'a plant', '2026-11-20'),
    ('gamma', 'Gamma', 'held', '2026-11-20', 'rays', '2026-11-20');
