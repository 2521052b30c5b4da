-- A create between records of one object type carries along what the run is to make of the same link from its other
-- record. A run that ends in between has made that, too, and says so. Version 39.
comment on column assocd.change.batch_id is 'The batch that it was sent with; planned: the last one that has carried it along, because the same link was created from its other record.';

drop trigger legal_move on assocd.change;
create trigger legal_move before update of state on assocd.change for each row
    when (old.state <> new.state and (old.state, new.state) not in (
        ('planned', 'sent'), ('planned', 'withheld'), ('planned', 'skipped'), ('planned', 'abandoned'),
        ('withheld', 'skipped'), ('sent', 'applied'), ('sent', 'rejected'), ('sent', 'unknown'), ('sent', 'abandoned'),
        ('applied', 'verified'), ('applied', 'unverified'), ('unknown', 'verified'), ('unknown', 'unverified'),
        ('unverified', 'verified'))
        and not (old.state = 'planned' and new.state = 'unknown' and old.batch_id is not null))
    execute function assocd.refuse_change_move();

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
        update assocd.change c set state = case when c.state = 'planned' and (c.batch_id is null or exists (
                select from assocd.batch b where b.batch_id = c.batch_id and b.status = 'failed')) then 'abandoned' else 'unknown' end
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
        for planned in select ctid from assocd.change where run_id = dead.run_id and state = 'planned' and batch_id is null loop
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
