-- How well each judgement about text was measured to be.
-- Grain: stage, set_name, split, breakdown, part, measure
-- Reads: seeds.quality
-- Rebuild: upsert
-- Params: none
select
    q.stage,
    q.set_name,
    q.split,
    q.breakdown,
    q.part,
    q.measure,
    q.value,
    q.value_low,
    q.value_high,
    q.sample_count,
    q.measured_on
from seeds.quality as q
