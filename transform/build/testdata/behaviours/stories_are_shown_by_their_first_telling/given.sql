-- Table: marts.stories
-- Nights: 2026-11-20, 2026-11-21
-- f tells the wire story first among those that name a company, and b later; c does
-- not name one, and is counted as a publisher only. A story that names nobody is not
-- shown. On the next night g tells the wire story again: shown as told that night,
-- known from four publishers. The story keeps its number, that of its first article.
select given.company('acme'), given.company('beta');
select given.outlet('b', 'b'), given.outlet('c', 'c'), given.outlet('f', 'f', 'FR'), given.outlet('g', 'g');
select given.article('2026-11-20', 'b', 11, 'wire'), given.article('2026-11-20', 'c', 12, 'wire'), given.article('2026-11-20', 'f', 13, 'wire');
select given.article('2026-11-20', 'c', 14, 'else'), given.article('2026-11-21', 'g', 15, 'wire');
update staging.articles set published_at = published_at + interval '2 hours' where article_id in (11, 12);
update staging.articles set published_at = published_at + interval '1 hour' where article_id = 13;
select given.mention('2026-11-20', 'acme', 11), given.mention('2026-11-20', 'acme', 13), given.mention('2026-11-20', 'beta', 11);
select given.mention('2026-11-21', 'acme', 15);
