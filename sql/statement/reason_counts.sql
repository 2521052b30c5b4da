-- Why a plan changes what it changes, and how much of drift it keeps because it came by a merge.
select count(*) filter (where c.changes and reason = 'source_added'), count(*) filter (where c.changes and reason = 'drift_removed'),
    count(*) filter (where c.changes and reason = 'drift_added'),
    count(distinct from_id) filter (where c.changes and operation = 'create' and $2 = any (implied)),
    count(*) filter (where merged), count(*) filter (where c.changes and reason = 'key_moved')
from (select operation, reason, from_id, implied, state not in ('reported', 'blocked', 'skipped') as changes,
        case when operation = 'archive' then state = 'skipped' and merged_from is not null end as merged
    from assocd.change where run_id = $1::bigint offset 0) c
