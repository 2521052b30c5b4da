-- The service: requests of people, living daemons, the state of every sync's schedule, progress. Version 3.

create table assocd.signal (
    signal_id bigint generated always as identity primary key,
    verb text not null check (verb in ('trigger', 'pause', 'resume', 'cancel', 'approve')),
    sync text,
    run_id bigint,
    reason text,
    requested_by text not null default session_user,
    requested_at timestamptz not null default clock_timestamp(),
    handled_at timestamptz,
    handled_by text,
    outcome text,
    constraint verb_of_sync check ((verb in ('trigger', 'pause', 'resume')) = (sync is not null)),
    constraint verb_of_run check ((verb in ('cancel', 'approve')) = (run_id is not null)),
    constraint handled_by_somebody check ((handled_at is null) = (handled_by is null))
);
create index signal_waiting on assocd.signal (signal_id) where handled_at is null;
comment on table assocd.signal is 'Steering by SQL: insert a row (verb and sync, or verb and run_id) and a daemon acts within a second; the row keeps who asked and what came of it.';
comment on column assocd.signal.signal_id is 'Number of the request.';
comment on column assocd.signal.verb is 'trigger: run the sync now; pause, resume: its schedule; cancel: stop run_id in an orderly way; approve: approve the plan run_id and apply it.';
comment on column assocd.signal.sync is 'trigger, pause, resume: name of the sync.';
comment on column assocd.signal.run_id is 'cancel: the run; approve: the plan.';
comment on column assocd.signal.reason is 'Why, in the words of who asked.';
comment on column assocd.signal.requested_by is 'Database role that asked.';
comment on column assocd.signal.requested_at is 'When.';
comment on column assocd.signal.handled_at is 'When a daemon took it up; NULL: it waits for one.';
comment on column assocd.signal.handled_by is 'The daemon that did, as HOST:PID.';
comment on column assocd.signal.outcome is 'What came of it, in words; follows the run that it started.';

create function assocd.note_signal() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_notify('assocd_signal', '');
    return null;
end
$$;
comment on function assocd.note_signal is 'Trigger: wakes the daemons.';
create trigger note_signal after insert on assocd.signal for each statement execute function assocd.note_signal();

create table assocd.daemon (
    daemon_id bigint generated always as identity primary key,
    host text not null,
    pid integer not null,
    version text not null,
    syncs integer not null,
    started_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),
    turn_us bigint not null default 0
);
comment on table assocd.daemon is 'Daemons at work, one row each; the row goes when the daemon ends in an orderly way.';
comment on column assocd.daemon.daemon_id is 'Number of the daemon.';
comment on column assocd.daemon.host is 'Host it runs on.';
comment on column assocd.daemon.pid is 'Its process id there.';
comment on column assocd.daemon.version is 'Version of assocd.';
comment on column assocd.daemon.syncs is 'How many syncs its configuration has.';
comment on column assocd.daemon.started_at is 'When it started.';
comment on column assocd.daemon.seen_at is 'When it last said that it lives: every second.';
comment on column assocd.daemon.turn_us is 'How long the longest turn of its loop took since the time before that, in microseconds; waiting for PostgreSQL is in it.';

alter table assocd.sync_state
    add column paused_at timestamptz,
    add column paused_by text,
    add column pause_reason text,
    add column wanted bigint,
    add column run_id bigint,
    add column run_status text,
    add column run_cause text,
    add column run_started_at timestamptz,
    add column failures integer not null default 0,
    add column retry_at timestamptz,
    add column start_error text,
    add column changed_at timestamptz not null default clock_timestamp();
create index sync_state_changed on assocd.sync_state (changed_at);
comment on column assocd.sync_state.paused_at is 'Since when no daemon starts it; NULL: not paused.';
comment on column assocd.sync_state.paused_by is 'Who paused it.';
comment on column assocd.sync_state.pause_reason is 'Why, in their words.';
comment on column assocd.sync_state.wanted is 'The signal (trigger, approve) that asks for a run which has not started yet.';
comment on column assocd.sync_state.run_id is 'The newest full run (cause manual, schedule or trigger).';
comment on column assocd.sync_state.run_status is 'Its status.';
comment on column assocd.sync_state.run_cause is 'Its cause.';
comment on column assocd.sync_state.run_started_at is 'When it started: what the schedule counts from.';
comment on column assocd.sync_state.failures is 'Failed or interrupted runs in a row.';
comment on column assocd.sync_state.retry_at is 'After a failed, interrupted or deferred run: when it is due again.';
comment on column assocd.sync_state.start_error is 'Why a worker ended before it could open a run; NULL since one could.';
comment on column assocd.sync_state.changed_at is 'When anything a daemon looks at changed last.';

alter table assocd.run
    add column signal_id bigint references assocd.signal,
    add column stage text,
    add column stage_done bigint,
    add column stage_total bigint,
    add column stage_began_at timestamptz,
    add column stage_at timestamptz;
comment on column assocd.run.signal_id is 'The signal that asked for it.';
comment on column assocd.run.stage is 'What it is at: source, read, create, archive, verify.';
comment on column assocd.run.stage_done is 'How much of the stage is done, in rows or records.';
comment on column assocd.run.stage_total is 'How much the stage has; 0: unknown.';
comment on column assocd.run.stage_began_at is 'When the stage was first reported.';
comment on column assocd.run.stage_at is 'When the stage was last reported.';

-- How long a sync rests after its n-th failure in a row. A crash costs a second at first, a failure
-- half a minute; both end at a quarter of an hour. Spread, so that syncs which failed together do
-- not come back together.
create function assocd.retry_after(p_status text, p_failures integer) returns interval
language sql as $$
    select least(900, case p_status when 'interrupted' then 4.0 ^ least(p_failures - 1, 10)
        else 30 * 2.0 ^ least(p_failures - 1, 10) end) * (0.8 + 0.4 * random()) * interval '1 second'
$$;
comment on function assocd.retry_after is 'The back-off after so many failures in a row.';

-- The daily limit of an account ends at midnight there.
create function assocd.quota_renewed_at(p_portal text) returns timestamptz
language sql as $$
    select coalesce((
        select greatest(b.held_until, ((clock_timestamp() at time zone p.time_zone)::date + 1)::timestamp at time zone p.time_zone)
        from assocd.portal p left join assocd.budget b on b.account = p.portal_id::text
        where p.portal = p_portal), clock_timestamp() + interval '1 hour') + random() * interval '1 minute'
$$;
comment on function assocd.quota_renewed_at is 'When a portal''s daily limit is new again.';

-- A run that a signal asked for says so, and the signal is no longer waiting for it.
create function assocd.open_run() returns trigger
language plpgsql as $$
begin
    update assocd.sync_state s set wanted = null, changed_at = clock_timestamp()
    from assocd.signal g
    where s.sync = new.sync and g.signal_id = s.wanted
        and (g.verb = 'trigger' or g.run_id is not distinct from new.plan_id)
    returning g.signal_id into new.signal_id;
    return new;
end
$$;
comment on function assocd.open_run is 'Trigger: ties a run to the signal that asked for it.';
create trigger open_run before insert on assocd.run for each row
    when (new.cause in ('trigger', 'apply')) execute function assocd.open_run();

-- What the next decision of a schedule looks at. Of overlapping runs (one may still be verifying
-- while the next one works) only the newest counts.
create function assocd.note_run() returns trigger
language plpgsql as $$
declare
    at constant timestamptz := clock_timestamp();
begin
    if new.signal_id is not null then
        update assocd.signal set outcome = format('run %s: %s', new.run_id, new.status) || coalesce(': ' || new.error, '')
        where signal_id = new.signal_id;
    end if;
    if new.cause not in ('manual', 'schedule', 'trigger') then
        return null;
    end if;
    if new.completed_at is null then
        update assocd.sync_state set run_id = new.run_id, run_status = new.status, run_cause = new.cause,
            run_started_at = new.started_at, start_error = null, changed_at = at
        where sync = new.sync and (run_id is null or run_id <= new.run_id);
        return null;
    end if;
    update assocd.sync_state set run_status = new.status, changed_at = at,
        failures = case when new.status in ('failed', 'interrupted') then failures + 1
            when new.status in ('deferred', 'canceled') then failures else 0 end,
        retry_at = case when new.status in ('failed', 'interrupted') then at + assocd.retry_after(new.status, failures + 1)
            when new.status = 'deferred' then assocd.quota_renewed_at(new.portal) end
    where sync = new.sync and run_id = new.run_id;
    return null;
end
$$;
comment on function assocd.note_run is 'Trigger: keeps the state of the sync''s schedule beside its runs.';
create trigger note_run after insert or update of status on assocd.run for each row execute function assocd.note_run();

-- A living run holds its own lock. What a dead one had planned is abandoned, what it had sent
-- without an answer is unknown.
create function assocd.interrupt_runs(p_sync text) returns setof bigint
language sql as $$
    with dead as (
        update assocd.run set status = 'interrupted', completed_at = clock_timestamp(),
            error = coalesce(error, 'the process ended without closing the run')
        where completed_at is null and (p_sync is null or sync = p_sync)
            and pg_try_advisory_xact_lock(hashtextextended('assocd.run:' || run_id, 0))
        returning run_id),
    batches as (
        update assocd.batch b set status = 'unknown', error = coalesce(error, 'the process ended before the answer')
        from dead where b.run_id = dead.run_id and b.status = 'sent'),
    changes as (
        update assocd.change c set state = case when c.state = 'planned' then 'abandoned' else 'unknown' end
        from dead where c.run_id = dead.run_id and c.state in ('planned', 'sent'))
    select run_id from dead order by run_id
$$;
comment on function assocd.interrupt_runs is 'Tells the runs of a sync (NULL: of all) whose process is gone as interrupted.';

-- Only looks: taking the lock to try it would get in the way of a run that starts just then.
create function assocd.sync_busy(p_sync text) returns boolean
language sql as $$
    select exists (
        select from pg_catalog.pg_locks l
        where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
            and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
            and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('assocd.sync:' || p_sync, 0))
$$;
comment on function assocd.sync_busy is 'Does a run hold the lock of this sync?';
