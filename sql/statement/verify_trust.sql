-- verify: none. What HubSpot said it did goes into the owned set unseen.
with w as materialized (
    select c.operation, c.ordinal, c.from_id, c.to_id, c.category, c.type_id,
\ir ../part/origin_stays.sql
    from assocd.change c where c.run_id = $1::bigint and c.state = 'applied'),
moved as materialized (
    select assocd.verify_changes($1::bigint, operation, array_agg(ordinal), array_agg(origin), false)
    from w where operation = 'archive' group by operation),
\ir ../part/ownership_follows.sql
