-- Archives that must not be done any more, and why.
with k as materialized (
    select k.place, u.message from unnest($2::bigint[], $3::text[]) as u(ordinal, message), lateral (
        select ctid as place, state from assocd.change c
        where c.run_id = $1::bigint and c.operation = 'archive' and c.ordinal = u.ordinal offset 0) k
    where k.state = 'planned')
update assocd.change c set state = 'skipped', message = k.message from k where c.ctid = k.place
