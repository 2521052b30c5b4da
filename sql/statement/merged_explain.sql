-- What was refused, or does not show, because its from-record ($3: to-record) is no more: the reject says so. A create
-- that HubSpot took and moved to the survivor is a reject, too: it would be made again in every run.
with why as (select * from unnest($4::bigint[], $5::text[], $6::text[]) as w(id, category, text))
insert into assocd.reject (sync, origin, operation, from_id, to_id, type, category, message, first_run_id, last_run_id, retry_at)
select $2, 'hubspot', c.operation, c.from_id::text, c.to_id::text, c.category || ':' || c.type_id, w.category,
    w.text || coalesce(' (HubSpot: ' || c.message || ')', ''), $1::bigint, $1::bigint, clock_timestamp() + interval '1 hour'
from assocd.change c join why w on w.id = case when $3::boolean then c.to_id else c.from_id end
where c.run_id = $1::bigint
    and (c.state = 'rejected' or (c.state = 'unverified' and c.operation = 'create' and w.category = 'merged'))
on conflict (sync, origin, quote_nullable(from_id), quote_nullable(to_id), quote_nullable(type)) do update
set category = excluded.category, message = excluded.message, last_run_id = excluded.last_run_id,
    retry_at = greatest(assocd.reject.retry_at, excluded.retry_at)
