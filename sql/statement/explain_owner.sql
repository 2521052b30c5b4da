-- Who owns a pair's associations, and since when; released: archived and seen gone, kept while an unanswered
-- create may still bring it back.
select m.sync, coalesce(t.name, t.label, m.category || ':' || m.type_id) as type, m.origin, m.run_id as run,
    to_char(m.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"') as since,
    case when m.released_at is null then 'owned' else 'released' end as state
from assocd.managed m left join lateral (
    select name, label from assocd.association_type t
    where t.portal = $4 and t.category = m.category and t.type_id = m.type_id limit 1) t on true
where m.sync = $1 and m.from_id = $2::bigint and m.to_id = $3::bigint order by m.category, m.type_id
