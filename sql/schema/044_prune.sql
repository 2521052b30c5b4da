-- Runs are forgotten, too, after a retention of their own, and whoever prunes is told how much went. Version 44.
--
-- With a run go its batches, changes and approvals. Kept, however old: the newest run of each sync, the last good one,
-- what is in doubt, a run that another one refers to (a plan that was applied, a run that was undone), and one that
-- still has details.
drop function assocd.prune_history(integer);
create function assocd.prune_history(p_days integer, p_run_days integer) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with recursive bound as materialized (
        select clock_timestamp() - greatest(p_days, 1) * interval '1 day' as at,
            clock_timestamp() - greatest(p_run_days, p_days, 1) * interval '1 day' as run_at),
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
        where (c.run_id, c.operation, c.ordinal) = (gone.run_id, gone.operation, gone.ordinal) returning 1),
    batches as (
        delete from assocd.batch b using (
            select g.batch_id from old join assocd.batch g using (run_id) order by g.run_id, g.batch_id limit 20000) as gone
        where b.batch_id = gone.batch_id returning 1),
    signals as (
        delete from assocd.signal g using (
            select s.signal_id from bound, assocd.signal s
            where s.handled_at < bound.at and not exists (select from assocd.sync_state y where y.wanted = s.signal_id)
            order by s.signal_id limit 1000) as gone
        where g.signal_id = gone.signal_id returning 1),
    runs as (
        delete from assocd.run r using (
            select o.run_id from bound, assocd.run o
            where o.started_at < bound.run_at and o.completed_at < bound.run_at and not o.unsettled
                and not exists (select from assocd.change c where c.run_id = o.run_id)
                and not exists (select from assocd.batch b where b.run_id = o.run_id)
                and not exists (select from assocd.run n where n.plan_id = o.run_id)
                and not exists (select from assocd.run n where n.undoes = o.run_id)
                and exists (select from assocd.run n where n.sync = o.sync and n.run_id > o.run_id)
                and not exists (
                    select from assocd.sync_state y where y.sync = o.sync and o.run_id in (y.good_run_id, y.run_id))
            order by o.started_at limit 2000) as gone
        where r.run_id = gone.run_id returning 1)
    select (select count(*) from changes) + (select count(*) from batches) + (select count(*) from signals)
        + (select count(*) from runs)
$$;
comment on function assocd.prune_history is 'Forgets the batches and changes of runs older than so many days, of 20 runs and 20,000 rows each at a time, requests (assocd.signal) taken up so long ago, and 2,000 runs with their approvals older than the second number of days; what is owned stays. How many rows went.';
revoke execute on function assocd.prune_history(integer, integer) from public;
create index run_by_undoes on assocd.run (undoes) where undoes is not null;
