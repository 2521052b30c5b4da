-- Remembers the run as the last good one: what shrink and mapping guards compare with.
update assocd.sync_state
set fingerprint = $3, good_run_id = $2::bigint, good_desired = $4::bigint, good_at = clock_timestamp()
where sync = $1
