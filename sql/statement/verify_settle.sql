-- Changes seen in HubSpot as wished: verified, and the owned set follows. Creates of links note what came with them
-- ($6: CATEGORY:id) of types that a to-record can have only once ($7: plain type, CATEGORY:id).
with k as materialized (
    select k.place, u.came
    from unnest($4::text[], $5::bigint[], $6::text[]) as u(operation, ordinal, came), lateral (
        select ctid as place, state from assocd.change c
        where c.run_id = $1::bigint and c.operation = u.operation and c.ordinal = u.ordinal offset 0) k
    where k.state in ('applied', 'unknown', 'unverified')),
v as (
    update assocd.change c set state = 'verified',
        came = case when c.operation = 'create' and $7 in (select concat(c.category, ':', c.type_id) union all select unnest(c.implied))
            then string_to_array(k.came, ' ') end,
\ir ../part/origin_stays.sql
    from k where c.ctid = k.place
    returning c.operation, c.from_id, c.to_id, c.category, c.type_id, c.origin),
\ir ../part/ownership_follows.sql
