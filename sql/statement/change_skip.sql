-- Changes of these from-records are left out of the plan, each with its reason.
with k as materialized (
    select k.place, u.message
    from (select from_id, min(message) as message from unnest($2::bigint[], $3::text[]) as u(from_id, message) group by 1) as u,
        lateral (
        select ctid as place, state from assocd.change c
        where c.run_id = $1::bigint and c.ordinal > 0 and c.from_id = u.from_id offset 0) k
    where k.state = 'planned')
update assocd.change c set state = 'skipped', message = k.message from k where c.ctid = k.place
