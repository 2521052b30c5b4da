-- The last run of each sync, of whatever cause, if it failed or left something undone, for assocd status. The
-- range of one name is in the index's order; with = the planner may go through the runs of all syncs instead.
select r.run_id as run, s.sync, r.cause, r.status, date_trunc('second', r.completed_at) as completed_at, r.error
from assocd.sync_state s
join lateral (
    select j.* from assocd.job_log j where j.sync between s.sync and s.sync and j.completed_at is not null
    order by j.sync, j.run_id desc limit 1) r on true
where r.error <> '' and r.status <> 'succeeded' order by s.sync
