-- Changes of these from-records are left out of the plan, each with its reason.
update assocd.change c set state = 'skipped', message = u.message
from (select from_id, min(message) as message from unnest($2::bigint[], $3::text[]) as u(from_id, message) group by 1) as u
where c.run_id = $1::bigint and c.from_id = u.from_id and c.state = 'planned'
