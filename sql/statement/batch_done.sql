-- Journals a batch's answer: one state for all its changes, exceptions by name. If an attempt before the one that
-- was answered may still be carried out ($15), the pairs of its creates are in doubt.
with b as (
    update assocd.batch set status = $2, attempts = $3::integer, http_status = nullif($4::integer, 0),
        completed_at = clock_timestamp(), api_started_at = $5::timestamptz, api_completed_at = $6::timestamptz,
        correlation_id = $7, error = $8
    where batch_id = $1::bigint returning run_id),
doubts as (
    insert into assocd.doubt (sync, from_id, to_id)
    select distinct r.sync, c.from_id, c.to_id
    from b join assocd.run r using (run_id) join assocd.change c using (run_id)
    where $15::boolean and $10 = 'create' and c.operation = $10 and c.ordinal = any ($11::bigint[])
    on conflict (sync, from_id, to_id) do update set until = excluded.until)
update assocd.change c set state = coalesce(x.state, $9), message = x.message
from b, unnest($11::bigint[]) as o(ordinal)
left join unnest($12::bigint[], $13::text[], $14::text[]) as x(ordinal, state, message) using (ordinal)
where c.run_id = b.run_id and c.operation = $10 and c.ordinal = o.ordinal and c.state = 'sent'
