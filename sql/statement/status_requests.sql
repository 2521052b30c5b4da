-- Requests that no daemon has taken up yet.
select signal_id, verb, sync, run_id, requested_by, date_trunc('second', requested_at) as requested_at, reason
from assocd.signal where handled_at is null order by signal_id
