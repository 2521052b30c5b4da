-- What applying a plan costs, also one that waits for an approval: distinct records decide how archives, readings and the
-- look-ups before archives (merged_suspects) are cut.
with p as materialized (
    select operation, reason, from_id, to_id from assocd.change where run_id = $1::bigint and state in ('planned', 'withheld')),
archives as (select from_id from p where operation = 'archive'),
suspects as (
    select to_id from p where operation = 'archive' or reason = 'drift_removed'
    union
    select to_id from assocd.change where run_id = $1::bigint and operation = 'create' and from_id in (select from_id from archives))
select count(distinct from_id) filter (where operation = 'archive'), count(distinct from_id), (select count(*) from suspects)
from p
