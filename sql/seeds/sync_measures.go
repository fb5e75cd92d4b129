package seeds

import (
	"context"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

const (
	upsertCodes = `
insert into seeds.dimension_codes as kept (dimension, framework, code, name)
select
    given.dimension,
    given.framework,
    given.code,
    given.name
from unnest(
    cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
    cast($4 as text[])
) as given (dimension, framework, code, name)
order by given.dimension, given.framework, given.code
on conflict (dimension, framework, code) do update set
    name = excluded.name
where kept.name is distinct from excluded.name`

	deleteCodes = `
delete from seeds.dimension_codes
where (dimension, framework, code) not in (
    select
        given.dimension,
        given.framework,
        given.code
    from unnest(
        cast($1 as text[]), cast($2 as text[]), cast($3 as text[])
    ) as given (dimension, framework, code)
)`

	upsertTones = `
insert into seeds.tone_confusions as kept (
    language_code, true_tone, judged_tone, confusion, correction
)
select
    given.language_code,
    given.true_tone,
    given.judged_tone,
    cast(given.confusion as numeric(9, 8)),
    cast(given.correction as numeric(12, 8))
from unnest(
    cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
    cast($4 as text[]), cast($5 as text[])
) as given (language_code, true_tone, judged_tone, confusion, correction)
order by given.language_code, given.true_tone, given.judged_tone
on conflict (language_code, true_tone, judged_tone) do update set
    confusion = excluded.confusion,
    correction = excluded.correction
where (kept.confusion, kept.correction)
    is distinct from (excluded.confusion, excluded.correction)`

	deleteTones = `
delete from seeds.tone_confusions
where (language_code, true_tone, judged_tone) not in (
    select
        given.language_code,
        given.true_tone,
        given.judged_tone
    from unnest(
        cast($1 as text[]), cast($2 as text[]), cast($3 as text[])
    ) as given (language_code, true_tone, judged_tone)
)`

	upsertQuality = `
insert into seeds.quality as kept (
    stage, set_name, split, breakdown, part, measure,
    value, value_low, value_high, sample_count, measured_on
)
select
    given.stage,
    given.set_name,
    given.split,
    given.breakdown,
    given.part,
    given.measure,
    cast(nullif(given.value, '') as numeric(12, 6)),
    cast(nullif(given.value_low, '') as numeric(12, 6)),
    cast(nullif(given.value_high, '') as numeric(12, 6)),
    cast(given.sample_count as integer),
    cast(given.measured_on as date)
from unnest(
    cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
    cast($4 as text[]), cast($5 as text[]), cast($6 as text[]),
    cast($7 as text[]), cast($8 as text[]), cast($9 as text[]),
    cast($10 as bigint[]), cast($11 as text[])
) as given (
    stage, set_name, split, breakdown, part, measure,
    value, value_low, value_high, sample_count, measured_on
)
order by
    given.stage, given.set_name, given.split, given.breakdown, given.part,
    given.measure
on conflict (stage, set_name, split, breakdown, part, measure) do update set
    value = excluded.value,
    value_low = excluded.value_low,
    value_high = excluded.value_high,
    sample_count = excluded.sample_count,
    measured_on = excluded.measured_on
where (
    kept.value, kept.value_low, kept.value_high, kept.sample_count,
    kept.measured_on
) is distinct from (
    excluded.value, excluded.value_low, excluded.value_high,
    excluded.sample_count, excluded.measured_on
)`

	deleteQuality = `
delete from seeds.quality
where (stage, set_name, split, breakdown, part, measure) not in (
    select
        given.stage,
        given.set_name,
        given.split,
        given.breakdown,
        given.part,
        given.measure
    from unnest(
        cast($1 as text[]), cast($2 as text[]), cast($3 as text[]),
        cast($4 as text[]), cast($5 as text[]), cast($6 as text[])
    ) as given (stage, set_name, split, breakdown, part, measure)
)`
)

func syncCodes(ctx context.Context, tx *sqlx.Tx, set Set) error {
	key := []any{
		pq.Array(column(set.Codes, func(c DimensionCode) string { return c.Dimension })),
		pq.Array(column(set.Codes, func(c DimensionCode) string { return c.Framework })),
		pq.Array(column(set.Codes, func(c DimensionCode) string { return c.Code })),
	}
	if err := run(ctx, tx, "delete dimension codes that are gone", deleteCodes, key...); err != nil {
		return err
	}
	return run(ctx, tx, "write dimension codes", upsertCodes, append(key,
		pq.Array(column(set.Codes, func(c DimensionCode) string { return c.Name })))...)
}

func syncTones(ctx context.Context, tx *sqlx.Tx, set Set) error {
	key := []any{
		pq.Array(column(set.Tones, func(c ToneConfusion) string { return c.Language })),
		pq.Array(column(set.Tones, func(c ToneConfusion) string { return c.True })),
		pq.Array(column(set.Tones, func(c ToneConfusion) string { return c.Judged })),
	}
	if err := run(ctx, tx, "delete tone confusions that are gone", deleteTones, key...); err != nil {
		return err
	}
	return run(ctx, tx, "write tone confusions", upsertTones, append(key,
		pq.Array(column(set.Tones, func(c ToneConfusion) string { return c.Confusion })),
		pq.Array(column(set.Tones, func(c ToneConfusion) string { return c.Correction })))...)
}

func syncQuality(ctx context.Context, tx *sqlx.Tx, set Set) error {
	key := []any{
		pq.Array(column(set.Quality, func(q Quality) string { return q.Stage })),
		pq.Array(column(set.Quality, func(q Quality) string { return q.Set })),
		pq.Array(column(set.Quality, func(q Quality) string { return q.Split })),
		pq.Array(column(set.Quality, func(q Quality) string { return q.Breakdown })),
		pq.Array(column(set.Quality, func(q Quality) string { return q.Part })),
		pq.Array(column(set.Quality, func(q Quality) string { return q.Measure })),
	}
	if err := run(ctx, tx, "delete quality figures that are gone", deleteQuality, key...); err != nil {
		return err
	}
	return run(ctx, tx, "write quality figures", upsertQuality, append(key,
		pq.Array(column(set.Quality, func(q Quality) string { return q.Value })),
		pq.Array(column(set.Quality, func(q Quality) string { return q.Low })),
		pq.Array(column(set.Quality, func(q Quality) string { return q.High })),
		pq.Array(column(set.Quality, func(q Quality) int64 { return int64(q.Count) })),
		pq.Array(column(set.Quality, func(q Quality) string { return date(q.MeasuredOn) })))...)
}
