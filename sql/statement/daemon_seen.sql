-- A daemon lives, and says so again within $4 milliseconds; the database's time in microseconds, and whether
-- any run is under way.
update assocd.daemon set seen_at = clock_timestamp(), next_at = clock_timestamp() + $4::bigint * interval '1 millisecond',
    syncs = $2::integer, turn_us = $3::bigint
where daemon_id = $1::bigint
returning (extract(epoch from clock_timestamp()) * 1000000)::bigint, exists (select from assocd.run where completed_at is null)
