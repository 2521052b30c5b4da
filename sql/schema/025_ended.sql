-- What has ended takes no more rows, for every role but the owner: neither changes nor batches. Version 25.

-- Once a statement: a plan comes as one COPY. The run cannot end meanwhile.
create function assocd.refuse_ended() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    ended bigint;
begin
    if assocd.is_owner() then
        return null;
    end if;
    perform from assocd.run where run_id in (select run_id from added) for share;
    select run_id into ended from assocd.run where run_id in (select run_id from added) and completed_at is not null limit 1;
    if found then
        raise exception using errcode = 'check_violation',
            message = format('assocd.%I: run %s has ended; nothing is added to what was journaled', tg_table_name, ended);
    end if;
    return null;
end
$$;
comment on function assocd.refuse_ended is 'Trigger: refuses rows of a run that has ended.';
revoke execute on function assocd.refuse_ended() from public;
create trigger ended_stays_as_it_is after insert on assocd.change referencing new table as added
    for each statement execute function assocd.refuse_ended();
create trigger ended_stays_as_it_is after insert on assocd.batch referencing new table as added
    for each statement execute function assocd.refuse_ended();
