-- What runs planned and did about a pair, newest first, with HubSpot's own times.
select r.run_id as run, r.cause, r.status as run_status, c.operation,
    coalesce(t.name, t.label, c.category || ':' || c.type_id) as type, c.reason, c.state, c.batch_id as batch,
    to_char(b.sent_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"') as sent, to_char(b.api_started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS"Z"') as api_started,
    to_char(b.api_completed_at at time zone 'UTC', 'HH24:MI:SS.MS"Z"') as api_completed, b.correlation_id, coalesce(c.message, b.error, '') as message
from assocd.run r join assocd.change c on c.run_id = r.run_id and c.ordinal > 0 and c.from_id = $2::bigint
left join assocd.batch b on b.batch_id = c.batch_id
left join lateral (
    select name, label from assocd.association_type t
    where t.portal = $4 and t.category = c.category and t.type_id = c.type_id limit 1) t on true
where r.sync = $1 and c.to_id = $3::bigint
order by r.run_id desc, c.operation, c.ordinal limit 20
