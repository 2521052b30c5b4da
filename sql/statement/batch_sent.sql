-- Journals a writing batch as sent, before it leaves; only while the run's fencing number is current, and only
-- in the very session that holds the sync's lock.
with fence as (
    select epoch from assocd.sync_state where sync = $2 and epoch = $3::bigint and lock_pid = pg_backend_pid() for share),
b as (
    insert into assocd.batch (run_id, operation, status, inputs)
    select $1::bigint, $4, 'sent', $5::integer from fence returning batch_id),
k as materialized (
    select k.place from unnest($7::bigint[]) as o(ordinal), lateral (
        select ctid as place, state from assocd.change c
        where c.run_id = $1::bigint and c.operation = $6 and c.ordinal = o.ordinal offset 0) k
    where k.state in ('planned', 'sent')),
c as (
    update assocd.change set state = 'sent', batch_id = b.batch_id from b, k where change.ctid = k.place
    returning 1)
select batch_id, (select count(*) from c) from b
