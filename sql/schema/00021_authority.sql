-- +goose Up
-- Who reprints whom, and what that says of an outlet (sql/METHOD.md, section 1).
create table intermediate.int_reprints_counted (
    night date not null,
    from_outlet_id text not null,
    to_outlet_id text not null,
    reprint_count integer not null,
    primary key (night, from_outlet_id, to_outlet_id)
);
comment on table intermediate.int_reprints_counted is 'Who reprinted or credited whom, between publishers; one row per night, outlet that took and outlet it was taken from.';
comment on column intermediate.int_reprints_counted.night is 'Night of the reprints.';
comment on column intermediate.int_reprints_counted.from_outlet_id is 'Outlet that reprinted.';
comment on column intermediate.int_reprints_counted.to_outlet_id is 'Outlet it took the text from: the agency it credits if that is in the registry, else the outlet of the article it most likely copied.';
comment on column intermediate.int_reprints_counted.reprint_count is 'Stories taken, each once for an outlet within the story window.';

create table intermediate.int_authorities_ranked (
    night date not null,
    outlet_id text not null,
    authority numeric(18, 12) not null,
    primary key (night, outlet_id)
);
comment on table intermediate.int_authorities_ranked is 'How much others take from an outlet: PageRank over reprints, frozen for a quarter; one row per night and outlet of the panel.';
comment on column intermediate.int_authorities_ranked.night is 'Report date.';
comment on column intermediate.int_authorities_ranked.outlet_id is 'Outlet of the panel.';
comment on column intermediate.int_authorities_ranked.authority is 'PageRank, scaled to a mean of 1 over the panel; 1 for all if no reprint was known when the quarter began.';

-- A database can be spread over a cluster of Citus (overheard db distribute).
-- These two place a table there, and do nothing on plain Postgres, so that a
-- migration may call them. A table is placed before its foreign keys are added.
create schema dist;
comment on schema dist is 'Places tables on the nodes of a cluster; does nothing on plain Postgres.';

-- +goose StatementBegin
create function dist.hash(table_name text, column_name text, colocate_with text default 'none')
returns void
language plpgsql
as $$
begin
    if exists (select from pg_catalog.pg_extension where extname = 'citus') then
        execute format(
            'select pg_catalog.create_distributed_table(%L, %L, colocate_with := %L)',
            table_name, column_name, colocate_with
        );
    end if;
end
$$;
-- +goose StatementEnd
comment on function dist.hash is 'Spreads the rows of a table by the hash of a column, beside those of the table it is colocated with; none starts a group.';

-- +goose StatementBegin
create function dist.ref(table_name text)
returns void
language plpgsql
as $$
begin
    if exists (select from pg_catalog.pg_extension where extname = 'citus') then
        execute format('select pg_catalog.create_reference_table(%L)', table_name);
    end if;
end
$$;
-- +goose StatementEnd
comment on function dist.ref is 'Keeps a copy of the table on every node.';

-- What published revisions rested on, so that an earlier one can be rebuilt and
-- compared. Each publication adds what differs from the one before.
create table ops.mention_revisions (
    night date not null,
    company_id text not null,
    article_id bigint not null,
    revision integer not null,
    is_removed boolean not null,
    outlet_id text not null,
    publisher_id text not null,
    country_code text not null,
    language_code text not null,
    story_id bigint not null,
    salience numeric(4, 3) not null,
    match_probability numeric(4, 3) not null,
    copy_credit numeric(13, 12) not null,
    is_voice boolean not null,
    weight numeric(13, 12) not null,
    is_quarantined boolean not null,
    quarantined_weight numeric(13, 12) not null,
    content_hash text,
    primary key (night, company_id, article_id, revision)
);
comment on table ops.mention_revisions is 'Weighted mentions that published revisions rested on; one row per night, company, article and revision that brought, changed or lost the mention. It holds until the next one.';
comment on column ops.mention_revisions.night is 'Night of the article.';
comment on column ops.mention_revisions.company_id is 'Company it counted for.';
comment on column ops.mention_revisions.article_id is 'Article it was named in.';
comment on column ops.mention_revisions.revision is 'Revision of the night that was the first to rest on this, see marts.night_revisions.';
comment on column ops.mention_revisions.is_removed is 'True if there was no such mention any more; the other columns say what it was.';
comment on column ops.mention_revisions.outlet_id is 'Outlet of the article.';
comment on column ops.mention_revisions.publisher_id is 'Owner of the outlet.';
comment on column ops.mention_revisions.country_code is 'Country of the outlet.';
comment on column ops.mention_revisions.language_code is 'Language of the article.';
comment on column ops.mention_revisions.story_id is 'Story of the article.';
comment on column ops.mention_revisions.salience is 'Weight of the place.';
comment on column ops.mention_revisions.match_probability is 'Probability that the name meant the company.';
comment on column ops.mention_revisions.copy_credit is 'What one telling of the story was worth.';
comment on column ops.mention_revisions.is_voice is 'True if the mention spoke for its publisher.';
comment on column ops.mention_revisions.weight is 'Weight of the mention; 0 if others spoke for the publisher.';
comment on column ops.mention_revisions.is_quarantined is 'True if all names of the mention were in quarantine.';
comment on column ops.mention_revisions.quarantined_weight is 'Weight it would have had.';
comment on column ops.mention_revisions.content_hash is 'First 16 digits of the hash of the text it was found in: another one is an edit; null where the article is gone.';

create table ops.outlet_revisions (
    night date not null,
    outlet_id text not null,
    revision integer not null,
    is_removed boolean not null,
    article_count integer not null,
    state text not null,
    primary key (night, outlet_id, revision)
);
comment on table ops.outlet_revisions is 'What outlets had delivered when revisions were published; one row per night, outlet and revision that changed it. It holds until the next one.';
comment on column ops.outlet_revisions.night is 'Report date.';
comment on column ops.outlet_revisions.outlet_id is 'The outlet.';
comment on column ops.outlet_revisions.revision is 'Revision of the night that was the first to rest on this.';
comment on column ops.outlet_revisions.is_removed is 'True if the outlet was not counted any more.';
comment on column ops.outlet_revisions.article_count is 'Articles on any topic, duplicates counted once.';
comment on column ops.outlet_revisions.state is 'up, partial or down.';

-- +goose Down
drop table ops.outlet_revisions;
drop table ops.mention_revisions;
drop schema dist cascade;
drop table intermediate.int_authorities_ranked;
drop table intermediate.int_reprints_counted;
