-- The next planned changes of one operation, in plan order.
select ordinal, from_id, to_id, category, type_id, array_to_string(along, ' ')
from assocd.change
where run_id = $1::bigint and operation = $2 and ordinal > $3::bigint and ordinal <= $5::bigint and state = 'planned'
order by ordinal limit $4::integer
