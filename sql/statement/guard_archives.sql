-- For the guards: what the sync has archived in the last 24 hours without an approval, and the record
-- that would lose most by this plan.
with day as (
    select run_id from assocd.run r
    where sync = $2 and run_id <> $1::bigint and (completed_at is null or completed_at > statement_timestamp() - interval '1 day')
        and status not in ('planned', 'withheld', 'refused', 'no_change')
        and not exists (select from assocd.plan_approval a where a.used_by_run_id = r.run_id)),
worst as (
    select from_id, count(*) as archives from assocd.change
    where run_id = $1::bigint and operation = 'archive' and state = 'planned'
    group by from_id order by count(*) desc, from_id limit 1)
select (select count(*) from day join assocd.change c using (run_id)
        where c.operation = 'archive' and c.state in ('sent', 'applied', 'verified', 'unverified', 'unknown')),
    (select from_id from worst), (select archives from worst)
