-- verify: none. What HubSpot said it did goes into the registry unseen.
with v as (select operation, from_id, to_id, category, type_id from assocd.change
    where run_id = $1::bigint and state = 'applied'),
entered as (
    insert into assocd.managed (sync, from_id, to_id, category, type_id, origin, run_id)
    select $2, from_id, to_id, category, type_id, 'created', $1::bigint from v where operation = 'create'
    on conflict do nothing)
delete from assocd.managed m using v
where v.operation = 'archive' and m.sync = $2 and m.from_id = v.from_id and m.to_id = v.to_id
    and m.category = v.category and m.type_id = v.type_id
