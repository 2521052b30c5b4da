-- Functions and views over the journal. Version 2.

-- One permit for one request. Never more than p_ceiling in any 10.1 s as granted, so that requests
-- which travel at different speeds stay below the ceiling in any 10 s as HubSpot counts.
create function assocd.take_permits(p_account text, p_ceiling integer, p_per_day bigint, p_zone text,
    out granted boolean, out wait_ms bigint, out why text)
language plpgsql as $$
declare
    b assocd.budget;
    at timestamptz;
    now_s double precision;
    today date;
    size integer;
    oldest double precision;
begin
    insert into assocd.budget (account) values (p_account) on conflict do nothing;
    select * into b from assocd.budget where account = p_account for update;
    at := clock_timestamp();
    now_s := extract(epoch from at);
    today := (at at time zone p_zone)::date;
    granted := false;
    wait_ms := 0;
    if b.held_until > at then
        wait_ms := least(ceil(extract(epoch from b.held_until - at) * 1000), 86400000);
        why := coalesce(b.held_by, '');
        return;
    end if;
    if b.day is distinct from today then
        b.day := today;
        b.day_requests := 0;
    end if;
    if p_per_day > 0 and b.day_requests >= p_per_day then
        wait_ms := ceil(extract(epoch from ((today + 1)::timestamp at time zone p_zone) - at) * 1000);
        why := 'DAILY';
        return;
    end if;
    if b.share < 1 and b.share_changed_at < at - interval '1 minute' then
        b.share := least(1, b.share * 1.25);
        b.share_changed_at := at;
    end if;
    size := greatest(1, floor(p_ceiling * b.share));
    if p_ceiling > 0 then
        if cardinality(b.granted_at) <> size then
            -- Another ceiling: keep the newest permits, oldest first.
            b.granted_at := array(select g from (
                select g from unnest(b.granted_at) g order by g desc limit size) kept order by g);
            b.granted_at := array_fill(0::double precision, array[size - cardinality(b.granted_at)])
                || b.granted_at;
            b.next_slot := 1;
        end if;
        if b.granted_at[(b.next_slot + size - 2) % size + 1] > now_s then
            -- The server's clock was set back: what is granted then counts as granted now.
            b.granted_at := array(select least(g, now_s) from unnest(b.granted_at) with ordinality u(g, n) order by n);
            update assocd.budget set granted_at = b.granted_at, next_slot = b.next_slot where account = p_account;
        end if;
        oldest := b.granted_at[b.next_slot];
        if oldest > now_s - 10.1 then
            wait_ms := greatest(1, ceil((oldest + 10.1 - now_s) * 1000));
            why := 'ceiling';
            return;
        end if;
        b.granted_at[b.next_slot] := now_s;
        b.next_slot := b.next_slot % size + 1;
    end if;
    granted := true;
    update assocd.budget set granted_at = b.granted_at, next_slot = b.next_slot, share = b.share,
        share_changed_at = b.share_changed_at, day = b.day, day_requests = b.day_requests + 1
    where account = p_account;
end
$$;
comment on function assocd.take_permits is 'Asks for one request to HubSpot now: granted, or how long to wait and why.';

-- HubSpot asked the account to wait.
create function assocd.hold_permits(p_account text, p_policy text, p_hold_ms bigint, p_zone text) returns void
language plpgsql as $$
declare
    at timestamptz := clock_timestamp();
    until timestamptz := at + p_hold_ms * interval '1 millisecond';
begin
    if p_policy = 'DAILY' then
        until := greatest(until, ((at at time zone p_zone)::date + 1)::timestamp at time zone p_zone);
    end if;
    insert into assocd.budget (account) values (p_account) on conflict do nothing;
    update assocd.budget set held_until = greatest(held_until, until),
        held_by = case when until > held_until then p_policy else held_by end,
        -- Several workers may be told of the same excess: one halving in ten seconds is enough.
        share = case when share_changed_at < at - interval '10 seconds' or share = 1
            then greatest(0.1, share / 2) else share end,
        share_changed_at = case when share_changed_at < at - interval '10 seconds' or share = 1
            then at else share_changed_at end
    where account = p_account;
end
$$;
comment on function assocd.hold_permits is 'Nobody may use the account for so long; DAILY: until midnight there.';

-- Digest of a plan: over blocks of 1,000 changes, so that no value grows with the plan.
create function assocd.plan_digest(p_run_id bigint) returns text
language sql stable as $$
    select encode(sha256(coalesce(string_agg(d, ''::bytea order by operation, block), ''::bytea)), 'hex')
    from (
        select operation, ordinal / 1000 as block, sha256(convert_to(string_agg(
            format('%s %s %s %s %s', operation, from_id, to_id, category, type_id), E'\n' order by ordinal), 'UTF8')) as d
        from assocd.change
        where run_id = p_run_id and state not in ('blocked', 'reported', 'skipped')
        group by operation, ordinal / 1000) blocks
$$;
comment on function assocd.plan_digest is 'sha256 over the changes of a plan in their order.';

create view assocd.job_log as
select run_id, sync, portal, cause, status, started_at, completed_at, desired, observed, unchanged, created, archived,
    rejected, withheld, requests, coalesce(error, guard) as error
from assocd.run;
comment on view assocd.job_log is 'The job log: one row a run.';

create view assocd.job_batch as
select b.run_id, b.batch_id, r.sync, b.operation, b.status, b.inputs, b.sent_at, b.completed_at, b.api_started_at,
    b.api_completed_at, b.http_status, b.attempts, b.correlation_id, b.error
from assocd.batch b join assocd.run r using (run_id);
comment on view assocd.job_batch is 'One row an API batch, with HubSpot''s own times.';

-- What is known of each association that was ever planned, owned or rejected.
create view assocd.pair as
select r.sync, c.from_id, c.to_id, coalesce(t.name, t.label, c.category || ':' || c.type_id) as type, c.operation,
    c.reason, c.state, c.run_id, c.batch_id, b.api_completed_at, b.correlation_id, c.message
from assocd.change c join assocd.run r using (run_id) left join assocd.batch b using (batch_id)
left join lateral (
    select name, label from assocd.association_type t
    where t.portal = r.portal and t.category = c.category and t.type_id = c.type_id limit 1) t on true;
comment on view assocd.pair is 'The history of every association in plans: filter by from_id and to_id.';

create view assocd.drift as
select p.* from assocd.pair p where p.reason in ('drift_added', 'drift_removed');
comment on view assocd.drift is 'Changes that somebody else made in HubSpot, as the runs found them.';
