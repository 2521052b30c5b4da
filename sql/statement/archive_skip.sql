-- Archives that must not be done any more, and why.
update assocd.change c set state = 'skipped', message = u.message
from unnest($2::bigint[], $3::text[]) as u(ordinal, message)
where c.run_id = $1::bigint and c.operation = 'archive' and c.ordinal = u.ordinal and c.state = 'planned'
