-- A batch gets one answer. Version 9.

create function assocd.refuse_batch_move() returns trigger language plpgsql set search_path = '' as $$
begin
    raise exception using errcode = 'check_violation', message = pg_catalog.format(
        'assocd.batch: batch %s of run %s cannot go from %s to %s', old.batch_id, old.run_id, old.status, new.status);
end
$$;
comment on function assocd.refuse_batch_move is 'Refuses a move of batch.status that the journal does not know: an answer stays as it was. One that was given up as unknown may still come.';
create trigger legal_move before update of status on assocd.batch for each row
    when (old.status <> new.status and (old.status not in ('sent', 'unknown') or new.status = 'sent'))
    execute function assocd.refuse_batch_move();
