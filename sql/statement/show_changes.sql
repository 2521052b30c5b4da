-- The first changes of a run for people. By their numbers, which begin at 1: a plan of millions is not sorted for ten.
select c.operation, c.from_id as "from", c.to_id as "to", coalesce(t.name, t.label, c.category || ':' || c.type_id) as type,
    c.reason, c.state, c.batch_id as batch,
    nullif(concat_ws(': ', nullif(concat_ws(' to ', k.from_key, k.to_key), ''), c.message), '') as message
from (
    select * from assocd.change
    where run_id = $1::bigint and operation in ('create', 'archive') and ordinal <= $2::bigint
    order by operation desc, ordinal limit $2::bigint) c
join assocd.run r using (run_id)
left join lateral (
    select name, label from assocd.association_type t
    where t.portal = r.portal and t.category = c.category and t.type_id = c.type_id limit 1) t on true
\ir ../part/change_keys.sql
order by c.operation desc, c.ordinal
