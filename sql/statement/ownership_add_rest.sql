-- managed_adopt of associations some of which are owned already; those stay as they are, but for what had
-- been released.
with fence as (
    select epoch from assocd.sync_state where sync = $1 and epoch = $7::bigint and lock_pid = pg_backend_pid() for share),
entered as (
    insert into assocd.managed as m (sync, from_id, to_id, category, type_id, origin, run_id)
    select $1, f, t, c, i, 'adopted', $2::bigint
    from fence, unnest($3::bigint[], $4::bigint[], $5::text[], $6::bigint[]) as u(f, t, c, i)
    on conflict (sync, from_id, to_id, category, type_id) do update set released_at = null where m.released_at is not null)
select count(*) from fence
