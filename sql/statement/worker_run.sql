-- The run a worker had, by host, process id and the earliest time (microseconds) it may have started.
select r.run_id, r.status, r.created, r.archived, coalesce(j.error, ''), r.requests, r.changes_left
from assocd.run r join assocd.job_log j using (run_id)
where r.sync = $1 and r.host = $2 and r.pid = $3::integer and r.started_at >= to_timestamp($4::bigint / 1000000.0)
order by r.run_id desc limit 1
