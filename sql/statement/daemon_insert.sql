-- Enters a daemon; forgets those that have not been seen for a day.
with gone as (
    delete from assocd.daemon where seen_at < clock_timestamp() - interval '1 day')
insert into assocd.daemon (host, pid, version, syncs) values ($1, $2::integer, $3, $4::integer)
returning daemon_id
