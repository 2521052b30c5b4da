-- For the guards of a run of changes: owned associations (counted no further than the guard needs),
-- archives by such runs since the last good full run or in the last hour, rows whose record nobody knows. A
-- run that is not over, or ended in doubt, has not counted its archives yet: its changes tell.
select (select count(*) from (select from assocd.managed where sync = $1 limit $2::bigint) as counted),
    (select coalesce(sum(case when completed_at is not null and not unsettled then archived else (
            select count(*) from assocd.change c where c.run_id = r.run_id and c.operation = 'archive'
                and c.state in ('sent', 'applied', 'verified', 'unverified', 'unknown')) end), 0)
        from assocd.run r where sync = $1 and cause = 'watch' and run_id <> $3::bigint
        and started_at > greatest(statement_timestamp() - interval '1 hour',
            coalesce((select good_at from assocd.sync_state where sync = $1), '-infinity'))),
    (select count(*) from assocd.reject where sync = $1 and origin = 'source' and category = 'from_id')
