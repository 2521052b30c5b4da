-- A daemon lives; the database's time in microseconds.
update assocd.daemon set seen_at = clock_timestamp(), syncs = $2::integer, turn_us = $3::bigint where daemon_id = $1::bigint
returning (extract(epoch from clock_timestamp()) * 1000000)::bigint
