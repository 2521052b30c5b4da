-- Changes that HubSpot refused before wait for their time: how many, since when, until when. In an undo ($3)
-- everything of their pair waits with them: half of a link as it was is no undo. Within one object type ($4) that is
-- what is seen from the other record, too.
with held as materialized (
    select c.operation, c.ordinal, c.from_id, c.to_id, concat('quarantined until ',
        to_char(r.retry_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'), ': ', r.message) as message, r.first_seen, r.retry_at
    from assocd.change c join assocd.reject r on r.operation = c.operation and coalesce(r.from_id, '') = c.from_id::text
        and coalesce(r.to_id, '') = c.to_id::text and coalesce(r.type, '') = c.category || ':' || c.type_id
    where c.run_id = $1::bigint and c.state = 'planned' and r.sync = $2 and r.origin = 'hubspot'
        and r.retry_at > clock_timestamp()),
pairs as (
    select from_id, to_id, message from held where $3::boolean
    union all
    select to_id, from_id, message from held where $3::boolean and $4::boolean),
waiting as (
    select operation, ordinal, message from held
    union all
    select c.operation, c.ordinal, concat('another change of its pair is ', min(p.message))
    from assocd.change c join pairs p using (from_id, to_id)
    where c.run_id = $1::bigint and c.state = 'planned'
        and not exists (select from held h where h.operation = c.operation and h.ordinal = c.ordinal)
    group by c.operation, c.ordinal),
skipped as materialized (
    select assocd.move_changes($1::bigint, operation, array_agg(ordinal), '{planned}', 'skipped', array_agg(message)) as changes
    from waiting group by operation)
select (select coalesce(sum(changes), 0) from skipped), to_char(min(first_seen) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'),
    to_char(min(retry_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"')
from held
