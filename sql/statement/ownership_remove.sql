-- Gone on both sides: owned no more. Not what was entered in the last two minutes: one reading may be
-- older than our own write, and what is still gone then is forgotten by a later run; nor what a create in
-- doubt may bring back. Fenced as managed_adopt is.
with fence as (
    select epoch from assocd.sync_state where sync = $1 and epoch = $7::bigint and lock_pid = pg_backend_pid() for share),
o as materialized (
    select o.place
    from fence, unnest($3::bigint[], $4::bigint[], $5::text[], $6::bigint[]) as u(f, t, c, i), lateral (
        select ctid as place, since from assocd.managed m
        where m.sync = $1 and m.from_id = u.f and m.to_id = u.t and m.category = u.c and m.type_id = u.i offset 0) o
    where $2::bigint > 0 and o.since < clock_timestamp() - interval '2 minutes'
        and not exists (select from assocd.doubt d where d.sync = $1 and d.from_id = u.f and d.to_id = u.t
            and d.until > clock_timestamp())),
forgotten as (
    delete from assocd.managed m using o where m.ctid = o.place returning m.from_id, m.to_id),
kept as (
    insert into assocd.let_go (sync, from_id, to_id) select distinct $1, from_id, to_id from forgotten
    on conflict (sync, from_id, to_id) do update set let_go_at = excluded.let_go_at)
select count(*) from fence
