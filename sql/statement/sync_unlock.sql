-- Gives the sync's lock back while the session lives on (late verification), and says so: SYNC PID HOST.
with free as (
    update assocd.sync_state set lock_key = null, lock_pid = null, lock_role = null, lock_name = null, lock_host = null, lock_since = null
    where sync = $1 and lock_pid = pg_backend_pid())
select pg_notify('assocd_idle', $1 || ' ' || r.pid || ' ' || r.host)
from assocd.run r where r.run_id = $2::bigint
