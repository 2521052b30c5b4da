-- Who holds the lock of a sync, and whether a run lives, is said by rows that only our roles can write. Version 17.

-- A session of ours holds an advisory lock of a number that it drew itself. Everybody can see that number and
-- take the lock once it is free, so it proves nothing alone: a row says which server process of which role
-- holds it.
alter table assocd.sync_state
    add column lock_key bigint,
    add column lock_pid integer,
    add column lock_role text,
    add column lock_name text,
    add column lock_since timestamptz;
comment on column assocd.sync_state.lock_key is 'Number of the advisory lock that the session which holds the sync has drawn; NULL: nobody holds it.';
comment on column assocd.sync_state.lock_pid is 'PostgreSQL''s process of that session. The sync is held as long as this process has that advisory lock.';
comment on column assocd.sync_state.lock_role is 'Role that the session logged in as.';
comment on column assocd.sync_state.lock_name is 'Its application_name.';
comment on column assocd.sync_state.lock_since is 'Since when it holds the sync.';

alter table assocd.run
    add column session_key bigint,
    add column session_pid integer,
    add column session_role text;
comment on column assocd.run.session_key is 'Number of the advisory lock of the run''s session: the run lives as long as session_pid has it.';
comment on column assocd.run.session_pid is 'PostgreSQL''s process of the run''s session.';
comment on column assocd.run.session_role is 'Role that the session logged in as.';

create function assocd.session_lives(p_key bigint, p_pid integer, p_role text) returns boolean
language sql set search_path = pg_catalog, pg_temp as $$
    select exists (
        select from pg_locks l
        where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.pid = p_pid
            and l.database = (select oid from pg_database where datname = current_database())
            and (l.classid::bigint << 32 | l.objid::bigint) = p_key)
    and exists (
        select from pg_stat_get_activity(p_pid) a where a.usesysid = (select oid from pg_roles where rolname = p_role))
$$;
comment on function assocd.session_lives(bigint, integer, text) is 'Does this PostgreSQL process of this role hold the advisory lock of this number?';

create function assocd.lock_sync(p_sync text, p_portal text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    held assocd.sync_state;
    drawn constant bigint := ('x' || left(replace(gen_random_uuid()::text, '-', ''), 16))::bit(64)::bigint;
begin
    insert into assocd.sync_state (sync, portal) values (p_sync, p_portal) on conflict do nothing;
    select * into held from assocd.sync_state where sync = p_sync for update;
    if assocd.session_lives(held.lock_key, held.lock_pid, held.lock_role) then
        return false;
    end if;
    perform pg_advisory_lock(drawn);
    update assocd.sync_state set lock_key = drawn, lock_pid = pg_backend_pid(), lock_role = session_user,
        lock_name = current_setting('application_name'), lock_since = clock_timestamp()
    where sync = p_sync;
    return true;
end
$$;
comment on function assocd.lock_sync(text, text) is 'Takes the lock of a sync for this session, until it ends or gives it back; false: another living session has it.';

create or replace function assocd.sync_busy(p_sync text) returns boolean
language sql set search_path = pg_catalog, pg_temp as $$
    select exists (
        select from assocd.sync_state s
        where s.sync = p_sync and s.lock_key is not null
            and assocd.session_lives(s.lock_key, s.lock_pid, s.lock_role))
$$;

create or replace function assocd.interrupt_runs(p_sync text) returns setof bigint
language sql set search_path = pg_catalog, pg_temp as $$
    with dead as (
        update assocd.run set status = 'interrupted', completed_at = clock_timestamp(),
            error = coalesce(error, 'the process ended without closing the run')
        where completed_at is null and (p_sync is null or sync = p_sync)
            and not assocd.session_lives(session_key, session_pid, session_role)
        returning run_id),
    batches as (
        update assocd.batch b set status = 'unknown', error = coalesce(error, 'the process ended before the answer')
        from dead where b.run_id = dead.run_id and b.status = 'sent'),
    changes as (
        update assocd.change c set state = case when c.state = 'planned' then 'abandoned' else 'unknown' end
        from dead where c.run_id = dead.run_id and c.state in ('planned', 'sent'))
    select run_id from dead order by run_id
$$;

-- The row's lock, held until the end of the call, keeps others from a run that is being told as interrupted.
create or replace function assocd.interrupt_runs_within(p_sync text, p_within interval) returns setof bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    until constant timestamptz := clock_timestamp() + p_within;
    dead record;
    planned record;
    portion tid[];
    complete boolean;
begin
    for dead in select run_id, sync from assocd.run
        where completed_at is null and (p_sync is null or sync = p_sync)
            and not assocd.session_lives(session_key, session_pid, session_role)
        order by run_id for update skip locked
    loop
        complete := true;
        portion := '{}';
        for planned in select ctid from assocd.change where run_id = dead.run_id and state = 'planned' loop
            portion := portion || planned.ctid;
            continue when cardinality(portion) < 500;
            update assocd.change set state = 'abandoned' where ctid = any(portion);
            portion := '{}';
            complete := clock_timestamp() < until;
            exit when not complete;
        end loop;
        if complete then
            return query select assocd.interrupt_runs(dead.sync);
        end if;
    end loop;
end
$$;
