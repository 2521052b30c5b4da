-- Withheld or refused plans that are the last word on their sync and wait for an approval.
select r.run_id as plan_id, r.sync, r.status, date_trunc('second', r.completed_at) as since, r.to_create, r.to_archive, r.withheld,
    a.approved_by, r.guard
from assocd.run r
left join lateral (
    select approved_by from assocd.plan_approval a
    where a.plan_id = r.run_id and a.used_at is null and a.expires_at > clock_timestamp() limit 1) a on true
where r.status in ('withheld', 'refused') and r.digest is not null
    and r.run_id = (select max(n.run_id) from assocd.run n where n.sync = r.sync and n.completed_at is not null and n.cause <> 'watch')
order by r.run_id
