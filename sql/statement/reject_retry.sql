-- Quarantined changes are tried again by the next run.
update assocd.reject set retry_at = clock_timestamp() where origin = 'hubspot' and ($1::text is null or sync = $1)
