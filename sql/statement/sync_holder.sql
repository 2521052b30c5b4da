-- Who holds the sync's lock: the newest run under way, for the message.
select run_id, host, pid, status, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"')
from assocd.run where sync = $1 and completed_at is null order by run_id desc limit 1
