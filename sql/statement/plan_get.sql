-- A saved plan, as apply and approve need it.
select r.sync, r.status, r.digest, extract(epoch from clock_timestamp() - r.completed_at)::bigint, r.guard,
    (select count(*) from assocd.change c where c.run_id = r.run_id and c.state in ('planned', 'withheld')),
    (select max(n.run_id) from assocd.run n where n.plan_id = r.run_id and n.status not in ('failed', 'refused', 'interrupted')),
    r.portal, (select count(*) from assocd.change c where c.run_id = r.run_id and c.operation = 'archive' and c.state in ('planned', 'withheld')),
    r.undoes
from assocd.run r where r.run_id = $1::bigint
