-- The next planned creates between records of one object type, in plan order. What the run makes of the same link from its
-- other record is sent along, as this record sees it ($6: CATEGORY:id there, $7: here): a create may replace what it does not name.
-- Not what this record's own creates name; what of them is only reported or skipped names nothing.
-- What a create of this run moves away from the link is not sent along: it would come back.
select c.ordinal, c.from_id, c.to_id, c.category, c.type_id, concat_ws(' ',
    nullif(array_to_string(case when c.along is not null then array(
        select a from unnest(c.along) as a where not exists (
            select from assocd.change m join assocd.change n on n.run_id = m.run_id and n.ordinal > 0 and n.operation = 'create'
                and n.from_id = coalesce(m.moved_to, m.from_id) and (n.to_id = m.to_id) = (m.moved_to is not null)
                and (n.category, n.type_id) = (m.category, m.type_id)
            where m.run_id = c.run_id and m.ordinal > 0 and m.from_id = c.from_id and m.to_id = c.to_id and m.state = 'implied'
                and concat(m.category, ':', m.type_id) = a
                and n.state in ('planned', 'sent', 'applied', 'verified', 'unverified', 'unknown'))) end, ' '), ''), (
        select string_agg(m.here, ' ') from assocd.change o
            join unnest($6::text[], $7::text[]) as m (there, here) on m.there = concat(o.category, ':', o.type_id)
        where o.run_id = c.run_id and o.ordinal > 0 and o.operation = c.operation and o.from_id = c.to_id and o.to_id = c.from_id
            and o.state in ('planned', 'sent', 'applied', 'verified')
            and not exists (select from assocd.change h
                where h.run_id = c.run_id and h.ordinal > 0 and h.operation = c.operation and h.from_id = c.from_id and h.to_id = c.to_id
                    and concat(h.category, ':', h.type_id) = m.here
                    and h.state in ('planned', 'sent', 'applied', 'verified'))))
from assocd.change c
where c.run_id = $1::bigint and c.operation = $2 and c.ordinal > $3::bigint and c.ordinal <= $5::bigint and c.state = 'planned'
order by c.ordinal limit $4::integer
