-- Why a plan leaves changes out, most frequent first.
select count(*), message from assocd.change
where run_id = $1::bigint and state = 'skipped' group by message order by count(*) desc, message limit 10
