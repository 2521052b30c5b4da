-- Creates towards these to-records, of types that a to-record can have only once ($4), are left out of the plan.
update assocd.change c set state = 'skipped', message = u.message
from unnest($2::bigint[], $3::text[]) as u(to_id, message)
where c.run_id = $1::bigint and c.operation = 'create' and c.state = 'planned' and c.to_id = u.to_id
    and concat(c.category, ':', c.type_id) = any ($4::text[])
returning c.message
