-- A worker ended before it opened a run: the signal $4 that it was started for (0: none) knows, and waits no
-- longer; $3 says whether it counts as a failure of the sync.
with told as (
    update assocd.signal g set outcome = $2 from assocd.sync_state s
    where s.sync = $1 and s.wanted = $4::bigint and g.signal_id = s.wanted)
update assocd.sync_state set start_error = $2, wanted = nullif(wanted, $4::bigint), changed_at = clock_timestamp(),
    failures = case when $3::boolean then failures + 1 else failures end,
    retry_at = case when $3::boolean then clock_timestamp() + assocd.retry_after('failed', failures + 1) else retry_at end
where sync = $1
