-- +goose Up
-- What BI tools expect of every result table, where it was missing: a date beside
-- each time.
alter table marts.night_revisions add column published_date date;
update marts.night_revisions set published_date = cast(published_at at time zone 'UTC' as date);
alter table marts.night_revisions alter column published_date set not null;
comment on column marts.night_revisions.published_date is 'Date of published_at, UTC.';

alter table marts.company_ranking_revisions add column published_date date;
update marts.company_ranking_revisions set published_date = cast(published_at at time zone 'UTC' as date);
alter table marts.company_ranking_revisions alter column published_date set not null;
comment on column marts.company_ranking_revisions.published_date is 'Date of published_at, UTC.';

-- +goose Down
alter table marts.company_ranking_revisions drop column published_date;
alter table marts.night_revisions drop column published_date;
