-- verify: none. What HubSpot said it did goes into the owned set unseen.
with v as (
    update assocd.change c set
\ir ../part/origin_stays.sql
    where c.run_id = $1::bigint and c.state = 'applied'
    returning c.operation, c.from_id, c.to_id, c.category, c.type_id, c.origin),
\ir ../part/ownership_follows.sql
