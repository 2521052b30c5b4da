-- Journals a writing batch as sent, before it leaves; only while the run's fencing number is current, and only
-- in the very session that holds the sync's lock.
with fence as (
    select epoch from assocd.sync_state where sync = $2 and epoch = $3::bigint and lock_pid = pg_backend_pid() for share),
b as (
    insert into assocd.batch (run_id, operation, status, inputs)
    select $1::bigint, $4, 'sent', $5::integer from fence returning batch_id),
c as (
    update assocd.change set state = 'sent', batch_id = b.batch_id from b
    where run_id = $1::bigint and operation = $6 and ordinal = any($7::bigint[]) and state in ('planned', 'sent')
    returning 1)
select batch_id, (select count(*) from c) from b
