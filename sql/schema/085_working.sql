-- How far a run has come stands in a row of its own, and what is under way is said in one place. Version 85.

-- The run's row has 46 columns and lies on full pages: to rewrite it each second wrote it anew each time, with
-- an entry in each of its indexes.
create table assocd.progress (
    sync text primary key,
    run_id bigint not null,
    stage text not null,
    stage_done bigint not null,
    stage_total bigint not null,
    stage_began_at timestamptz not null default clock_timestamp(),
    stage_at timestamptz not null default clock_timestamp()
) with (fillfactor = 20, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
comment on table assocd.progress is 'How far the newest long run of a sync has come, as of the last second; assocd status shows it.';
comment on column assocd.progress.sync is 'Name of the sync.';
comment on column assocd.progress.run_id is 'The run.';
comment on column assocd.progress.stage is 'What it is at: source, read, create, archive, verify.';
comment on column assocd.progress.stage_done is 'How much of the stage is done, in rows or records.';
comment on column assocd.progress.stage_total is 'How much the stage has; 0: unknown.';
comment on column assocd.progress.stage_began_at is 'When the stage was first reported.';
comment on column assocd.progress.stage_at is 'When the stage was last reported.';
alter table assocd.run drop column stage, drop column stage_done, drop column stage_total, drop column stage_began_at,
    drop column stage_at;

-- New versions of a row find room beside it.
alter table assocd.run set (fillfactor = 85);
alter table assocd.sync_state set (fillfactor = 40);

create function assocd.is_working(p_status text) returns boolean
language sql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
    select p_status in ('planning', 'applying', 'verifying')
$$;
comment on function assocd.is_working is 'Is a run of this status under way? All others are its end.';
revoke execute on function assocd.is_working(text) from public;
alter table assocd.run drop constraint completed_in_end_states;
alter table assocd.run add constraint completed_in_end_states check ((completed_at is null) = assocd.is_working(status));
drop trigger legal_move on assocd.run;
create trigger legal_move before update of status on assocd.run for each row
    when (old.status <> new.status and (not assocd.is_working(old.status)
        or new.status = 'planning' or (old.status, new.status) = ('verifying', 'applying')))
    execute function assocd.refuse_run_move();
