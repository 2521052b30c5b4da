-- The to-records of planned creates of types that a to-record can have only once ($2: CATEGORY:id).
select to_id from assocd.change
where run_id = $1::bigint and operation = 'create' and state = 'planned'
    and concat(category, ':', type_id) = any ($2::text[]) and to_id > $3::bigint
group by to_id order by to_id limit $4::integer
