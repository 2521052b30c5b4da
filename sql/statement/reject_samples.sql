-- What is wrong with a sync's source rows, most frequent first.
select count(*), message from assocd.reject where sync = $1 and origin = 'source' and last_run_id = $2::bigint
group by message order by count(*) desc, message limit 3
