-- What applying a plan costs, also one that waits for an approval: distinct records decide how archives
-- and verifying reads are cut.
select count(distinct from_id) filter (where operation = 'archive'), count(distinct from_id)
from assocd.change where run_id = $1::bigint and state in ('planned', 'withheld')
