-- Tells the runs of this sync whose process is gone as interrupted; what they had planned is
-- abandoned, what they had sent without an answer is unknown. A living run holds its own lock.
with dead as (
    update assocd.run set status = 'interrupted', completed_at = clock_timestamp(),
        error = coalesce(error, 'the process ended without closing the run')
    where completed_at is null and sync = $1
        and pg_try_advisory_xact_lock(hashtextextended('assocd.run:' || run_id, 0))
    returning run_id),
batches as (
    update assocd.batch b set status = 'unknown', error = coalesce(error, 'the process ended before the answer')
    from dead where b.run_id = dead.run_id and b.status = 'sent'),
changes as (
    update assocd.change c set state = case when c.state = 'planned' then 'abandoned' else 'unknown' end
    from dead where c.run_id = dead.run_id and c.state in ('planned', 'sent'))
select run_id from dead order by run_id
