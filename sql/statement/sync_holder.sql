-- Who holds the sync's lock, for the message: its run, if it has opened one, and the session.
select coalesce(r.run_id, 0), coalesce(r.host, ''), coalesce(r.pid, 0), coalesce(r.status, ''),
    to_char(coalesce(r.started_at, s.lock_since) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'),
    s.lock_pid, s.lock_role, s.lock_name, coalesce(s.lock_host, ''), s.lock_key,
    (extract(epoch from clock_timestamp() - s.lock_since))::bigint
from assocd.sync_state s left join assocd.run r on r.sync = s.sync and r.completed_at is null and r.session_key = s.lock_key
where s.sync = $1 and s.lock_key is not null order by r.run_id desc limit 1
