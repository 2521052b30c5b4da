-- What is planned now, after quarantine and the saved plan had their say. What goes back by itself with others is
-- no change of its own. What came by a merge and is kept is drift. The state of each is looked up once.
select count(*) filter (where operation = 'create' and state = 'planned' and reason <> 'companion'),
    count(*) filter (where operation = 'archive' and state = 'planned' and reason <> 'companion'),
    count(*) filter (where state = 'skipped'),
    count(*) filter (where reason in ('drift_added', 'drift_removed') and (state = 'planned' or state = 'skipped' and kept))
from (select operation, reason, state, case when reason in ('drift_added', 'drift_removed') then merged_from is not null end as kept
    from assocd.change where run_id = $1::bigint offset 0) c
