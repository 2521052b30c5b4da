-- A daemon ends.
delete from assocd.daemon where daemon_id = $1::bigint
