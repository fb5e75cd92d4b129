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

-- +goose Down
drop table intermediate.int_authorities_ranked;
drop table intermediate.int_reprints_counted;
