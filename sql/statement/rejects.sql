-- Rejects for people, newest first.
select sync, origin, coalesce(operation, '') as operation, coalesce(from_id, 'NULL') as "from", coalesce(to_id, 'NULL') as "to",
    coalesce(type, '') as type, category, attempts as times, to_char(last_seen at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"') as last_seen,
    case when origin = 'source' then 'after the row is fixed'
        else coalesce(to_char(retry_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'), 'after the row is fixed') end as next_try, message
from assocd.reject where $1::text is null or sync = $1 order by last_seen desc, reject_id desc limit $2::bigint
