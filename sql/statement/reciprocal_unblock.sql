-- Plain types that are blocked by nothing but what the run archives anyway, here or from the other record ($2, $3:
-- CATEGORY:id there and here), are archived, too.
with k as materialized (
    select c.ordinal from assocd.change c
    where c.run_id = $1::bigint and c.operation = 'archive' and c.state = 'blocked' and not exists (
        select from unnest(c.along) as h(type) where not exists (
            select from assocd.change o left join unnest($2::text[], $3::text[]) as m(there, here)
                on m.there = concat(o.category, ':', o.type_id)
            where o.run_id = c.run_id and o.operation = 'archive' and o.state = 'planned'
                and (o.from_id = c.from_id and o.to_id = c.to_id and concat(o.category, ':', o.type_id) = h.type
                    or o.from_id = c.to_id and o.to_id = c.from_id and m.here = h.type)))),
planned as materialized (
    select assocd.move_changes($1::bigint, 'archive', array_agg(ordinal), '{blocked}', 'planned', array_fill(null::text, array[count(*)::integer]))
    from k having count(*) > 0)
select 1 from k, (select count(*) from planned) p
