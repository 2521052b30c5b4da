-- The source names it and HubSpot had it already: owned from now on. Fails if one is owned already, which
-- costs half of what looking for each of them does: see managed_adopt_rest. Only while the run's fencing number is
-- current, and only in the very session that holds the sync's lock: 0 if not.
with fence as (
    select epoch from assocd.sync_state where sync = $1 and epoch = $7::bigint and lock_pid = pg_backend_pid() for share),
entered as (
    insert into assocd.managed (sync, from_id, to_id, category, type_id, origin, run_id)
    select $1, f, t, c, i, 'adopted', $2::bigint
    from fence, unnest($3::bigint[], $4::bigint[], $5::text[], $6::bigint[]) as u(f, t, c, i))
select count(*) from fence
