-- Withheld or refused plans that wait for an approval: a full run after them has the last word, and so has
-- the run that applied them; a run of changes says nothing of what another one found.
select r.run_id as plan_id, r.sync, r.status, date_trunc('second', r.completed_at) as since, r.to_create, r.to_archive, r.withheld,
    a.approved_by, r.guard
from assocd.run r
left join lateral (
    select approved_by from assocd.plan_approval a
    where a.plan_id = r.run_id and a.used_at is null and a.expires_at > clock_timestamp() limit 1) a on true
where r.status in ('withheld', 'refused') and r.digest is not null
    and not exists (
        select from assocd.run n
        where n.sync = r.sync and n.run_id > r.run_id and n.completed_at is not null and n.cause <> 'watch'
            and (n.cause <> 'apply' or n.plan_id = r.run_id))
order by r.run_id
