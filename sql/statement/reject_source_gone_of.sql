-- Invalid rows that the source no longer has, of some from-records. Missing records (retry_at) are asked for first.
delete from assocd.reject where sync = $1 and origin = 'source' and last_run_id < $2::bigint and retry_at is null
    and assocd.record_id(from_id) = any ($3::bigint[])
