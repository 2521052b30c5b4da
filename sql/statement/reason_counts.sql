-- Why a plan changes what it changes.
select count(*) filter (where reason = 'source_added'), count(*) filter (where reason = 'drift_removed'),
    count(*) filter (where reason = 'drift_added'),
    count(distinct from_id) filter (where operation = 'create' and $2 = any (implied))
from assocd.change where run_id = $1::bigint and state not in ('reported', 'blocked', 'skipped')
