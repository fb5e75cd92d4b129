-- +goose Up
-- What grows by many rows a night is kept by month, so that a night is as cheap
-- after a year as after a week, and old months can be dropped as a whole.
--
-- No row is copied: a table with rows becomes the first partition of its new
-- parent, up to the end of its last month, and keeps its keys and indexes. It is
-- read once, to see that its rows belong there.

-- +goose StatementBegin
do $$
declare
    item record;
    granted record;
    renamed record;
    last_night date;
    suffix text;
begin
    for item in
        select n.nspname as schema_name, c.relname as table_name, c.oid as table_oid, c.relacl as grants
        from pg_class as c
        inner join pg_namespace as n on n.oid = c.relnamespace
        where
            c.relkind = 'r'
            and concat(n.nspname, '.', c.relname) in (
                'staging.article_stories',
                'intermediate.int_articles_deduplicated',
                'intermediate.int_stories_counted',
                'intermediate.int_sentences_counted',
                'intermediate.int_mentions_rolled_up',
                'intermediate.int_mentions_weighted',
                'intermediate.int_mention_dimensions',
                'intermediate.int_naming_articles',
                'intermediate.int_voices_described',
                'intermediate.int_outlet_company_nights_summed',
                'intermediate.int_outlet_company_sums_decayed',
                'intermediate.int_outlet_dimension_sums_decayed'
            )
        order by c.relname
    loop
        execute format('select max(night) from %I.%I', item.schema_name, item.table_name) into last_night;
        suffix := '_until_' || to_char(coalesce(last_night, date '1970-01-01'), '"y"YYYY"m"MM');
        execute format('alter table %I.%I rename to %I', item.schema_name, item.table_name, item.table_name || suffix);
        for renamed in
            select c.relname as index_name
            from pg_index as i
            inner join pg_class as c on c.oid = i.indexrelid
            where i.indrelid = item.table_oid
        loop
            execute format('alter index %I.%I rename to %I', item.schema_name, renamed.index_name, renamed.index_name || suffix);
        end loop;
        execute format(
            'create table %I.%I (like %I.%I including all) partition by range (night)',
            item.schema_name, item.table_name, item.schema_name, item.table_name || suffix
        );
        execute format(
            'comment on table %I.%I is %L',
            item.schema_name, item.table_name, obj_description(item.table_oid, 'pg_class')
        );
        for granted in
            select case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end as grantee, g.privilege_type, g.is_grantable
            from aclexplode(item.grants) as g
        loop
            execute format(
                'grant %s on %I.%I to %s %s', granted.privilege_type, item.schema_name, item.table_name,
                granted.grantee, case when granted.is_grantable then 'with grant option' else '' end
            );
        end loop;
        if last_night is null then
            execute format('drop table %I.%I', item.schema_name, item.table_name || suffix);
        else
            execute format(
                'alter table %I.%I attach partition %I.%I for values from (minvalue) to (%L)',
                item.schema_name, item.table_name, item.schema_name, item.table_name || suffix,
                cast(date_trunc('month', last_night) + interval '1 month' as date)
            );
        end if;
    end loop;
end
$$;
-- +goose StatementEnd

-- A night is asked when it was built last, and the ledger is asked what it held.
create index check_results_night on ops.check_results (night);

create table ops.rebuild_nights (
    night date not null,
    first_night date not null,
    last_night date not null,
    fingerprint text not null,
    planned_at timestamptz not null,
    primary key (night)
);
comment on table ops.rebuild_nights is 'Nights of a rebuild that is not finished: their intermediate tables are of two makes, and they are not published; one row per night.';
comment on column ops.rebuild_nights.night is 'The night; its row goes when the night is whole.';
comment on column ops.rebuild_nights.first_night is 'First night of the rebuild; of another range it starts anew.';
comment on column ops.rebuild_nights.last_night is 'Last night of the rebuild.';
comment on column ops.rebuild_nights.fingerprint is 'MD5, hexadecimal, of the models it is built with: a rebuild by other models starts anew.';
comment on column ops.rebuild_nights.planned_at is 'When the rebuild was begun, UTC.';

create table ops.rebuild_steps (
    night date not null,
    table_name text not null,
    row_count bigint not null,
    elapsed interval not null,
    finished_at timestamptz not null,
    primary key (night, table_name)
);
comment on table ops.rebuild_steps is 'Tables of such nights that are done, so that a rebuild goes on where it stopped; one row per night and table.';
comment on column ops.rebuild_steps.night is 'The night; its rows go when the night is whole.';
comment on column ops.rebuild_steps.table_name is 'The table, with its schema.';
comment on column ops.rebuild_steps.row_count is 'Rows of the night in it.';
comment on column ops.rebuild_steps.elapsed is 'How long it took.';
comment on column ops.rebuild_steps.finished_at is 'When it was done, UTC.';

create table ops.retention_marks (
    subject text not null check (subject in ('state', 'text', 'urls', 'attempts')),
    kept_from date not null,
    marked_at timestamptz not null,
    run_id bigint not null,
    primary key (subject)
);
comment on table ops.retention_marks is 'What retention has taken away so far; one row per subject.';
comment on column ops.retention_marks.subject is 'state: intermediate tables and stories, but for ends of months. text: bodies and sketches of articles. urls: settled rows of ops.urls. attempts: ops.url_attempts.';
comment on column ops.retention_marks.kept_from is 'First day of which everything is kept. Earlier nights cannot be built any more.';
comment on column ops.retention_marks.marked_at is 'When, UTC.';
comment on column ops.retention_marks.run_id is 'Run that took it away.';

-- +goose Down
drop table ops.retention_marks;
drop table ops.rebuild_steps;
drop table ops.rebuild_nights;
drop index ops.check_results_night;

-- +goose StatementBegin
do $$
declare
    item record;
    renamed record;
begin
    for item in
        select n.nspname as schema_name, c.relname as table_name, c.oid as table_oid
        from pg_class as c
        inner join pg_namespace as n on n.oid = c.relnamespace
        where
            c.relkind = 'p'
            and concat(n.nspname, '.', c.relname) in (
                'staging.article_stories',
                'intermediate.int_articles_deduplicated',
                'intermediate.int_stories_counted',
                'intermediate.int_sentences_counted',
                'intermediate.int_mentions_rolled_up',
                'intermediate.int_mentions_weighted',
                'intermediate.int_mention_dimensions',
                'intermediate.int_naming_articles',
                'intermediate.int_voices_described',
                'intermediate.int_outlet_company_nights_summed',
                'intermediate.int_outlet_company_sums_decayed',
                'intermediate.int_outlet_dimension_sums_decayed'
            )
        order by c.relname
    loop
        execute format('alter table %I.%I rename to %I', item.schema_name, item.table_name, item.table_name || '_by_month');
        for renamed in
            select c.relname as index_name
            from pg_index as i
            inner join pg_class as c on c.oid = i.indexrelid
            where i.indrelid = item.table_oid
        loop
            execute format('alter index %I.%I rename to %I', item.schema_name, renamed.index_name, renamed.index_name || '_by_month');
        end loop;
        execute format(
            'create table %I.%I (like %I.%I including all)',
            item.schema_name, item.table_name, item.schema_name, item.table_name || '_by_month'
        );
        execute format(
            'comment on table %I.%I is %L',
            item.schema_name, item.table_name, obj_description(item.table_oid, 'pg_class')
        );
        execute format(
            'insert into %I.%I select * from %I.%I',
            item.schema_name, item.table_name, item.schema_name, item.table_name || '_by_month'
        );
        execute format('drop table %I.%I', item.schema_name, item.table_name || '_by_month');
    end loop;
end
$$;
-- +goose StatementEnd
