-- What of a pair was refused, and when it is tried again.
select origin, coalesce(operation, '') as operation, coalesce(type, '') as type, category, attempts as times,
    to_char(last_seen at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"') as last_seen,
    case when origin = 'source' then 'after the row is fixed'
        else coalesce(to_char(retry_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'), 'after the row is fixed') end as next_try, correlation_id, message
from assocd.reject
where sync = $1 and $4::text is not null and ltrim(coalesce(from_id, ''), '0') = $2::bigint::text
    and (to_id is null or ltrim(to_id, '0') = $3::bigint::text)
order by last_seen desc limit 20
