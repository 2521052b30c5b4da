-- Changes that a run planned and never tried count in its row; the outcome of a request names the guard first.

alter table assocd.run add column abandoned bigint not null default 0;
comment on column assocd.run.abandoned is 'Planned changes that were not tried: the run stopped early, or HubSpot refused too many of one run. The next run plans them again. 0 for an interrupted run: assocd.change has its states.';

create or replace function assocd.note_run() returns trigger
language plpgsql set search_path = '' as $$
declare
    at constant timestamptz := clock_timestamp();
begin
    if new.signal_id is not null then
        update assocd.signal set outcome = format('run %s: %s', new.run_id, new.status)
            || coalesce(': ' || nullif(concat_ws('; ', new.guard, new.error), ''), '')
        where signal_id = new.signal_id;
    end if;
    if new.cause not in ('manual', 'schedule', 'trigger') then
        return null;
    end if;
    if new.completed_at is null then
        update assocd.sync_state set run_id = new.run_id, run_status = new.status, run_cause = new.cause,
            run_started_at = new.started_at, start_error = null, changed_at = at
        where sync = new.sync and (run_id is null or run_id <= new.run_id);
        return null;
    end if;
    update assocd.sync_state set run_status = new.status, changed_at = at,
        failures = case when new.status in ('failed', 'interrupted') then failures + 1
            when new.status in ('deferred', 'canceled') then failures else 0 end,
        retry_at = case when new.status in ('failed', 'interrupted') then at + assocd.retry_after(new.status, failures + 1)
            when new.status = 'deferred' then assocd.quota_renewed_at(new.portal) end
    where sync = new.sync and run_id = new.run_id;
    return null;
end
$$;
