-- The first changes of a run for people.
select operation, from_id as "from", to_id as "to", type, reason, state, batch_id as batch, message
from (
    select c.operation, c.ordinal, c.from_id, c.to_id, coalesce(t.name, t.label, c.category || ':' || c.type_id) as type,
        c.reason, c.state, c.batch_id, c.message
    from assocd.change c join assocd.run r using (run_id)
    left join lateral (
        select name, label from assocd.association_type t
        where t.portal = r.portal and t.category = c.category and t.type_id = c.type_id limit 1) t on true
    where c.run_id = $1::bigint) shown
order by operation desc, ordinal limit $2::bigint
