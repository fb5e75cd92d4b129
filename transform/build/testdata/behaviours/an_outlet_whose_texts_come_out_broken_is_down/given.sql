-- Table: intermediate.int_outlet_nights_counted
-- Nights: 2026-11-17, 2026-11-18, 2026-11-19, 2026-11-20
-- Usual are 1,000 characters. On the 20th the texts of a are half of that and of
-- b less; those of c are suspect, three of five; of d there are too few to tell.
select given.outlet(x, x)
from unnest(cast('{a,b,c,d}' as text[])) as x;
select
    given.article(
        cast('2026-11-16' as date) + n, x, 100 * n + 10 * o + i,
        concat(x, ' ', n, ' ', i)
    ),
    given.text_(
        100 * n + 10 * o + i,
        case
            when n < 4 then 1000
            when x = 'a' then 500
            when x = 'b' then 499
            when x = 'd' then 10
            else 1000
        end,
        case when n = 4 and x = 'c' and i <= 3 then 'suspect' else 'good' end
    )
from
    unnest(cast('{a,b,c,d}' as text[])) with ordinality as x (x, o)
cross join generate_series(1, 4) as n
cross join generate_series(1, 5) as i
where x <> 'd' or i < 5;
