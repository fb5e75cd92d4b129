-- Table: intermediate.int_companies_summed_decayed
-- Nights: 2026-11-20, 2026-11-21
-- The wire story is first told by o1 and picked up by two publishers, o3 with an
-- authority of 3; of o4, which has the same owner as o1, nothing is heard. On
-- the next night o5 prints it: no new story, and one pickup more. Sums fade by
-- 2 ^ (-1 / 7) = 0.905724. beta has two stories and no pickup; one is in a
-- headline. What an outlet outside the panel prints counts for nothing.
select given.company('acme'), given.company('beta');
select given.outlet('o1', 'p1'), given.outlet('o2', 'p2'), given.outlet('o3', 'p3'), given.outlet('o4', 'p1'), given.outlet('o5', 'p5');
select given.article('2026-11-20', concat('o', i), i, 'wire') from generate_series(1, 4) as i;
update staging.articles set published_at = published_at + interval '1 hour' where article_id in (2, 3, 4);
select given.article('2026-11-21', 'o5', 5, 'wire');
select given.article('2026-11-20', 'o2', 11, 'x'), given.article('2026-11-20', 'o2', 12, 'y');
select given.mention('2026-11-20', 'acme', i) from generate_series(1, 4) as i;
select given.mention('2026-11-21', 'acme', 5);
select given.mention('2026-11-20', 'beta', 11, 'headline'), given.mention('2026-11-20', 'beta', 12, 'passing');
-- The panel of another night of the quarter is taken over: with its authorities.
insert into intermediate.int_outlets_weighted (
    night, outlet_id, publisher_id, country_code, language_code, tier,
    country_share, weight, panel_id, reach, authority
)
select
    '2026-10-01', o.outlet_id, o.publisher_id, 'GB', 'en', 1, 1, 0.2, 'given', 1,
    case when o.outlet_id = 'o3' then 3 else 1 end
from seeds.outlets as o;
select given.outlet('new', 'p9');
select given.article('2026-11-20', 'new', 21, 'z');
select given.mention('2026-11-20', 'beta', 21);
