-- Journals a batch's answer: one state for all its changes, exceptions by name. If an attempt before the one that
-- was answered may still be carried out ($15), the pairs of its creates are in doubt.
with b as (
    update assocd.batch set status = $2, attempts = $3::integer, http_status = nullif($4::integer, 0),
        completed_at = clock_timestamp(), api_started_at = $5::timestamptz, api_completed_at = $6::timestamptz,
        correlation_id = $7, error = $8
    where batch_id = $1::bigint returning run_id),
k as materialized (
    select k.place, k.from_id, k.to_id, k.state, x.state as becomes, x.message
    from b cross join unnest($11::bigint[]) as o(ordinal)
    left join unnest($12::bigint[], $13::text[], $14::text[]) as x(ordinal, state, message) using (ordinal), lateral (
        select ctid as place, from_id, to_id, state from assocd.change c
        where c.run_id = b.run_id and c.operation = $10 and c.ordinal = o.ordinal offset 0) k),
doubts as (
    insert into assocd.doubt (sync, from_id, to_id)
    select distinct r.sync, k.from_id, k.to_id from b join assocd.run r using (run_id), k
    where $15::boolean and $10 = 'create'
    on conflict (sync, from_id, to_id) do update set until = excluded.until)
update assocd.change c set state = coalesce(k.becomes, $9), message = k.message
from k where k.state = 'sent' and c.ctid = k.place
