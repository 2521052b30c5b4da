-- Where the next window of planned archives ends: so many changes on, and no from-record cut in two.
with ahead as (
    select ordinal, from_id from assocd.change
    where run_id = $1::bigint and operation = 'archive' and state = 'planned' and ordinal > $2::bigint
    order by ordinal limit $3::integer)
select coalesce(max(ordinal), 0) from assocd.change
where run_id = $1::bigint and operation = 'archive'
    and from_id = (select from_id from ahead order by ordinal desc limit 1)
