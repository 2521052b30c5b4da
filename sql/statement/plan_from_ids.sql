-- The from-records of a saved plan, for reading just them again: also of what waited in quarantine then, and may still.
select from_id from assocd.change
where run_id = $1::bigint and ordinal > 0 and (state in ('planned', 'withheld') or state = 'skipped' and message like 'quarantined until %')
    and from_id > $2::bigint
group by from_id order by from_id limit $3::integer
