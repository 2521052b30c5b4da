-- How many batches a run has.
select count(*) from assocd.batch where run_id = $1::bigint
