-- +goose Up
create schema if not exists seeds;
create schema if not exists staging;
create schema if not exists intermediate;
create schema if not exists marts;
create schema if not exists ops;

comment on schema seeds is 'Hand-kept facts: outlets, companies, aliases, countries, constants. Synchronised from files of the release.';
comment on schema staging is 'What was crawled: one row per thing as found, written by Go, never joined.';
comment on schema intermediate is 'Steps of the nightly calculation, one night at a time; each step''s grain is its primary key.';
comment on schema marts is 'Result tables for people and BI tools: always the last nights that passed every check.';
comment on schema ops is 'The ledger: runs, intervals, channels, the fate of every URL, the results of checks.';

-- +goose Down
drop schema ops cascade;
drop schema marts cascade;
drop schema intermediate cascade;
drop schema staging cascade;
drop schema seeds cascade;
