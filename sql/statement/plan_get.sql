-- A saved plan, as apply and approve need it.
select r.sync, r.status, r.digest, extract(epoch from clock_timestamp() - r.completed_at)::bigint, r.guard, n.changes,
    (select max(n.run_id) from assocd.run n where n.plan_id = r.run_id and n.status not in ('failed', 'refused', 'interrupted')),
    r.portal, n.archives, r.undoes
from assocd.run r cross join lateral (
    select count(*) as changes, count(*) filter (where c.operation = 'archive') as archives
    from assocd.change c where c.run_id = r.run_id and c.state in ('planned', 'withheld')) n
where r.run_id = $1::bigint
