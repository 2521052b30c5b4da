-- Journals a writing batch as sent, before it leaves; only while the run's fencing number is current, and only
-- in the very session that holds the sync's lock. $8: it creates links between records of one object type, and what the
-- run is to make of them from their other records comes with them: those changes note the batch, and are not done yet.
with fence as (
    select epoch from assocd.sync_state where sync = $2 and epoch = $3::bigint and lock_pid = pg_backend_pid() for share),
b as (
    insert into assocd.batch (run_id, operation, status, inputs)
    select $1::bigint, $4, 'sent', $5::integer from fence returning batch_id),
carried as materialized (
    select o.ordinal
    from (select distinct p.from_id, p.to_id from unnest($7::bigint[]) as u(ordinal)
            join assocd.plan_row p on p.run_id = $1::bigint and p.operation = $6 and p.ordinal = u.ordinal
        where $8::boolean) t, lateral (
        select c.ordinal, c.operation, c.state from assocd.change c
        where c.run_id = $1::bigint and c.ordinal > 0 and c.from_id = t.to_id and c.to_id = t.from_id offset 0) o
    where o.operation = 'create' and o.state = 'planned' and not o.ordinal = any ($7::bigint[])),
noted as materialized (
    select assocd.carry_changes($1::bigint, 'create', (select array_agg(ordinal) from carried), b.batch_id) from b
    where exists (select from carried)),
sent as materialized (
    select b.batch_id, assocd.move_changes($1::bigint, $6, $7::bigint[], '{planned,sent}', 'sent') as changes,
        assocd.carry_changes($1::bigint, $6, $7::bigint[], b.batch_id) from b)
select batch_id, changes from sent, (select count(*) from noted) n
