-- Requests that no daemon has taken up: what they want, of whom, for how many seconds already.
select g.signal_id, g.verb, coalesce(g.sync, r.sync, ''), coalesce(g.run_id, 0), g.requested_by,
    (extract(epoch from clock_timestamp() - g.requested_at))::bigint,
    coalesce(r.host, ''), coalesce(r.pid, 0), coalesce(r.status, ''), coalesce(r.completed_at is null, false),
    coalesce(r.digest is not null, false)
from assocd.signal g left join assocd.run r on r.run_id = g.run_id
where g.handled_at is null order by g.signal_id limit 100
