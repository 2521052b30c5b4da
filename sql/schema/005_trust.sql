-- What makes the journal trustworthy: who undid what, what is still in doubt, laws of its states. Version 5.

alter table assocd.run
    add column undoes bigint references assocd.run,
    add column fingerprint text,
    add column unsettled boolean not null default false;
create index run_unsettled on assocd.run (sync, run_id) where unsettled;
comment on column assocd.run.undoes is 'undo: the run whose changes are taken back.';
comment on column assocd.run.fingerprint is 'What the run synchronised (object types, account, types, source), in the words of sync_state.fingerprint.';
comment on column assocd.run.unsettled is 'It ended while it was not known what became of some of its changes; a later run reads them and settles them.';

alter table assocd.change add column origin text check (origin in ('created', 'adopted', 'foreign'));
comment on column assocd.change.origin is 'archive: what the registry said of it before (foreign: it was not owned); create of an undo: as what it enters the registry again.';

-- A run that ends while changes of it are in doubt says so, whoever ends it.
create function assocd.note_unsettled() returns trigger language plpgsql set search_path = '' as $$
begin
    new.unsettled := case
        when new.status = 'interrupted' then true
        when new.status in ('failed', 'canceled', 'deferred', 'refused') then exists (
            select from assocd.change where run_id = new.run_id and state in ('sent', 'applied', 'unknown'))
        else new.unverified > 0 end;
    return new;
end
$$;
comment on function assocd.note_unsettled is 'Sets run.unsettled when a run ends.';
create trigger note_unsettled before update of status on assocd.run for each row
    when (old.completed_at is null and new.completed_at is not null)
    execute function assocd.note_unsettled();
update assocd.run r set unsettled = true
where completed_at is not null and exists (select from assocd.change c where c.run_id = r.run_id
    and (c.state = 'unknown' or c.state = 'applied' and r.status in ('failed', 'canceled', 'interrupted', 'deferred')));

create function assocd.refuse_change_move() returns trigger language plpgsql set search_path = '' as $$
begin
    raise exception using errcode = 'check_violation', message = pg_catalog.format(
        'assocd.change: %s %s of run %s cannot go from %s to %s', old.operation, old.ordinal, old.run_id, old.state, new.state);
end
$$;
comment on function assocd.refuse_change_move is 'Refuses a move of change.state that the journal does not know.';
create trigger legal_move before update of state on assocd.change for each row
    when (old.state <> new.state and (old.state, new.state) not in (
        ('planned', 'sent'), ('planned', 'withheld'), ('planned', 'skipped'), ('planned', 'abandoned'),
        ('withheld', 'skipped'), ('sent', 'applied'), ('sent', 'rejected'), ('sent', 'unknown'), ('sent', 'abandoned'),
        ('applied', 'verified'), ('applied', 'unverified'), ('unknown', 'verified'), ('unknown', 'unverified'),
        ('unverified', 'verified')))
    execute function assocd.refuse_change_move();

create function assocd.refuse_run_move() returns trigger language plpgsql set search_path = '' as $$
begin
    raise exception using errcode = 'check_violation', message = pg_catalog.format(
        'assocd.run: run %s cannot go from %s to %s', old.run_id, old.status, new.status);
end
$$;
comment on function assocd.refuse_run_move is 'Refuses a move of run.status that the journal does not know: what has ended stays as it ended.';
create trigger legal_move before update of status on assocd.run for each row
    when (old.status <> new.status and (old.status not in ('planning', 'applying', 'verifying')
        or new.status = 'planning' or (old.status, new.status) = ('verifying', 'applying')))
    execute function assocd.refuse_run_move();

create function assocd.refuse_rewrite() returns trigger language plpgsql set search_path = '' as $$
begin
    raise exception using errcode = 'check_violation', message = pg_catalog.format(
        'assocd.%I: what was journaled is not rewritten', tg_table_name);
end
$$;
comment on function assocd.refuse_rewrite is 'Refuses to change what says what a row is about.';
create trigger no_rewrite before update of run_id, sync, portal, api, cause, started_at, plan_id, undoes, epoch, host, pid
    on assocd.run for each row execute function assocd.refuse_rewrite();
create trigger no_rewrite before update of run_id, operation, ordinal, from_id, to_id, category, type_id, reason, along
    on assocd.change for each row execute function assocd.refuse_rewrite();
create trigger no_rewrite before update of batch_id, run_id, operation, inputs
    on assocd.batch for each row execute function assocd.refuse_rewrite();
create trigger no_rewrite before update of approval_id, plan_id, digest, approved_by, reason, approved_at
    on assocd.plan_approval for each row execute function assocd.refuse_rewrite();
create trigger used_once before update of used_by_run_id, used_at on assocd.plan_approval for each row
    when (old.used_at is not null) execute function assocd.refuse_rewrite();

-- An approval by SQL: who may insert into plan_approval may use it.
create function assocd.approve(p_plan_id bigint, p_reason text, p_minutes integer default 60) returns assocd.plan_approval
language sql set search_path = '' as $$
    insert into assocd.plan_approval (plan_id, digest, reason, expires_at)
    select run_id, digest, p_reason, pg_catalog.clock_timestamp() + p_minutes * interval '1 minute'
    from assocd.run where run_id = p_plan_id and digest is not null
    returning *
$$;
comment on function assocd.approve is 'Approves a plan that a guard has withheld or refused: select * from assocd.approve(18, ''sales region closed''). Bound to the plan as it is now, used once, expiring; the approver is the session''s role. No row: there is no such plan.';

-- Old details go by this function only, so that whoever runs syncs needs no right to delete from the journal.
create function assocd.prune_history(p_days integer) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with old as (
        select run_id from assocd.run
        where completed_at < clock_timestamp() - greatest(p_days, 1) * interval '1 day'
            and (exists (select from assocd.change c where c.run_id = run.run_id)
                or exists (select from assocd.batch b where b.run_id = run.run_id))
        order by run_id limit 20),
    changes as (delete from assocd.change c using old where c.run_id = old.run_id)
    delete from assocd.batch b using old where b.run_id = old.run_id
$$;
comment on function assocd.prune_history is 'Forgets the batches and changes of runs older than so many days, of 20 runs at a time; the runs'' own rows and the registry stay.';
