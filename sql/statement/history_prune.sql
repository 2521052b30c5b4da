-- Forgets the batches and changes of runs older than the retention, some at a time; the runs' own rows
-- and the registry stay.
with old as (
    select run_id from assocd.run
    where completed_at < clock_timestamp() - $1::integer * interval '1 day'
        and (exists (select from assocd.change c where c.run_id = run.run_id)
            or exists (select from assocd.batch b where b.run_id = run.run_id))
    order by run_id limit 20),
changes as (delete from assocd.change c using old where c.run_id = old.run_id)
delete from assocd.batch b using old where b.run_id = old.run_id
