-- The job log for people, newest first. The range of one name is in the index's order; with = the planner
-- may go through the runs of all syncs instead.
select run_id as run, sync, cause, status, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"') as started,
    to_char(coalesce(completed_at, clock_timestamp()) - started_at, 'FMHH24:MI:SS.MS') as took, desired, created, archived,
    rejected, withheld, requests, coalesce(error, '') as error
from (
    (select * from assocd.job_log where $1::text is null order by run_id desc limit $2::bigint)
    union all
    (select * from assocd.job_log where sync between $1 and $1 order by sync, run_id desc limit $2::bigint)) j
order by run_id desc
