-- The from-records that a run has changed, or may have; also by what moved away from them.
select from_id from assocd.change
where run_id = $1::bigint and ordinal > 0 and state in ('applied', 'verified', 'unverified', 'unknown', 'implied') and from_id > $2::bigint
group by from_id order by from_id limit $3::integer
