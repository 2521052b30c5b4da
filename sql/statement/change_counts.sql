-- What is planned now, after quarantine and the saved plan had their say. What goes back by itself with others is
-- no change of its own.
select count(*) filter (where operation = 'create' and state = 'planned' and reason <> 'companion'),
    count(*) filter (where operation = 'archive' and state = 'planned' and reason <> 'companion'),
    count(*) filter (where state = 'skipped'),
    count(*) filter (where state = 'planned' and reason in ('drift_added', 'drift_removed'))
from assocd.change where run_id = $1::bigint
