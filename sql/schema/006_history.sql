-- What is forgotten after the retention: signals, too; and looking for it costs no more with the years. Version 6.

alter table assocd.run drop constraint run_signal_id_fkey,
    add constraint run_signal_id_fkey foreign key (signal_id) references assocd.signal on delete set null;
create index run_by_signal on assocd.run (signal_id) where signal_id is not null;
comment on column assocd.run.signal_id is 'The signal that asked for it; NULL: nobody did, or it is forgotten.';

-- The runs that still have details are found from the details, oldest first: runs' own rows stay, and
-- after some years most of them have nothing left to forget.
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
    changes as (delete from assocd.change c using old where c.run_id = old.run_id),
    signals as (
        delete from assocd.signal g using (
            select s.signal_id from bound, assocd.signal s
            where s.handled_at < bound.at and not exists (select from assocd.sync_state y where y.wanted = s.signal_id)
            order by s.signal_id limit 1000) as gone
        where g.signal_id = gone.signal_id)
    delete from assocd.batch b using old where b.run_id = old.run_id
$$;
comment on function assocd.prune_history is 'Forgets the batches and changes of runs older than so many days, of 20 runs at a time, and requests (assocd.signal) taken up so long ago; the runs'' own rows and the registry stay.';
