-- Pruning takes a portion at a time, whatever the size of the runs it forgets. Version 11.

create or replace function assocd.prune_history(p_days integer) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with recursive bound as materialized (
        select clock_timestamp() - greatest(p_days, 1) * interval '1 day' as at),
    old(run_id, place) as (
        select r.run_id, 1 from bound, assocd.run r
        where r.run_id = least((select min(run_id) from assocd.change), (select min(run_id) from assocd.batch))
            and r.completed_at < bound.at
        union all
        select r.run_id, o.place + 1 from bound, old o, assocd.run r
        where r.run_id = least((select min(c.run_id) from assocd.change c where c.run_id > o.run_id),
                (select min(b.run_id) from assocd.batch b where b.run_id > o.run_id))
            and r.completed_at < bound.at and o.place < 20),
    changes as (
        delete from assocd.change c using (
            select g.run_id, g.operation, g.ordinal from old join assocd.change g using (run_id)
            order by g.run_id, g.operation, g.ordinal limit 20000) as gone
        where (c.run_id, c.operation, c.ordinal) = (gone.run_id, gone.operation, gone.ordinal)),
    signals as (
        delete from assocd.signal g using (
            select s.signal_id from bound, assocd.signal s
            where s.handled_at < bound.at and not exists (select from assocd.sync_state y where y.wanted = s.signal_id)
            order by s.signal_id limit 1000) as gone
        where g.signal_id = gone.signal_id)
    delete from assocd.batch b using (
        select g.batch_id from old join assocd.batch g using (run_id) order by g.run_id, g.batch_id limit 20000) as gone
    where b.batch_id = gone.batch_id
$$;
comment on function assocd.prune_history is 'Forgets the batches and changes of runs older than so many days, of 20 runs and 20,000 rows each at a time, and requests (assocd.signal) taken up so long ago; the runs'' own rows and the registry stay.';
