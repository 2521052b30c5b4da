-- Rows that do not wait for their keys any more, or are gone.
delete from assocd.reject where sync = $1 and origin = 'key' and last_run_id < $2::bigint
