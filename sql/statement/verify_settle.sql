-- Changes seen in HubSpot as wished: verified, and the registry follows. What the registry said of an
-- archived one stays with the change, so that an undo can enter it again as it was.
with v as (
    update assocd.change c set state = 'verified', origin = case when c.operation = 'create' then c.origin
        else coalesce((select m.origin from assocd.managed m where m.sync = $2 and m.from_id = c.from_id
            and m.to_id = c.to_id and m.category = c.category and m.type_id = c.type_id), 'foreign') end
    from unnest($3::text[], $4::bigint[]) as u(operation, ordinal)
    where c.run_id = $1::bigint and c.operation = u.operation and c.ordinal = u.ordinal
        and c.state in ('applied', 'unknown', 'unverified')
    returning c.operation, c.from_id, c.to_id, c.category, c.type_id, c.origin),
entered as (
    insert into assocd.managed (sync, from_id, to_id, category, type_id, origin, run_id)
    select $2, from_id, to_id, category, type_id, coalesce(origin, 'created'), $1::bigint from v
    where operation = 'create' and origin is distinct from 'foreign'
    on conflict do nothing)
delete from assocd.managed m using v
where v.operation = 'archive' and m.sync = $2 and m.from_id = v.from_id and m.to_id = v.to_id
    and m.category = v.category and m.type_id = v.type_id
