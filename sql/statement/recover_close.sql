-- What was in doubt and does not show as wished, now that it can no longer take effect.
select assocd.move_changes($1::bigint, c.operation, array_agg(c.ordinal), '{applied,unknown}', 'unverified',
    array_agg(coalesce(c.message, 'settled by reading: it had no effect')))
from assocd.change c where c.run_id = $1::bigint and c.state in ('applied', 'unknown')
group by c.operation, c.ordinal / 10000
