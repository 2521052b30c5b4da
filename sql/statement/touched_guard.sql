-- For the guards of a run of changes: owned associations (counted no further than the guard needs),
-- archives by such runs since the last good full run or in the last hour, rows whose record nobody knows.
select (select count(*) from (select from assocd.managed where sync = $1 limit $2::bigint) as counted),
    (select coalesce(sum(archived), 0) from assocd.run where sync = $1 and cause = 'watch' and run_id <> $3::bigint
        and started_at > greatest(clock_timestamp() - interval '1 hour',
            coalesce((select good_at from assocd.sync_state where sync = $1), '-infinity'))),
    (select count(*) from assocd.reject where sync = $1 and origin = 'source' and category = 'from_id')
