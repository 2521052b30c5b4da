-- Telling a run as interrupted takes no longer when its plan was large. Version 10.

-- A plan of millions of changes is abandoned over several calls, each as far as its time goes; the one that
-- finds nothing left closes the run. The run's lock, held until the end of the call, keeps others from it.
create function assocd.interrupt_runs_within(p_sync text, p_within interval) returns setof bigint
language plpgsql as $$
declare
    until constant timestamptz := clock_timestamp() + p_within;
    dead record;
    planned record;
    portion tid[];
    complete boolean;
begin
    for dead in select run_id, sync from assocd.run
        where completed_at is null and (p_sync is null or sync = p_sync)
            and pg_try_advisory_xact_lock(hashtextextended('assocd.run:' || run_id, 0))
        order by run_id for update
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
comment on function assocd.interrupt_runs_within is 'As interrupt_runs, for those who must not wait: a run whose plan is too large for this time is told by a later call.';
