-- Warn: A company is named far more often than usual by a doubtful name alone.
-- Stage: build
-- Reads: intermediate.int_aliases_quarantined
-- Params: $1 night
--
-- Its mentions do not count. Look at some, then let it count (overheard
-- companies release) or keep it out (overheard companies hold).
select
    q.company_id,
    q.alias,
    q.reason,
    q.mention_count,
    q.expected_mention_count
from intermediate.int_aliases_quarantined as q
where q.night = cast($1 as date) and q.reason <> 'held'
