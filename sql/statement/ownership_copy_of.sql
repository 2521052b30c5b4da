-- The owned set of some from-records, in the lines of managed_copy.
copy (select from_id, string_agg(case when released_at is null then to_id else -to_id end || ' ' || type_id || ' ' || category, ',')
    from assocd.managed where sync = $1
    and from_id = any ($2::bigint[]) group by from_id order by from_id) to stdout
