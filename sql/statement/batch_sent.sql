-- Journals a writing batch as sent, before it leaves; only while the run's fencing number is current, and only
-- in the very session that holds the sync's lock. $8: it creates links between records of one object type, and what the
-- run is to make of them from their other records comes with them: those changes note the batch, and are not done yet.
with fence as (
    select epoch from assocd.sync_state where sync = $2 and epoch = $3::bigint and lock_pid = pg_backend_pid() for share),
b as (
    insert into assocd.batch (run_id, operation, status, inputs)
    select $1::bigint, $4, 'sent', $5::integer from fence returning batch_id),
k as materialized (
    select k.place, k.from_id, k.to_id from unnest($7::bigint[]) as o(ordinal), lateral (
        select ctid as place, state, from_id, to_id from assocd.change c
        where c.run_id = $1::bigint and c.operation = $6 and c.ordinal = o.ordinal offset 0) k
    where k.state in ('planned', 'sent')),
carried as materialized (
    select o.place from (select distinct from_id, to_id from k where $8::boolean) t, lateral (
        select ctid as place, operation, state from assocd.change c
        where c.run_id = $1::bigint and c.ordinal > 0 and c.from_id = t.to_id and c.to_id = t.from_id offset 0) o
    where o.operation = 'create' and o.state = 'planned' and o.place not in (select place from k)),
noted as (
    update assocd.change set batch_id = b.batch_id from b, carried where change.ctid = carried.place),
c as (
    update assocd.change set state = 'sent', batch_id = b.batch_id from b, k where change.ctid = k.place
    returning 1)
select batch_id, (select count(*) from c) from b
