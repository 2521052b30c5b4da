-- What became of the plan. What went back by itself with others is no change of its own.
select coalesce(sum(n) filter (where operation = 'create' and state in ('applied', 'verified') and not companion), 0),
    coalesce(sum(n) filter (where operation = 'archive' and state in ('applied', 'verified') and not companion), 0),
    coalesce(sum(n) filter (where state = 'rejected'), 0), coalesce(sum(n) filter (where state in ('unverified', 'unknown')), 0),
    coalesce(sum(n) filter (where state = 'skipped'), 0), coalesce(sum(n) filter (where state = 'withheld'), 0),
    coalesce(sum(n) filter (where state = 'abandoned'), 0)
from (select operation, state, reason = 'companion' as companion, count(*) as n
    from assocd.change where run_id = $1::bigint group by 1, 2, 3) c
