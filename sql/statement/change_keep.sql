-- apply: what the saved plan does not contain is not done, nor is anything else on the same pair: whoever
-- approved to unlink a pair has not seen the label that it has got since. By way of the record, whatever the
-- statistics say of so new a plan.
with unseen as materialized (
    select n.operation, n.ordinal, n.from_id, n.to_id from assocd.change n
    where n.run_id = $1::bigint and n.state = 'planned' and not exists (
        select from assocd.change p where p.run_id = $2::bigint and p.ordinal > 0 and p.operation = n.operation and p.from_id = n.from_id
            and p.to_id = n.to_id and p.category = n.category and p.type_id = n.type_id
            and p.state in ('planned', 'withheld'))),
k as materialized (
    select c.operation, c.ordinal, concat(c.operation, c.ordinal) = any (u.places) as own
    from (select from_id, to_id, array_agg(concat(operation, ordinal)) as places from unseen group by from_id, to_id) u cross join lateral (
        select c.operation, c.ordinal from assocd.change c
        where c.run_id = $1::bigint and c.ordinal > 0 and c.from_id = u.from_id and c.to_id = u.to_id and c.state = 'planned'
        offset 0) c)
select assocd.move_changes($1::bigint, operation, array_agg(ordinal order by ordinal), '{planned}', 'skipped',
    array_agg(case when own then 'not in plan ' else 'its pair has changed since plan ' end || $2 order by ordinal))
from k group by operation
