-- The run a worker had, by host, process id and the earliest time (microseconds) it may have started: of the runs since
-- then, not of all that the sync ever had.
select r.run_id, r.status, r.created, r.archived, coalesce(j.error, ''), r.requests, r.changes_left
from (
    select run_id from assocd.run
    where sync = $1 and started_at >= to_timestamp($4::bigint / 1000000.0) and host = $2 and pid = $3::integer offset 0) w
join assocd.run r using (run_id) join assocd.job_log j using (run_id)
order by r.run_id desc limit 1
