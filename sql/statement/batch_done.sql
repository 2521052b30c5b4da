-- Journals a batch's answer: one state for all its changes, exceptions by name. If an attempt before the one that
-- was answered may still be carried out ($15), the pairs of its creates are in doubt.
with b as (
    update assocd.batch set status = $2, attempts = $3::integer, http_status = nullif($4::integer, 0),
        completed_at = clock_timestamp(), api_started_at = $5::timestamptz, api_completed_at = $6::timestamptz,
        correlation_id = $7, error = $8
    where batch_id = $1::bigint returning run_id)
select assocd.settle_batch(b.run_id, $10, $11::bigint[], $9, $12::bigint[], $13::text[], $14::text[], $15::boolean) from b
