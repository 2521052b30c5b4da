-- What is planned now, after quarantine and the saved plan had their say.
select count(*) filter (where operation = 'create' and state = 'planned'),
    count(*) filter (where operation = 'archive' and state = 'planned'),
    count(*) filter (where state = 'skipped'),
    count(*) filter (where state = 'planned' and reason in ('drift_added', 'drift_removed'))
from assocd.change where run_id = $1::bigint
