-- How many daemons are alive? One that is ten seconds late is gone.
select count(*) from assocd.daemon where coalesce(next_at, seen_at) > clock_timestamp() - interval '10 seconds'
