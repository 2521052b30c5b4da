-- Who holds the lock of a sync also says from where. Version 24.

alter table assocd.sync_state add column lock_host text;
comment on column assocd.sync_state.lock_host is 'Address of that session''s client; [local]: a unix socket.';

create or replace function assocd.lock_sync(p_sync text, p_portal text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    held assocd.sync_state;
    drawn constant bigint := ('x' || left(replace(gen_random_uuid()::text, '-', ''), 16))::bit(64)::bigint;
begin
    insert into assocd.sync_state (sync, portal) values (p_sync, p_portal) on conflict do nothing;
    select * into held from assocd.sync_state where sync = p_sync for update;
    if assocd.session_lives(held.lock_key, held.lock_pid, held.lock_role) then
        return false;
    end if;
    perform pg_advisory_lock(drawn);
    update assocd.sync_state set lock_key = drawn, lock_pid = pg_backend_pid(), lock_role = session_user,
        lock_name = current_setting('application_name'), lock_host = coalesce(host(inet_client_addr()), '[local]'),
        lock_since = clock_timestamp()
    where sync = p_sync;
    return true;
end
$$;
