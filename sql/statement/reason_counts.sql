-- Why a plan changes what it changes, and how much of drift it keeps because it came by a merge.
select count(*) filter (where k.changes and reason = 'source_added'), count(*) filter (where k.changes and reason = 'drift_removed'),
    count(*) filter (where k.changes and reason = 'drift_added'),
    count(distinct from_id) filter (where k.changes and operation = 'create' and $2 = any (implied)),
    count(*) filter (where merged_from is not null and state = 'skipped')
from assocd.change c, lateral (select c.state not in ('reported', 'blocked', 'skipped') as changes) k
where run_id = $1::bigint
