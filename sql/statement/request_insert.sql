-- Asks the daemons for something.
insert into assocd.signal (verb, sync, run_id, reason) values ($1, $2, $3::bigint, $4)
returning signal_id
