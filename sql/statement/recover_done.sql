-- A run that was in doubt tells what became of it, whether that is the last word ($2), and whether a reading
-- after its requests were over has left something open ($3).
update assocd.run r set created = n.created, archived = n.archived, unverified = n.unverified,
    unsettled = n.open > 0 and not $2::boolean,
    absent_at = case when n.open > 0 and $3::boolean then coalesce(absent_at, clock_timestamp()) end
from (select count(*) filter (where operation = 'create' and state in ('applied', 'verified')) as created,
        count(*) filter (where operation = 'archive' and state in ('applied', 'verified')) as archived,
        count(*) filter (where state in ('unverified', 'unknown')) as unverified,
        count(*) filter (where state in ('applied', 'unknown', 'unverified')) as open
    from assocd.change where run_id = $1::bigint) n
where r.run_id = $1::bigint
