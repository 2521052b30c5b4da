-- The next planned changes of one operation, in plan order. What a create of this run moves away from a pair
-- is not sent along: it would come back.
select ordinal, from_id, to_id, category, type_id, array_to_string(case when c.along is not null then array(
        select a from unnest(c.along) as a where not exists (
            select from assocd.change m join assocd.change n on n.run_id = m.run_id and n.operation = 'create'
                and n.from_id = coalesce(m.moved_to, m.from_id) and (n.to_id = m.to_id) = (m.moved_to is not null)
                and (n.category, n.type_id) = (m.category, m.type_id)
            where m.run_id = c.run_id and m.from_id = c.from_id and m.to_id = c.to_id and m.state = 'implied'
                and concat(m.category, ':', m.type_id) = a
                and n.state in ('planned', 'sent', 'applied', 'verified', 'unverified', 'unknown'))) end, ' ')
from assocd.change c
where run_id = $1::bigint and operation = $2 and ordinal > $3::bigint and ordinal <= $5::bigint and state = 'planned'
order by ordinal limit $4::integer
