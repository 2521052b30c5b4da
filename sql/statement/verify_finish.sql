-- Changes seen in HubSpot as wished: verified, and the owned set follows. Creates of links note what came with them
-- ($6: CATEGORY:id) of types that a to-record can have only once ($7: plain type, CATEGORY:id).
with k as materialized (
    select k.*, u.came
    from unnest($4::text[], $5::bigint[], $6::text[]) as u(operation, ordinal, came), lateral (
        select c.operation, c.ordinal, c.from_id, c.to_id, c.category, c.type_id, c.state, c.origin, c.implied from assocd.change c
        where c.run_id = $1::bigint and c.operation = u.operation and c.ordinal = u.ordinal offset 0) k
    where k.state in ('applied', 'unknown', 'unverified')),
w as materialized (
    select c.operation, c.ordinal, c.from_id, c.to_id, c.category, c.type_id,
\ir ../part/origin_stays.sql
    from k c),
noted as materialized (
    select assocd.keep_came($1::bigint, array_agg(ordinal), array_agg(came)) from k
    where operation = 'create' and came is not null
        and $7 in (select concat(category, ':', type_id) union all select unnest(implied)) having count(*) > 0),
moved as materialized (
    select assocd.verify_changes($1::bigint, operation, array_agg(ordinal), array_agg(origin) filter (where operation = 'archive'), true)
    from w, (select count(*) from noted) n group by operation),
\ir ../part/ownership_follows.sql
