-- The job log for people, newest first.
select run_id as run, sync, cause, status, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"') as started,
    to_char(coalesce(completed_at, clock_timestamp()) - started_at, 'FMHH24:MI:SS.MS') as took, desired, created, archived,
    rejected, requests, coalesce(error, '') as error
from assocd.job_log where $1::text is null or sync = $1 order by run_id desc limit $2::bigint
