-- The from-records of a window of planned archives.
select from_id from assocd.change
where run_id = $1::bigint and operation = 'archive' and state = 'planned' and ordinal between $2::bigint and $3::bigint
    and from_id > $4::bigint
group by from_id order by from_id limit $5::integer
