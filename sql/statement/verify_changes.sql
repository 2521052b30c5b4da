-- The changes of a range of from-records that wait for being seen.
select operation, ordinal, from_id, to_id, category, type_id from assocd.change
where run_id = $1::bigint and ordinal > 0 and from_id between $2::bigint and $3::bigint and state in ('applied', 'unknown', 'unverified')
order by from_id, to_id
