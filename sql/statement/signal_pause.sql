-- Takes up a request to pause a sync.
with claimed as (
    update assocd.signal set handled_at = clock_timestamp(), handled_by = $2, outcome = 'paused'
    where signal_id = $1::bigint and handled_at is null
    returning sync, requested_by, reason)
update assocd.sync_state s set paused_at = coalesce(s.paused_at, clock_timestamp()), paused_by = c.requested_by,
    pause_reason = c.reason, changed_at = clock_timestamp()
from claimed c where s.sync = c.sync
returning s.sync
