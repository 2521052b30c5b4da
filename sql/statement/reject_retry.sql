-- Quarantined changes are tried again, and missing records and keys asked for, by the next run.
with keys as (
    update assocd.record_key set retry_at = clock_timestamp() where retry_at > clock_timestamp())
update assocd.reject set retry_at = clock_timestamp() where (origin = 'hubspot' or retry_at is not null) and ($1::text is null or sync = $1)
