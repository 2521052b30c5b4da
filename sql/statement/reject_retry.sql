-- Quarantined changes are tried again, and missing records asked for, by the next run.
update assocd.reject set retry_at = clock_timestamp() where (origin = 'hubspot' or retry_at is not null) and ($1::text is null or sync = $1)
