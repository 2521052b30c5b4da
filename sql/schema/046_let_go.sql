-- What the owned set let go of, and which merges have been seen: a run may learn of a merge long after the rows have left
-- the table, and links that others add to the survivor later did not come by the merge. Version 46.
create table assocd.let_go (
    sync text not null,
    from_id bigint not null,
    to_id bigint not null,
    let_go_at timestamptz not null default clock_timestamp(),
    primary key (sync, from_id, to_id)
);
comment on table assocd.let_go is 'Pairs that a sync owned until they were gone from the source and from HubSpot, perhaps because a record was merged: what came to the survivor is kept. Losing rows here may let mirror archive such links.';
comment on column assocd.let_go.sync is 'Name of the sync that owned it.';
comment on column assocd.let_go.from_id is 'From-record.';
comment on column assocd.let_go.to_id is 'To-record.';
comment on column assocd.let_go.let_go_at is 'When the owned set let go of it; forgotten with the job log after history.retention_days.';
create index let_go_by_time on assocd.let_go (let_go_at);

create table assocd.merged (
    sync text not null,
    old_id bigint not null,
    now_id bigint not null,
    mapping text not null,
    brought boolean not null,
    run_id bigint not null,
    primary key (sync, old_id, now_id)
);
comment on table assocd.merged is 'Merges that a run has seen together with all associations of the survivor. What came by them is known since (change.merged_from); what others have added to the survivor since is no part of it.';
comment on column assocd.merged.sync is 'Name of the sync whose run saw it.';
comment on column assocd.merged.old_id is 'From-record that was merged away.';
comment on column assocd.merged.now_id is 'The survivor.';
comment on column assocd.merged.mapping is 'What the sync meant then: where it means something else now, the merge is looked at anew.';
comment on column assocd.merged.brought is 'Whether links came by it that are kept: it counts as seen only while the job log (change.merged_from) knows which.';
comment on column assocd.merged.run_id is 'The run that saw it first.';

create or replace function assocd.prune_history(p_days integer, p_run_days integer) returns bigint
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
    links as (
        delete from assocd.let_go l using (
            select g.sync, g.from_id, g.to_id from bound, assocd.let_go g
            where g.let_go_at < bound.at order by g.let_go_at limit 20000) as gone
        where (l.sync, l.from_id, l.to_id) = (gone.sync, gone.from_id, gone.to_id) returning 1),
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
        + (select count(*) from links) + (select count(*) from runs)
$$;
comment on function assocd.prune_history is 'Forgets the batches and changes of runs older than so many days, of 20 runs and 20,000 rows each at a time, requests (assocd.signal) taken up so long ago, 20,000 links that the owned set let go of so long ago, and 2,000 runs with their approvals older than the second number of days; what is owned stays. How many rows went.';
