-- Who steers by SQL is told what was wrong, and what to do, as at the command line.

create or replace function assocd.approve(p_plan_id bigint, p_reason text, p_minutes integer default 60) returns assocd.plan_approval
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    approval assocd.plan_approval;
    applied bigint;
begin
    if p_minutes is null or p_minutes not between 1 and 366 * 24 * 60 then
        raise exception using errcode = 'invalid_parameter_value', message = 'an approval is valid for 1 minute to 366 days';
    end if;
    select max(run_id) into applied from assocd.run
    where plan_id = p_plan_id and status not in ('failed', 'refused', 'interrupted');
    if applied is not null
        and not exists (select from assocd.change where run_id = p_plan_id and state in ('planned', 'withheld')) then
        raise exception using errcode = 'object_not_in_prerequisite_state',
            message = format('plan %s was already applied by run %s; make a new one: assocd plan', p_plan_id, applied);
    end if;
    insert into assocd.plan_approval (plan_id, digest, reason, expires_at)
    select run_id, digest, p_reason, clock_timestamp() + p_minutes * interval '1 minute'
    from assocd.run where run_id = p_plan_id and digest is not null and completed_at is not null
    returning * into approval;
    if not found then
        raise exception using errcode = 'no_data_found', message = format('there is no complete plan %s; see assocd history', p_plan_id);
    end if;
    return approval;
end
$$;

-- The constraints of the table say the same, in nobody's words.
create function assocd.check_request() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if new.verb is null or new.verb not in ('trigger', 'pause', 'resume', 'cancel', 'approve') then
        raise exception using errcode = 'check_violation', message = format(
            'unknown verb %s in assocd.signal; expected trigger, pause or resume with a sync, cancel or approve with a run_id',
            coalesce(format('"%s"', left(new.verb, 100)), 'NULL'));
    elsif new.verb in ('trigger', 'pause', 'resume') and (new.sync is null or new.run_id is not null) then
        raise exception using errcode = 'check_violation',
            message = format('assocd.signal: %s needs a sync, and no run_id', new.verb);
    elsif new.verb in ('cancel', 'approve') and (new.run_id is null or new.sync is not null) then
        raise exception using errcode = 'check_violation',
            message = format('assocd.signal: %s needs a run_id, and no sync', new.verb);
    end if;
    return new;
end
$$;
revoke all on function assocd.check_request() from public;
comment on function assocd.check_request is 'Trigger: tells who asks for something what a request must have.';
create trigger check_request before insert on assocd.signal for each row execute function assocd.check_request();
