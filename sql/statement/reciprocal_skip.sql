-- Archives that are not done for what the source names from their other record, given as that one sees them, and why;
-- what they were until now.
with left_out as materialized (
    select k.place, k.state, u.m
    from unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::text[]) as u(t, f, y, i, m), lateral (
        select ctid as place, state from assocd.change c
        where c.run_id = $1::bigint and c.ordinal > 0 and c.operation = 'archive' and c.from_id = u.f and c.to_id = u.t
            and c.category = u.y and c.type_id = u.i offset 0) k
    where k.state in ('planned', 'reported', 'blocked'))
update assocd.change c set state = 'skipped', message = l.m
from left_out l where c.ctid = l.place
returning l.state
