-- Archives that are not done for what the source names from their other record, given as that one sees them, and why.
update assocd.change c set state = 'skipped', message = u.m
from unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::text[]) as u(t, f, y, i, m)
where c.run_id = $1::bigint and c.operation = 'archive' and c.state = 'planned' and c.from_id = u.f and c.to_id = u.t
    and c.category = u.y and c.type_id = u.i
