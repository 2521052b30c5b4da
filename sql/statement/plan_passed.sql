-- Had the saved plan passed all guards when it was made?
select status = 'planned' from assocd.run where run_id = $1::bigint
