-- What waits for a sync, and the snapshot that saw it; NULL comes first and means everything.
select from_id, pg_current_snapshot() from assocd.touched
where sync = $1 group by from_id order by from_id nulls first limit $2::integer
