-- What is only told, or blocked, may have come by a merge, too: the run that plans it says so. Version 88.
create function assocd.keep_ended_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    kept assocd.change := old;
begin
    if assocd.is_owner() then
        return new;
    end if;
    if old.state in ('blocked', 'reported') and old.merged_from is null
        and exists (select from assocd.run r where r.run_id = old.run_id and r.completed_at is null) then
        kept.merged_from := new.merged_from;
    end if;
    if new is distinct from kept then
        raise exception using errcode = 'check_violation', message = 'assocd.change: what was journaled is not rewritten';
    end if;
    return new;
end
$$;
comment on function assocd.keep_ended_change is 'Trigger: refuses to rewrite a change that has ended; while its run is open one that is blocked or only reported may learn that it came by a merge.';
revoke execute on function assocd.keep_ended_change from public;
drop trigger ended_stays on assocd.change;
create trigger ended_stays before update on assocd.change for each row
    when (old.state in ('blocked', 'reported', 'skipped', 'abandoned', 'rejected', 'verified') and old is distinct from new)
    execute function assocd.keep_ended_change();
