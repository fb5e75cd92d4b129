-- Table: marts.company_rank_change_stories
-- Nights: 2026-11-20, 2026-11-21
-- Both nights tell of acme; the second has one story more, in two outlets. The
-- story of the first night fades, in the second what it gave is less. It is
-- told by the voice that was published first, and counts from the first night.
select given.company('acme');
select given.outlet(concat('o', i), concat('p', i)) from generate_series(1, 3) as i;
select given.article('2026-11-20', 'o1', 1, 'old');
select given.mention('2026-11-20', 'acme', 1);
select given.article('2026-11-20', 'o2', 2, 'other');
select given.article('2026-11-20', 'o3', 3, 'others');
select given.article('2026-11-21', 'o2', 11, 'new');
select given.article('2026-11-21', 'o3', 12, 'new');
select given.mention('2026-11-21', 'acme', i) from generate_series(11, 12) as i;
update staging.articles set published_at = published_at - interval '1 hour'
where article_id = 12;
