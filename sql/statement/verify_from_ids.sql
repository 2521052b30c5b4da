-- The touched from-records that wait for being seen.
select from_id from assocd.change
where run_id = $1::bigint and ordinal > 0 and state in ('applied', 'unknown', 'unverified') and from_id > $2::bigint
group by from_id order by from_id limit $3::integer
