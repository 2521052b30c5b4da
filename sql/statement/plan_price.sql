-- What applying a plan costs: distinct records decide how archives and verifying reads are cut.
select count(distinct from_id) filter (where operation = 'archive' and state = 'planned'),
    count(distinct from_id) filter (where state = 'planned')
from assocd.change where run_id = $1::bigint
