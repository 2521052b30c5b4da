-- Runs and their plans may be emptied by one TRUNCATE: what it has emptied already is not emptied again. Version 97.
create or replace function assocd.forget_plan() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    name text;
    filled boolean;
begin
    if tg_op = 'TRUNCATE' then
        foreach name in array array['plan_row', 'plan_state', 'plan_note', 'batch_part'] loop
            execute format('select exists (select from assocd.%I)', name) into filled;
            if filled then
                execute format('truncate assocd.%I', name);
            end if;
        end loop;
        return null;
    end if;
    delete from assocd.plan_row where run_id = old.run_id;
    delete from assocd.plan_state where run_id = old.run_id;
    delete from assocd.plan_note where run_id = old.run_id;
    delete from assocd.batch_part where run_id = old.run_id;
    return null;
end
$$;
