-- The job log as JSON, newest first.
select row_to_json(j) from (
    select * from assocd.job_log where $1::text is null or sync = $1 order by run_id desc limit $2::bigint) j
