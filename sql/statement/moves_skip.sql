-- Creates towards these to-records, of types that a to-record can have only once ($4), are left out of the plan.
with k as materialized (
    select c.ordinal, min(u.message) as message
    from unnest($2::bigint[], $3::text[]) as u(to_id, message) join assocd.change c on c.to_id = u.to_id
    where c.run_id = $1::bigint and c.operation = 'create' and c.state = 'planned'
        and concat(c.category, ':', c.type_id) = any ($4::text[])
    group by c.ordinal),
skipped as materialized (
    select assocd.move_changes($1::bigint, 'create', array_agg(ordinal), '{planned}', 'skipped', array_agg(message))
    from k having count(*) > 0)
select k.message from k, (select count(*) from skipped) s
