-- What a run did to a range of from-records, what came by itself with it, and whether another sync owns a pair's
-- association. What moved by itself is told if the create that moved it was done.
select c.operation, c.from_id, c.to_id, c.category, c.type_id, c.origin, array_to_string(c.along, ' '),
    array_to_string(c.implied, ' '), c.state = 'implied',
    exists (select from assocd.managed m join assocd.sync_state s using (sync)
        where m.sync <> r.sync and m.released_at is null and s.portal = r.portal and m.from_id = c.from_id
            and m.to_id = c.to_id and (m.category || ':' || m.type_id = any (c.implied)
                or (m.category, m.type_id) = (c.category, c.type_id)))
from assocd.run r join assocd.change c using (run_id)
where r.run_id = $1::bigint and c.from_id between $2::bigint and $3::bigint
    and (c.state in ('applied', 'verified', 'unverified', 'unknown') or c.state = 'implied' and exists (
        select from assocd.change n
        where n.run_id = c.run_id and n.from_id = c.from_id and n.to_id <> c.to_id and n.operation = 'create'
            and (n.category, n.type_id) = (c.category, c.type_id)
            and n.state in ('applied', 'verified', 'unverified', 'unknown')))
order by c.from_id, c.to_id, c.operation, c.ordinal
