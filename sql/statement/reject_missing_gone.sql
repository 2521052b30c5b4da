-- Missing from-records (of $3; NULL: all) that the source no longer names, or that are back.
delete from assocd.reject where sync = $1 and origin = 'source' and retry_at is not null and last_run_id < $2::bigint
    and ($3::bigint[] is null or assocd.record_id(from_id) = any ($3::bigint[]))
