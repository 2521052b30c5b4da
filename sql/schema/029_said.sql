-- When a run began and ended, and who asked for it, is the database's word. Version 29.

create or replace function assocd.begin_run() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if assocd.is_owner() then
        return new;
    end if;
    if new.status <> 'planning' or new.digest is not null or new.signal_id is not null then
        raise exception using errcode = 'check_violation', message = 'assocd.run: a run begins with planning';
    end if;
    new.started_at := clock_timestamp();
    return new;
end
$$;

-- Details older than a day may be forgotten, so that the time of an end is no matter of taste.
create function assocd.end_run() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if not assocd.is_owner() then
        new.completed_at := clock_timestamp();
    end if;
    return new;
end
$$;
comment on function assocd.end_run is 'Trigger: a run ends when it ends.';
revoke execute on function assocd.end_run() from public;
create trigger end_run before update of completed_at on assocd.run for each row
    when (old.completed_at is null and new.completed_at is not null) execute function assocd.end_run();

-- open_run ties a run to its request, as it begins.
create trigger asked_once before update of signal_id on assocd.run for each row
    when (old.signal_id is distinct from new.signal_id) execute function assocd.keep_ended();
