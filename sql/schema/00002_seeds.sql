-- +goose Up
create table seeds.countries (
    country_code text not null,
    name text not null,
    region text not null,
    gdp_musd numeric(14, 0),
    primary key (country_code)
);
comment on table seeds.countries is 'Countries an outlet can stand in; one row per ISO 3166-1 alpha-2 code, and ZZ for unknown.';
comment on column seeds.countries.country_code is 'ISO 3166-1 alpha-2 code, upper case; ZZ means unknown.';
comment on column seeds.countries.name is 'English short name.';
comment on column seeds.countries.region is 'World region: Africa, Americas, Asia, Europe, Oceania or Unknown.';
comment on column seeds.countries.gdp_musd is 'Gross domestic product in millions of US dollars, rounded, around 2023; null where not known. The mass of a country in the panel.';

create table seeds.languages (
    language_code text not null,
    name text not null,
    primary key (language_code)
);
comment on table seeds.languages is 'Languages an outlet or an article can be in; one row per code, and und for undetermined.';
comment on column seeds.languages.language_code is 'BCP 47 primary language subtag, lower case; und means undetermined.';
comment on column seeds.languages.name is 'English name.';

create table seeds.outlets (
    outlet_id text not null,
    name text not null,
    publisher_id text not null,
    country_code text not null references seeds.countries (country_code),
    language_code text not null,
    tier smallint not null check (tier between 1 and 3),
    home_url text not null,
    expected_articles_min integer,
    expected_articles_max integer,
    is_active boolean not null,
    primary key (outlet_id)
);
comment on table seeds.outlets is 'The outlet registry as the last run read it; one row per outlet ever seen.';
comment on column seeds.outlets.outlet_id is 'Stable identifier of the outlet, never reused.';
comment on column seeds.outlets.name is 'Name of the title as its readers know it.';
comment on column seeds.outlets.publisher_id is 'Owner of the title: the unit of independence.';
comment on column seeds.outlets.country_code is 'Country the outlet publishes from, ISO 3166-1 alpha-2; ZZ means unknown.';
comment on column seeds.outlets.language_code is 'Main language, BCP 47; und means undetermined.';
comment on column seeds.outlets.tier is '1 mainstream, 2 regional or trade, 3 other.';
comment on column seeds.outlets.home_url is 'Address of the front page.';
comment on column seeds.outlets.expected_articles_min is 'Fewest articles a day the registry expects; null where nothing is declared.';
comment on column seeds.outlets.expected_articles_max is 'Most articles a day the registry expects; null where nothing is declared.';
comment on column seeds.outlets.is_active is 'False once the outlet has left the registry; its history stays.';

create table seeds.companies (
    company_id text not null,
    name text not null,
    name_zh text,
    sector text not null,
    ownership text not null,
    home_country text not null references seeds.countries (country_code),
    hq_city text,
    ticker text,
    wikidata_id text,
    is_comparator boolean not null,
    is_active boolean not null,
    primary key (company_id)
);
comment on table seeds.companies is 'The companies that are followed; one row per company ever declared.';
comment on column seeds.companies.company_id is 'Stable identifier of the company, never reused.';
comment on column seeds.companies.name is 'English name.';
comment on column seeds.companies.name_zh is 'Chinese name in simplified characters; null for companies without one.';
comment on column seeds.companies.sector is 'Sector, one word list kept in the seed file.';
comment on column seeds.companies.ownership is 'state, state_backed, private or foreign.';
comment on column seeds.companies.home_country is 'Country of the headquarters, ISO 3166-1 alpha-2.';
comment on column seeds.companies.hq_city is 'City of the headquarters; null where not known.';
comment on column seeds.companies.ticker is 'Main listing as EXCHANGE:CODE; null if unlisted or not known.';
comment on column seeds.companies.wikidata_id is 'Wikidata item; null where not known.';
comment on column seeds.companies.is_comparator is 'True for foreign companies that are measured beside the ranking and not ranked.';
comment on column seeds.companies.is_active is 'False once the company has left the seed file; its history stays.';

create table seeds.company_aliases (
    company_id text not null references seeds.companies (company_id),
    alias text not null,
    language_code text not null,
    class text not null check (class in ('A', 'B', 'C', 'D')),
    is_case_sensitive boolean not null,
    anchors text,
    valid_from date,
    valid_to date,
    primary key (company_id, alias, language_code)
);
comment on table seeds.company_aliases is 'The names a company is written by, and names that look like it and are not; one row per company, alias and language.';
comment on column seeds.company_aliases.company_id is 'Company the alias points to; for class D the company that must not be matched.';
comment on column seeds.company_aliases.alias is 'The written form.';
comment on column seeds.company_aliases.language_code is 'Language of the articles the alias holds in, BCP 47; und means all.';
comment on column seeds.company_aliases.class is 'A accept; B accept if the span rule holds; C needs an anchor in the document as well; D blocker: a longer name that contains an alias and means something else.';
comment on column seeds.company_aliases.is_case_sensitive is 'True if only this spelling of upper and lower case counts.';
comment on column seeds.company_aliases.anchors is 'Words separated by | of which one must stand in the document (class C); null otherwise.';
comment on column seeds.company_aliases.valid_from is 'First night the alias holds; null means always.';
comment on column seeds.company_aliases.valid_to is 'Last night the alias holds; null means still.';

create table seeds.method_constants (
    method_version text not null,
    constant_name text not null,
    value numeric(18, 9) not null,
    unit text not null,
    reason text not null,
    primary key (method_version, constant_name)
);
comment on table seeds.method_constants is 'Every declared judgement of the method; one row per version and constant. Models read numbers from here and nowhere else.';
comment on column seeds.method_constants.method_version is 'Version of the method, such as ocpi-v1; published on every row.';
comment on column seeds.method_constants.constant_name is 'Name models refer to.';
comment on column seeds.method_constants.value is 'The number.';
comment on column seeds.method_constants.unit is 'Unit of the number: share, nights, articles, ratio.';
comment on column seeds.method_constants.reason is 'Why this number, in one sentence.';

-- +goose Down
drop table seeds.method_constants;
drop table seeds.company_aliases;
drop table seeds.companies;
drop table seeds.outlets;
drop table seeds.languages;
drop table seeds.countries;
