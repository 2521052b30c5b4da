-- Changes that HubSpot refused before wait for their time.
update assocd.change c set state = 'skipped', message = 'quarantined until '
    || to_char(r.retry_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"') || ': ' || r.message
from assocd.reject r
where c.run_id = $1::bigint and c.state = 'planned' and r.sync = $2 and r.origin = 'hubspot'
    and r.retry_at > clock_timestamp() and r.operation = c.operation and coalesce(r.from_id, '') = c.from_id::text
    and coalesce(r.to_id, '') = c.to_id::text and coalesce(r.type, '') = c.category || ':' || c.type_id
