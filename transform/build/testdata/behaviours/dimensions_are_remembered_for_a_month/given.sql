-- Table: intermediate.int_outlet_dimension_sums_decayed
-- Nights: 2026-10-21, 2026-11-20
-- After thirty nights half is left: 0.5 + log2(1 + 1 + 0.5), as one of the labels
-- of the second night is only half sure. A reprint of the same publisher is no
-- voice. Of the strike, which was in a passing mention of low weight, nothing is
-- left that is not negligible once more than half of it has faded.
update seeds.method_constants set value = 0.1 where constant_name = 'negligible_dimension_sum';
select given.company('acme'), given.outlet('a', 'a'), given.outlet('b', 'a');
select given.article('2026-10-21', 'a', 1, 'plant'), given.article('2026-10-21', 'a', 2, 'strike');
select given.article('2026-11-20', 'a', 3, 'office'), given.article('2026-11-20', 'a', 4, 'port'), given.article('2026-11-20', 'b', 5, 'port');
select given.mention('2026-10-21', 'acme', 1), given.mention('2026-10-21', 'acme', 2, 'passing', 0.9);
select given.mention('2026-11-20', 'acme', 3), given.mention('2026-11-20', 'acme', 4), given.mention('2026-11-20', 'acme', 5);
select given.dimensions('acme', 1, '{global_layout}'), given.dimensions('acme', 2, '{corporate_culture}');
select given.dimensions('acme', i, '{global_layout}') from generate_series(3, 5) as i;
update staging.mentions set dimension_probabilities = '{0.5}' where article_id = 3;
select given.tone('acme', 1, 0, 0.5), given.tone('acme', 4, 0.25, 0);
