-- How many changes a run has.
select count(*) from assocd.change where run_id = $1::bigint
