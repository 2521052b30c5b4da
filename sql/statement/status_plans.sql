-- Withheld or refused plans that wait for an approval: a full run after them has the last word, and so has
-- the run that applied them; a run of changes says nothing of what another one found, and an apply that was
-- refused for want of an approval is no plan beside the one that it was to apply. The
-- range of one name is in the index's order; with = the planner may go through the runs of all syncs instead.
select r.run_id as plan_id, r.sync, r.status, date_trunc('second', r.completed_at) as since, r.to_create, r.to_archive, r.withheld,
    a.approved_by, r.guard
from assocd.sync_state s
left join lateral (
    select n.run_id from assocd.run n
    where n.sync between s.sync and s.sync and n.completed_at is not null and n.cause not in ('watch', 'apply')
    order by n.sync, n.run_id desc limit 1) last on true
join assocd.run r on r.sync = s.sync and r.run_id >= coalesce(last.run_id, 0)
left join lateral (
    select approved_by from assocd.plan_approval a
    where a.plan_id = r.run_id and a.used_at is null and a.expires_at > clock_timestamp() limit 1) a on true
where r.status in ('withheld', 'refused') and r.digest is not null
    and (r.cause <> 'apply' or r.plan_id is null or r.status <> 'refused')
    and not exists (
        select from assocd.run n
        where n.plan_id = r.run_id and n.cause = 'apply' and n.completed_at is not null and n.run_id > r.run_id
            and n.status <> 'refused')
order by r.run_id
