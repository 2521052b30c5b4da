-- Opens a run in the name of the session that holds the sync's lock, and wakes daemons that rest; no row: that
-- is not this session.
with opened as (
    insert into assocd.run (sync, portal, api, cause, status, plan_id, epoch, host, pid, undoes, session_key, session_pid, session_role)
    select $1, $2, $3, $4, 'planning', $5::bigint, $6::bigint, $7, $8::integer, $9::bigint, s.lock_key, s.lock_pid, s.lock_role
    from assocd.sync_state s where s.sync = $1 and s.epoch = $6::bigint and s.lock_pid = pg_backend_pid()
    returning run_id)
select run_id, (extract(epoch from clock_timestamp()) * 1000000)::bigint, pg_notify('assocd_run', '') from opened
