-- Remembers the run as the last good one: what shrink and mapping guards compare with. Applying a
-- plan accepts the desired rows that the plan was made of, not those that came since; the plan of a run of
-- changes saw a part of the source, and says nothing of its size. A run that waited to verify may end after a
-- newer one, whose word counts.
update assocd.sync_state
set fingerprint = $3, mapping = $5::text[], good_run_id = $2::bigint, good_desired = coalesce((
        select p.desired from assocd.run r join assocd.run p on p.run_id = r.plan_id where r.run_id = $2::bigint), $4::bigint), good_at = clock_timestamp()
where sync = $1 and (good_run_id is null or good_run_id < $2::bigint) and not exists (
    select from assocd.run r join assocd.run p on p.run_id = r.plan_id
    where r.run_id = $2::bigint and p.cause = 'watch')
