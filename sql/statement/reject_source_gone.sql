-- Invalid rows that the source no longer has.
delete from assocd.reject where sync = $1 and origin = 'source' and last_run_id < $2::bigint
