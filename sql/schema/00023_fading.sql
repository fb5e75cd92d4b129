-- +goose Up
-- What could not be read does not fade: an outlet that is down keeps its sums as
-- they are, and what is summed by country fades as its outlets do.
alter table intermediate.int_constants_pivoted add column outage_hold_nights integer not null default 28;
alter table intermediate.int_constants_pivoted alter column outage_hold_nights drop default;
comment on column intermediate.int_constants_pivoted.outage_hold_nights is 'Nights an outlet may be down before its sums fade again.';

create table intermediate.int_outlets_faded (
    night date not null,
    outlet_id text not null,
    is_held boolean not null,
    fading_nights numeric(18, 12) not null,
    decay_factor numeric(19, 18) not null,
    long_decay_factor numeric(19, 18) not null,
    primary key (night, outlet_id)
);
comment on table intermediate.int_outlets_faded is 'How far the sums of an outlet fade on a night; one row per night and outlet. Empty for the first night.';
comment on column intermediate.int_outlets_faded.night is 'Report date.';
comment on column intermediate.int_outlets_faded.outlet_id is 'The outlet.';
comment on column intermediate.int_outlets_faded.is_held is 'True while the outlet is down: its sums stay as they were.';
comment on column intermediate.int_outlets_faded.fading_nights is 'Nights its sums fade by: those since the night built before, or 0.';
comment on column intermediate.int_outlets_faded.decay_factor is 'Share of its sums that is left.';
comment on column intermediate.int_outlets_faded.long_decay_factor is 'Share that is left of its sums with the half-life of the dimensions.';

create table intermediate.int_countries_faded (
    night date not null,
    country_code text not null,
    fading_nights numeric(18, 12) not null,
    decay_factor numeric(19, 18) not null,
    primary key (night, country_code)
);
comment on table intermediate.int_countries_faded is 'How far sums by country fade on a night; one row per night and country of the panel. Empty for the first night.';
comment on column intermediate.int_countries_faded.night is 'Report date.';
comment on column intermediate.int_countries_faded.country_code is 'Country of the outlets.';
comment on column intermediate.int_countries_faded.fading_nights is 'Nights the sums fade by: fewer than have passed where outlets are down.';
comment on column intermediate.int_countries_faded.decay_factor is 'Share of the sums that is left: the mean over the outlets of the country, each by its articles.';

alter table intermediate.int_companies_summed_decayed drop constraint int_companies_summed_decayed_pkey;
alter table intermediate.int_companies_summed_decayed add column country_code text not null default 'ZZ';
alter table intermediate.int_companies_summed_decayed alter column country_code drop default;
alter table intermediate.int_companies_summed_decayed add primary key (night, company_id, country_code);
comment on table intermediate.int_companies_summed_decayed is 'What the outlets of a country said about a company, older nights fading; one row per night, company and country.';
comment on column intermediate.int_companies_summed_decayed.country_code is 'Country of the outlets; ZZ for sums of before they were kept by country.';

-- +goose Down
alter table intermediate.int_companies_summed_decayed drop constraint int_companies_summed_decayed_pkey;
create temporary table summed on commit drop as
select night, company_id, sum(weight_sum) as weight_sum, sum(headline_sum) as headline_sum, sum(story_sum) as story_sum, sum(pickup_sum) as pickup_sum
from intermediate.int_companies_summed_decayed group by night, company_id;
delete from intermediate.int_companies_summed_decayed;
alter table intermediate.int_companies_summed_decayed drop column country_code;
insert into intermediate.int_companies_summed_decayed (night, company_id, weight_sum, headline_sum, story_sum, pickup_sum)
select night, company_id, weight_sum, headline_sum, story_sum, pickup_sum from summed;
alter table intermediate.int_companies_summed_decayed add primary key (night, company_id);
comment on table intermediate.int_companies_summed_decayed is 'What was said about a company over the whole panel, older nights fading; one row per night and company.';
drop table intermediate.int_countries_faded;
drop table intermediate.int_outlets_faded;
alter table intermediate.int_constants_pivoted drop column outage_hold_nights;
