-- The registry of some from-records, in order.
select from_id, to_id, category, type_id from assocd.managed
where sync = $1 and from_id = any ($2::bigint[])
order by from_id, to_id, category, type_id
