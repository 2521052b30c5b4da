-- Takes up a request to let a paused sync run again.
with claimed as (
    update assocd.signal set handled_at = clock_timestamp(), handled_by = $2, outcome = 'resumed'
    where signal_id = $1::bigint and handled_at is null
    returning sync)
update assocd.sync_state s set paused_at = null, paused_by = null, pause_reason = null, changed_at = clock_timestamp()
from claimed c where s.sync = c.sync
returning s.sync
