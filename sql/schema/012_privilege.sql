-- Who may do what, whoever runs the daemon: approvals come of requests only, what has ended stays as it
-- ended, texts of people are bounded, nothing is for everybody. Version 12.

-- Texts of people. What is longer by now is cut; an approval without an end ends after a year.
alter table assocd.plan_approval disable trigger user;
update assocd.plan_approval set reason = left(reason, 2000), digest = left(digest, 100),
    expires_at = least(expires_at, approved_at + interval '366 days')
where length(reason) > 2000 or length(digest) > 100 or expires_at > approved_at + interval '366 days';
alter table assocd.plan_approval enable trigger user;
update assocd.signal set reason = left(reason, 2000), sync = left(sync, 1000) where length(reason) > 2000 or length(sync) > 1000;
update assocd.sync_state set pause_reason = left(pause_reason, 2000) where length(pause_reason) > 2000;
update assocd.reject set retry_at = null where not isfinite(retry_at);
alter table assocd.plan_approval
    add constraint reason_length check (length(reason) <= 2000),
    add constraint digest_length check (length(digest) <= 100),
    add constraint ends_within_a_year check (expires_at <= approved_at + interval '367 days');
alter table assocd.signal
    add constraint reason_length check (length(reason) <= 2000),
    add constraint sync_length check (length(sync) <= 1000);
alter table assocd.sync_state add constraint pause_reason_length check (length(pause_reason) <= 2000);
alter table assocd.reject add constraint retry_at_finite check (isfinite(retry_at));

-- A request that is wanted is there: with the row the want ends.
update assocd.sync_state s set wanted = null
where wanted is not null and not exists (select from assocd.signal g where g.signal_id = s.wanted);
alter table assocd.sync_state add constraint sync_state_wanted_fkey
    foreign key (wanted) references assocd.signal on delete set null;

-- One request, one approval.
alter table assocd.plan_approval add column signal_id bigint unique references assocd.signal on delete set null;
comment on column assocd.plan_approval.signal_id is 'The request (assocd.signal) that this approval was made of; NULL: approved by assocd approve or assocd.approve.';

create function assocd.is_owner() returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
    select pg_has_role(current_user, relowner, 'member') from pg_class where oid = 'assocd.run'::regclass
$$;
comment on function assocd.is_owner is 'Is the current role the owner of this schema, or a member of it?';

-- The approver is the role that logged in, and cannot be said otherwise.
drop function assocd.approve(bigint, text, integer);
create function assocd.approve(p_plan_id bigint, p_reason text, p_minutes integer default 60) returns assocd.plan_approval
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    approval assocd.plan_approval;
begin
    if p_minutes is null or p_minutes not between 1 and 366 * 24 * 60 then
        raise exception using errcode = 'invalid_parameter_value', message = 'an approval is valid for 1 minute to 366 days';
    end if;
    insert into assocd.plan_approval (plan_id, digest, reason, expires_at)
    select run_id, digest, p_reason, clock_timestamp() + p_minutes * interval '1 minute'
    from assocd.run where run_id = p_plan_id and digest is not null and completed_at is not null
    returning * into approval;
    if not found then
        raise exception using errcode = 'no_data_found', message = format('there is no complete plan %s', p_plan_id);
    end if;
    return approval;
end
$$;
comment on function assocd.approve is 'Approves a plan that a guard has withheld or refused: select * from assocd.approve(18, ''sales region closed''). Bound to the plan''s digest, used once, expiring; the approver is the role that logged in.';

-- A daemon takes a request up, and what it leads to is copied from the request: who paused, who approved, why.
-- The name of the sync; no row is NULL: taken up by another daemon, or a run is wanted already.
create function assocd.take_request(p_signal_id bigint, p_daemon text, p_outcome text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    request assocd.signal;
    name text;
begin
    select coalesce(g.sync, r.sync) into name
    from assocd.signal g left join assocd.run r on r.run_id = g.run_id
    where g.signal_id = p_signal_id and g.verb in ('trigger', 'pause', 'resume', 'approve');
    perform from assocd.sync_state where sync = name for update;
    if not found then
        return null;
    end if;
    update assocd.signal g set handled_at = clock_timestamp(), handled_by = p_daemon, outcome = p_outcome
    where signal_id = p_signal_id and handled_at is null and (g.verb in ('pause', 'resume')
        or exists (select from assocd.sync_state s where s.sync = name and s.wanted is null))
    returning * into request;
    if not found then
        return null;
    end if;
    if request.verb = 'pause' then
        update assocd.sync_state set paused_at = coalesce(paused_at, clock_timestamp()),
            paused_by = request.requested_by, pause_reason = request.reason, changed_at = clock_timestamp()
        where sync = name;
        return name;
    elsif request.verb = 'resume' then
        update assocd.sync_state set paused_at = null, paused_by = null, pause_reason = null, changed_at = clock_timestamp()
        where sync = name;
        return name;
    end if;
    if request.verb = 'approve' then
        insert into assocd.plan_approval (plan_id, digest, approved_by, reason, expires_at, signal_id)
        select run_id, digest, request.requested_by, request.reason, clock_timestamp() + interval '1 hour', p_signal_id
        from assocd.run where run_id = request.run_id and digest is not null and completed_at is not null;
    end if;
    -- A back-off is over: it is due at once.
    update assocd.sync_state set wanted = p_signal_id, retry_at = null, changed_at = clock_timestamp() where sync = name;
    return name;
end
$$;
comment on function assocd.take_request is 'Takes up a request (assocd.signal) to trigger, pause, resume or approve, once: pauses, or makes a run wanted, in the name of who asked; an approval is bound to the plan''s digest for an hour. The sync''s name; NULL if it was taken up before, or a run is wanted already.';

-- What has ended stays as it ended, for every role but the owner. Of a run with changes in doubt the counts are
-- those of its changes.
create function assocd.keep_ended_run() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    kept assocd.run := old;
begin
    if assocd.is_owner() then
        return new;
    end if;
    if old.unsettled then
        select count(*) filter (where operation = 'create' and state in ('applied', 'verified')),
            count(*) filter (where operation = 'archive' and state in ('applied', 'verified')),
            count(*) filter (where state in ('unverified', 'unknown'))
        into new.created, new.archived, new.unverified
        from assocd.change where run_id = old.run_id;
        kept.created := new.created;
        kept.archived := new.archived;
        kept.unverified := new.unverified;
        kept.unsettled := new.unsettled;
        kept.absent_at := new.absent_at;
    end if;
    if new is distinct from kept then
        raise exception using errcode = 'check_violation',
            message = format('assocd.run: run %s has ended; what was journaled is not rewritten', old.run_id);
    end if;
    return new;
end
$$;
comment on function assocd.keep_ended_run is 'Trigger: refuses to rewrite a run that has ended.';
create trigger ended_stays before update on assocd.run for each row
    when (old.completed_at is not null) execute function assocd.keep_ended_run();

create function assocd.begin_run() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if (new.status <> 'planning' or new.digest is not null or new.signal_id is not null) and not assocd.is_owner() then
        raise exception using errcode = 'check_violation', message = 'assocd.run: a run begins with planning';
    end if;
    return new;
end
$$;
comment on function assocd.begin_run is 'Trigger: a run begins at its beginning.';
-- Before open_run, which ties the run to the request that asked for it: triggers fire by name.
create trigger begin_run before insert on assocd.run for each row execute function assocd.begin_run();

create function assocd.keep_ended() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if assocd.is_owner() then
        return new;
    end if;
    raise exception using errcode = 'check_violation',
        message = format('assocd.%I: what was journaled is not rewritten', tg_table_name);
end
$$;
comment on function assocd.keep_ended is 'Trigger: refuses to rewrite what has ended.';
create trigger ended_stays before update on assocd.change for each row
    when (old.state in ('blocked', 'reported', 'skipped', 'abandoned', 'rejected', 'verified') and old is distinct from new)
    execute function assocd.keep_ended();
create trigger ended_stays before update on assocd.batch for each row
    when (old.status in ('done', 'partial', 'failed', 'not_sent') and old is distinct from new)
    execute function assocd.keep_ended();
create trigger ended_stays before update of signal_id, verb, sync, run_id, reason, requested_by, requested_at, handled_at, handled_by
    on assocd.signal for each row when (old.handled_at is not null) execute function assocd.keep_ended();
create trigger never_longer before update of expires_at, signal_id on assocd.plan_approval for each row
    execute function assocd.keep_ended();

-- Names mean what this schema means, whoever calls. Trigger functions need no right of whoever fires them.
do $$
declare
    f record;
begin
    for f in select p.oid::regprocedure as name, p.proconfig is null as open from pg_catalog.pg_proc p
        where p.pronamespace = 'assocd'::regnamespace
    loop
        if f.open then
            execute format('alter function %s set search_path = pg_catalog, pg_temp', f.name);
        end if;
        execute format('revoke execute on function %s from public', f.name);
    end loop;
end
$$;
revoke all on schema assocd from public;
revoke all on all tables in schema assocd from public;
revoke all on all sequences in schema assocd from public;
