-- Archives that are not done for what the source names from their other record, given as that one sees them, and why;
-- what they were until now.
with left_out as materialized (
    select k.ordinal, k.state, min(u.m) as m
    from unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::text[]) as u(t, f, y, i, m), lateral (
        select c.ordinal, c.state from assocd.change c
        where c.run_id = $1::bigint and c.ordinal > 0 and c.operation = 'archive' and c.from_id = u.f and c.to_id = u.t
            and c.category = u.y and c.type_id = u.i offset 0) k
    where k.state in ('planned', 'reported', 'blocked') group by k.ordinal, k.state),
skipped as materialized (
    select assocd.move_changes($1::bigint, 'archive', array_agg(ordinal), '{planned,reported,blocked}', 'skipped', array_agg(m))
    from left_out having count(*) > 0)
select l.state from left_out l, (select count(*) from skipped) s
