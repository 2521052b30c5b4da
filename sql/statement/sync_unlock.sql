-- Gives the sync's lock back while the session lives on (late verification), and says so: SYNC PID HOST.
select pg_advisory_unlock(hashtextextended('assocd.sync:' || $1, 0)),
    pg_notify('assocd_idle', $1 || ' ' || r.pid || ' ' || r.host)
from assocd.run r where r.run_id = $2::bigint
