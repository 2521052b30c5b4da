-- Writes the run's counts and status; an end state closes it. No row: it was closed before, by others who saw its
-- session without its lock.
update assocd.run set status = $2,
    completed_at = case when assocd.is_working($2) then null else clock_timestamp() end,
    portal_id = nullif($3::bigint, 0), desired = $4::bigint, records = $5::bigint, unread = $6::bigint,
    observed = $7::bigint, unchanged = $8::bigint, duplicates = $9::bigint, invalid = $10::bigint,
    managed = $11::bigint, to_create = $12::bigint, to_archive = $13::bigint, drift = $14::bigint,
    reported = $15::bigint, blocked = $16::bigint, created = $17::bigint, archived = $18::bigint,
    rejected = $19::bigint, unverified = $20::bigint, skipped = $21::bigint, withheld = $22::bigint,
    requests = $23::bigint, guard = $24, error = $25, digest = $26, fingerprint = coalesce($27, fingerprint),
    mapping = coalesce($31::text[], mapping),
    changes_left = $28::boolean, abandoned = $29::bigint, pending = $30::bigint
where run_id = $1::bigint and completed_at is null
returning run_id
