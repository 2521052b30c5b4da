-- Archives that are not done for what the source names from their other record, given as that one sees them, and why;
-- what they were until now.
with left_out as (
    select c.run_id, c.operation, c.ordinal, c.state, u.m
    from unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::text[]) as u(t, f, y, i, m)
        join assocd.change c on c.from_id = u.f and c.to_id = u.t and c.category = u.y and c.type_id = u.i
    where c.run_id = $1::bigint and c.operation = 'archive' and c.state in ('planned', 'reported', 'blocked'))
update assocd.change c set state = 'skipped', message = l.m
from left_out l where c.run_id = l.run_id and c.operation = l.operation and c.ordinal = l.ordinal
returning l.state
