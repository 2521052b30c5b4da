-- Who paused the sync, since when and why; no row: it is not paused.
select paused_by, to_char(paused_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'), coalesce(pause_reason, '')
from assocd.sync_state where sync = $1 and paused_at is not null
