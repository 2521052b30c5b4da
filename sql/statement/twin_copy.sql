-- The planned archives of a run as their other record sees them, in order.
copy (select to_id, from_id, type_id, category from assocd.change
    where run_id = $1::bigint and operation = 'archive' and state = 'planned'
    order by to_id, from_id) to stdout
