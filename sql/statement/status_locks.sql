-- Who holds the locks of syncs, for assocd status: the run, if one was opened, and the session in PostgreSQL. Until
-- it ends, no other run of the sync starts.
select s.sync, r.run_id as run, s.lock_role as role, s.lock_pid as pid, s.lock_name as application,
    date_trunc('second', s.lock_since) as since, coalesce(r.host, s.lock_host) as host
from assocd.sync_state s left join lateral (
    select r.run_id, r.host from assocd.run r
    where r.sync = s.sync and r.completed_at is null and r.session_key = s.lock_key order by r.run_id desc limit 1) r on true
where s.lock_key is not null and assocd.session_lives(s.lock_key, s.lock_pid, s.lock_role) order by s.sync
