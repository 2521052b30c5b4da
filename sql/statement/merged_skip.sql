-- What merges explain is left out of the plan. Archives of links that came to the survivor ($4, $6) of a record ($3, $5):
-- of what the source names, the plan makes or the sync owns of the merged record; of a from-record also what others have
-- added, as long as the sync knows the merged one. A row of the survivor itself that the source has dropped is none of
-- them. $8: both object types are one, so that the link may be named from its other record, which a run of changes need
-- not have read: what the owned set holds of it counts, too.
-- Creates towards a record that is no more: their rows become rejects, whose messages are returned. An undo has no rows of a source: what its undone run has done names
-- the records, and nothing becomes a reject.
with named as (select unnest(array[run_id, undoes]) as run_id from assocd.run where run_id = $1::bigint),
from_merge as (
    select m.old, m.now, exists (select from assocd.managed o where o.sync = $2 and o.from_id = m.old)
        or exists (select from assocd.change k join named using (run_id) where k.ordinal > 0 and k.from_id = m.old) as known
    from (select distinct old, now from unnest($3::bigint[], $4::bigint[]) as m(old, now)) m),
to_merge as (select distinct old, now from unnest($5::bigint[], $6::bigint[]) as m(old, now)),
ends as (
    select c.ctid as place, c.reason, e.* from assocd.change c, lateral (
        values (c.from_id, c.to_id, false), (c.to_id, c.from_id, true)) as e(near, far, turned)
    where c.run_id = $1::bigint and c.operation = 'archive' and c.state = 'planned' and ($8::boolean or not e.turned)),
came as (
    select e.place, m.old from ends e join from_merge m on m.now = e.near
    where m.known and (e.reason <> 'source_removed'
        or exists (select from assocd.managed o where o.sync = $2 and o.from_id = m.old and o.to_id = e.far)
        or exists (select from assocd.change k join named using (run_id)
            where k.ordinal > 0 and k.from_id = m.old and k.to_id = e.far and k.operation = 'create'))
    union all
    select e.place, m.old from ends e join to_merge m on m.now = e.far
    where exists (select from assocd.change k join named using (run_id)
            where k.ordinal > 0 and k.from_id = e.near and k.to_id = m.old and (k.operation = 'create' or k.run_id <> $1::bigint))
        or e.turned and exists (select from assocd.managed o where o.sync = $2 and o.from_id = e.near and o.to_id = m.old)),
archives as (
    update assocd.change c set state = 'skipped', merged_from = l.old,
        message = 'a record was merged in HubSpot, and this link came with it'
    from (select place, min(old) as old from came group by place) l where c.ctid = l.place),
creates as (
    update assocd.change c set state = 'skipped',
        message = format('%s record %s was merged into %s in HubSpot', $7::text, m.old, m.now)
    from to_merge m
    where c.run_id = $1::bigint and c.operation = 'create' and c.state = 'planned' and c.to_id = m.old
    returning c.from_id, c.to_id, c.message)
insert into assocd.reject (sync, origin, from_id, to_id, category, message, first_run_id, last_run_id)
select distinct on (from_id, to_id) $2, 'source', from_id::text, to_id::text, 'merged',
    message || '; the source must name that one', $1::bigint, $1::bigint
from creates where not exists (select from assocd.run where run_id = $1::bigint and undoes is not null)
order by from_id, to_id
on conflict (sync, origin, coalesce(from_id, ''), coalesce(to_id, ''), coalesce(type, '')) do update
set last_seen = clock_timestamp(), last_run_id = excluded.last_run_id, attempts = assocd.reject.attempts + 1,
    category = excluded.category, message = excluded.message
returning message
