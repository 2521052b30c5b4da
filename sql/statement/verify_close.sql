-- What still does not show after the last reading.
update assocd.change set state = 'unverified' where run_id = $1::bigint and state in ('applied', 'unknown')
