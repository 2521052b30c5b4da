-- The run a worker had, by host, process id and the earliest time (microseconds) it may have started.
select run_id, status, created, archived, coalesce(error, guard, ''), requests from assocd.run
where sync = $1 and host = $2 and pid = $3::integer and started_at >= to_timestamp($4::bigint / 1000000.0)
order by run_id desc limit 1
