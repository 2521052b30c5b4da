-- Changes of these from-records are left out of the plan, each with its reason.
with k as materialized (
    select k.operation, k.ordinal, u.message
    from (select from_id, min(message) as message from unnest($2::bigint[], $3::text[]) as u(from_id, message) group by 1) as u,
        lateral (
        select c.operation, c.ordinal, c.state from assocd.change c
        where c.run_id = $1::bigint and c.ordinal > 0 and c.from_id = u.from_id offset 0) k
    where k.state = 'planned')
select assocd.move_changes($1::bigint, operation, array_agg(ordinal), '{planned}', 'skipped', array_agg(message))
from k group by operation
