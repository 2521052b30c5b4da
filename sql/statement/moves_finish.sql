-- Which from-records ($2) have of to-records ($3) a type ($4: CATEGORY:id) that a to-record can have only once: planned
-- creates that give it to another from-record take it away, which goes into the plan. In an undo, what its undone run has
-- not created is not taken away: the create is left out ($5: why). Within one object type the run may have created it
-- from its other record ($6: types, $7: as seen from there).
with held as (
    select distinct h.from_id, h.to_id, h.type, m.there
    from unnest($2::bigint[], $3::bigint[], $4::text[]) as h(from_id, to_id, type)
        left join unnest($6::text[], $7::text[]) as m(here, there) on m.here = h.type),
taking as (
    select c.ordinal, c.from_id as taker, c.category, c.type_id, h.from_id, h.to_id, r.undoes is not null and not exists (
            select from assocd.change m
            where m.run_id = r.undoes and m.operation = 'create' and m.state in ('applied', 'verified', 'unverified', 'unknown')
                and (m.from_id = h.from_id and m.to_id = h.to_id
                        and (concat(m.category, ':', m.type_id) = h.type or h.type = any (m.came))
                    or m.from_id = h.to_id and m.to_id = h.from_id and concat(m.category, ':', m.type_id) = h.there)) as others
    from assocd.run r join assocd.change c using (run_id)
        join held h on h.to_id = c.to_id and h.type = concat(c.category, ':', c.type_id) and h.from_id <> c.from_id
    where r.run_id = $1::bigint and c.operation = 'create' and c.state = 'planned'),
skipped as materialized (
    select assocd.move_changes($1::bigint, 'create', array_agg(distinct ordinal), '{planned}', 'skipped', array_fill($5::text, array[count(distinct ordinal)::integer]))
    from taking where others having count(*) > 0)
insert into assocd.plan_row (run_id, operation, ordinal, from_id, to_id, category, type_id, reason, state, moved_to)
select $1::bigint, 'archive', (select coalesce(max(ordinal), 0) from assocd.plan_row where run_id = $1::bigint and operation = 'archive')
    + row_number() over (order by from_id, to_id, category, type_id), from_id, to_id, category, type_id, 'moved', 'implied', taker
from taking where not others and (select count(*) from skipped) >= 0
