-- What applying a plan costs, also one that waits for an approval: distinct records decide how archives, readings and the
-- look-ups before archives (merged_suspects) are cut.
with p as materialized (
    select operation, reason, from_id, to_id from assocd.change where run_id = $1::bigint and state in ('planned', 'withheld')),
archives as (select from_id from p where operation = 'archive'),
suspects as (
    select to_id from p where operation = 'archive' or reason = 'drift_removed'
    union
    select c.to_id from (select distinct from_id from archives) a cross join lateral (
        select to_id from assocd.change c
        where c.run_id = $1::bigint and c.ordinal > 0 and c.from_id = a.from_id and c.operation = 'create' offset 0) c)
select count(distinct from_id) filter (where operation = 'archive'), count(distinct from_id), (select count(*) from suspects)
from p
