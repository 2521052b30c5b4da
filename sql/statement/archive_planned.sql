-- The planned archives of a range of from-records within a window.
select ordinal, from_id, to_id, category, type_id, array_to_string(along, ' ') from assocd.change
where run_id = $1::bigint and operation = 'archive' and state = 'planned' and ordinal > 0 and ordinal between $2::bigint and $3::bigint
    and from_id between $4::bigint and $5::bigint
order by from_id, to_id, ordinal
