-- What must hold after every case, whatever happened in it (daemon/README.md, What always holds). Each block is one
-- invariant: a name, and a query whose rows are its violations. Ground truth is the sandbox's log.

-- invariant: no wrong delete: what was archived was not desired at that moment
select format('%s -%s:%s %s:%s', a.seq, a.from_id, a.to_id, a.category, a.type_id)
from e2e.applied a join e2e.wanted w on a.from_id::text = ltrim(w.from_id, '0') and a.to_id::text = ltrim(w.to_id, '0')
    and w.since <= a.at and a.at + interval '1 millisecond' < w.until
where a.sign = '-' and not exists (select from assocd.change u where u.operation = 'archive' and u.reason = 'undo'
        and (u.from_id, u.to_id) = (a.from_id, a.to_id)) and a.from_type = (select value from e2e.setting where key = 'from')
    and (w.type is null or exists (
        select from assocd.association_type t where t.category = a.category and t.type_id = a.type_id
            and lower(w.type) in (lower(t.name), lower(t.label), t.kind, lower(t.category) || ':' || t.type_id)));

-- invariant: nothing is archived under create_only that nobody has approved
select format('%s -%s:%s', a.seq, a.from_id, a.to_id) from e2e.applied a
where a.sign = '-' and (select value from e2e.setting where key = 'policy') = 'create_only'
    and not exists (select from assocd.plan_approval p where p.used_at <= a.at);

-- invariant: mirror_owned archives only what was created by us or once named by the source
select format('%s -%s:%s', a.seq, a.from_id, a.to_id) from e2e.applied a
where a.sign = '-' and a.from_type = (select value from e2e.setting where key = 'from')
    and (select value from e2e.setting where key = 'policy') = 'mirror_owned'
    and not exists (select from e2e.applied b where b.sign = '+' and b.seq < a.seq
        and (b.from_id, b.to_id) = (a.from_id, a.to_id))
    and not exists (select from e2e.wanted w where w.since <= a.at
        and w.from_id = a.from_id::text and w.to_id = a.to_id::text);

-- invariant: no create that was never desired
select format('%s +%s:%s', a.seq, a.from_id, a.to_id) from e2e.applied a
where a.sign = '+' and a.from_type = (select value from e2e.setting where key = 'from')
    and not exists (select from e2e.wanted w where w.since <= a.at
        and ltrim(w.from_id, '0') = a.from_id::text and ltrim(w.to_id, '0') = a.to_id::text)
    and not exists (select from assocd.change c where c.operation = 'create' and c.reason in ('undo', 'companion')
        and (c.from_id, c.to_id) = (a.from_id, a.to_id));

-- invariant: nothing outside scope is touched: only records the source ever named
select format('%s %s%s:%s', a.seq, a.sign, a.from_id, a.to_id) from e2e.applied a
where a.from_type = (select value from e2e.setting where key = 'from')
    and not exists (select from e2e.wanted w where w.since <= a.at and ltrim(w.from_id, '0') = a.from_id::text)
    and not exists (select from assocd.change c where c.reason = 'moved' and (c.from_id, c.to_id) = (a.from_id, a.to_id));

-- invariant: only managed types are touched, the plain and primary ones that come with them, and the other side of both
select format('%s %s%s:%s %s:%s', a.seq, a.sign, a.from_id, a.to_id, a.category, a.type_id)
from e2e.applied a join assocd.association_type t using (category, type_id)
where t.kind = 'label' and not exists (select from e2e.managed_type m
    where (m.category, m.type_id) = (a.category, a.type_id))
    and (a.from_type <> a.to_type or not exists (select from assocd.change c join e2e.managed_type m using (category, type_id)
        where (c.from_id, c.to_id) = (a.to_id, a.from_id)
            and c.operation = case a.sign when '+' then 'create' else 'archive' end));

-- invariant: journal before effect: what was applied has a batch that was journaled as sent before
select format('%s %s%s:%s %s:%s', a.seq, a.sign, a.from_id, a.to_id, a.category, a.type_id)
from e2e.applied a
where a.from_type = (select value from e2e.setting where key = 'from') and not exists (
    select from assocd.change c join assocd.batch b using (batch_id)
    where c.operation = case a.sign when '+' then 'create' else 'archive' end
        and (c.from_id, c.to_id) = (a.from_id, a.to_id)
        and b.sent_at < a.at + interval '2 milliseconds');

-- invariant: every writing request carries what one journaled batch carries
select format('%s %s %s inputs', r.seq, r.call, r.inputs) from e2e.writing r
where not exists (
    select from assocd.batch b where b.operation ~ '(create|archive)' and b.inputs >= r.inputs
        and b.sent_at < r.at + interval '2 milliseconds');

-- invariant: requests in the log are the attempts in the journal, where the journal could be closed
select format('%s writing requests, %s attempts', requests, attempts)
from (select count(*) as requests from e2e.writing) r,
    (select coalesce(sum(attempts), 0) as attempts from assocd.batch where operation ~ '(create|archive)') j
where requests <> attempts and not exists (select from assocd.run where status = 'interrupted');

-- invariant: the runs count their requests
select format('%s requests in the log, %s in assocd.run', (select count(*) from e2e.request), sum(requests))
from assocd.run
having not bool_or(status = 'interrupted')
    and sum(requests) + (select value::bigint from e2e.setting where key = 'other_requests')
        <> (select count(*) from e2e.request);

-- invariant: no run is left open
select format('run %s is %s', run_id, status) from assocd.run where completed_at is null;

-- invariant: no batch and no change says that more is to come
select format('batch %s of run %s is sent', batch_id, run_id) from assocd.batch where status = 'sent'
union all
select format('change %s:%s of run %s is %s', c.from_id, c.to_id, c.run_id, c.state)
from assocd.change c join assocd.run r using (run_id)
where c.state = 'sent' or (c.state = 'planned' and r.status <> 'planned')
    or (c.state = 'applied' and (select value from e2e.setting where key = 'verify') <> 'none' and
        r.status not in ('failed', 'canceled', 'deferred', 'interrupted'));

-- invariant: nobody holds a lock
select format('advisory lock of process %s', pid) from pg_locks
where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database());

-- invariant: counts of a finished run are those of its changes
select format('run %s: created %s, %s changes', r.run_id, r.created, n.created)
from assocd.run r, lateral (select count(*) filter (where operation = 'create' and reason <> 'companion') as created,
    count(*) filter (where operation = 'archive' and reason <> 'companion') as archived
    from assocd.change c where c.run_id = r.run_id and c.state in ('applied', 'verified')) n
where r.status not in ('interrupted', 'planned') and (r.created, r.archived) <> (n.created, n.archived);

-- invariant: the token is in no row of the journal
select format('assocd.%s', name) from (
    select 'run' as name, r::text as cells from assocd.run r union all
    select 'batch', r::text from assocd.batch r union all
    select 'change', message from assocd.change r where message is not null union all
    select 'reject', r::text from assocd.reject r union all
    select 'portal', r::text from assocd.portal r union all
    select 'sync_state', r::text from assocd.sync_state r union all
    select 'plan_approval', r::text from assocd.plan_approval r union all
    select 'budget', r::text from assocd.budget r) t
where cells like '%canary00%';
