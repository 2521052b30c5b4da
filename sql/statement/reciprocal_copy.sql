-- The archives of a run as their other record sees them, in order: the planned ones, and if $2 those that would only be
-- reported or are blocked, with their state.
copy (select to_id, from_id, type_id, category, state from assocd.change
    where run_id = $1::bigint and operation = 'archive' and (state = 'planned' or $2 and state in ('reported', 'blocked'))
    order by to_id, from_id) to stdout
