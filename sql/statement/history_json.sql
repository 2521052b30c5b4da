-- The job log as JSON, newest first (see history).
select row_to_json(j) from (
    (select * from assocd.job_log where $1::text is null order by run_id desc limit $2::bigint)
    union all
    (select * from assocd.job_log where sync between $1 and $1 order by sync, run_id desc limit $2::bigint)) j
order by run_id desc
