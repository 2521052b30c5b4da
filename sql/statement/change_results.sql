-- What became of the plan. What went back by itself with others is no change of its own.
select count(*) filter (where operation = 'create' and state in ('applied', 'verified') and reason <> 'companion'),
    count(*) filter (where operation = 'archive' and state in ('applied', 'verified') and reason <> 'companion'),
    count(*) filter (where state = 'rejected'), count(*) filter (where state in ('unverified', 'unknown')),
    count(*) filter (where state = 'skipped'), count(*) filter (where state = 'withheld'),
    count(*) filter (where state = 'abandoned')
from assocd.change where run_id = $1::bigint
