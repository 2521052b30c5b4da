-- Opens a run and takes its own lock in the same moment, so that nobody thinks it dead.
with opened as (
    insert into assocd.run (sync, portal, api, cause, status, plan_id, epoch, host, pid, undoes)
    values ($1, $2, $3, $4, 'planning', $5::bigint, $6::bigint, $7, $8::integer, $9::bigint)
    returning run_id, started_at)
select run_id, (extract(epoch from clock_timestamp()) * 1000000)::bigint,
    pg_advisory_lock(hashtextextended('assocd.run:' || run_id, 0)) from opened
