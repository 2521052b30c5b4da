-- What a run did to a range of from-records.
select operation, from_id, to_id, category, type_id, origin, array_to_string(along, ' ') from assocd.change
where run_id = $1::bigint and from_id between $2::bigint and $3::bigint
    and state in ('applied', 'verified', 'unverified', 'unknown')
order by from_id, to_id, operation, ordinal
