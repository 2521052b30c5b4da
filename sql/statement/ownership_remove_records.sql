-- Records that the source does not name and that are no more: the owned set lets go of what it owned of them. Fenced
-- as managed_adopt is.
with fence as (
    select epoch from assocd.sync_state where sync = $1 and epoch = $3::bigint and lock_pid = pg_backend_pid() for share),
forgotten as (
    delete from assocd.managed m using fence where m.sync = $1 and m.from_id = any ($2::bigint[])
    returning m.from_id, m.to_id),
kept as (
    insert into assocd.let_go (sync, from_id, to_id) select distinct $1, from_id, to_id from forgotten
    on conflict (sync, from_id, to_id) do update set let_go_at = excluded.let_go_at)
select count(*) from fence
