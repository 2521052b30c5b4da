-- Was a request taken up, by whom, with what outcome?
select handled_at is not null, coalesce(handled_by, ''), coalesce(outcome, ''), row_to_json(g)
from assocd.signal g where signal_id = $1::bigint
