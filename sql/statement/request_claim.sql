-- One daemon takes a request up; no row: another did.
update assocd.signal set handled_at = clock_timestamp(), handled_by = $2, outcome = $3
where signal_id = $1::bigint and handled_at is null
returning signal_id
