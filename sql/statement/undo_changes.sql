-- What a run did to a range of from-records, what came by itself with it, and whether another sync owns an association of
-- the same two records, in either direction: one whose object types are these two, or not known (sync by sync, because
-- what is owned is found by it). What moved by itself is told if the create that moved it was done. Within one object
-- type ($4) also what it did to the same links from their other records, turned round; of types that a record can have
-- only once ($5), to any link of these records.
select c.operation, case when c.turned then c.to_id else c.from_id end, case when c.turned then c.from_id else c.to_id end,
    c.category, c.type_id, c.origin, array_to_string(c.along, ' '), array_to_string(c.implied, ' '),
    array_to_string(c.came, ' '), c.state = 'implied',
    exists (select from (
            select sync, portal, (coalesce(mapping, assocd.noted_mapping(fingerprint)))[1:2] as ends
            from assocd.sync_state) s cross join lateral (
            select m.category, m.type_id, false as turned from assocd.managed m
            where m.sync = s.sync and m.from_id = c.from_id and m.to_id = c.to_id and m.released_at is null
            union all
            select m.category, m.type_id, true from assocd.managed m
            where m.sync = s.sync and m.from_id = c.to_id and m.to_id = c.from_id and m.released_at is null offset 0) m
        where s.sync <> r.sync and s.portal = r.portal and case when m.turned
            then s.ends is null or s.ends = array[e.ends[2], e.ends[1]]
            else s.ends is null or s.ends = e.ends
                or m.category || ':' || m.type_id = any (c.implied)
                or (m.category, m.type_id) = (c.category, c.type_id) end),
    c.turned, c.reason = 'companion'
from assocd.run r
cross join lateral (select (coalesce(r.mapping, assocd.noted_mapping(r.fingerprint)))[1:2] as ends) e
join (
    select *, false as turned from assocd.change where run_id = $1::bigint and ordinal > 0 and from_id between $2::bigint and $3::bigint
    union all
    select o.*, true from (
            select distinct from_id, to_id from assocd.change
            where $4::boolean and run_id = $1::bigint and ordinal > 0 and from_id between $2::bigint and $3::bigint) as p
        join assocd.change o on o.run_id = $1::bigint and o.ordinal > 0 and o.from_id = p.to_id and o.to_id = p.from_id
    union all
    select *, true from assocd.change
    where cardinality($5::text[]) > 0 and run_id = $1::bigint and to_id between $2::bigint and $3::bigint
        and concat(category, ':', type_id) = any ($5::text[])) as c using (run_id)
where c.state in ('applied', 'verified', 'unverified', 'unknown') or c.state = 'implied' and exists (
    select from assocd.change n
    where n.run_id = c.run_id and n.ordinal > 0 and n.from_id = coalesce(c.moved_to, c.from_id) and n.operation = 'create'
        and (n.to_id = c.to_id) = (c.moved_to is not null)
        and (n.category, n.type_id) = (c.category, c.type_id)
        and n.state in ('applied', 'verified', 'unverified', 'unknown'))
