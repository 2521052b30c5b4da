-- Rejects as JSON, newest first.
select row_to_json(j) from (
    select * from assocd.reject where $1::text is null or sync = $1 order by last_seen desc, reject_id desc
    limit $2::bigint) j
