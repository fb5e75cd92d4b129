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

-- +goose Down
drop schema dist cascade;
drop table intermediate.int_authorities_ranked;
drop table intermediate.int_reprints_counted;
