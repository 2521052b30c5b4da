-- What merges explain is left out of the plan. Archives of links that came to the survivor ($4, $6) of a record ($3, $5):
-- of what the source names, the plan makes or the sync owns of the merged record; of a to-record, if others added the link,
-- also what the sync has let go of since it last changed that link, and what had come to the merged one by a merge.
-- Of a from-record also whatever else others have added, as long as the sync knows the merged one, or one that was merged
-- into it before, and until a run that meant the same ($9) has seen this merge and all of the survivor: what comes later
-- did not come by it. A plan shows the survivor if it has drift of it; $10: this one has read all that the sync owns. A row of the survivor itself that the
-- source has dropped, or that an undo takes back, is none of them. $8: both object types are one, so that the link may be
-- named from its other record, which a run of changes need not have read.
-- Creates towards a record that is no more: their rows become rejects, whose messages are returned. An undo has no rows of a source: what its undone run has done names
-- the records, and nothing becomes a reject.
with named as (select unnest(array[run_id, undoes]) as run_id from assocd.run where run_id = $1::bigint),
from_merge as (
    select m.old, m.now, exists (select from assocd.managed o where o.sync = $2 and o.from_id = m.old)
        or exists (select from assocd.let_go o where o.sync = $2 and o.from_id = m.old)
        or exists (select from assocd.change k join named using (run_id) where k.ordinal > 0 and k.from_id = m.old)
        or exists (select from assocd.merged k where k.sync = $2 and k.now_id = m.old)
        or exists (select from assocd.change k join assocd.run r using (run_id)
            where k.merged_from is not null and k.from_id = m.old and r.sync = $2 and k.run_id < $1::bigint) as known,
        exists (select from assocd.merged s where (s.sync, s.old_id, s.now_id, s.mapping) = ($2, m.old, m.now, $9)
            and s.run_id < $1::bigint and (not s.brought or exists (
                select from assocd.change b join assocd.run r using (run_id)
                where b.merged_from = m.old and b.from_id = m.now and r.sync = $2 and b.run_id < $1::bigint))) as seen
    from (select distinct old, now from unnest($3::bigint[], $4::bigint[]) as m(old, now)) m),
to_merge as (select distinct old, now from unnest($5::bigint[], $6::bigint[]) as m(old, now)),
ends as (
    select c.ordinal as place, c.reason, c.from_id, c.to_id, c.category, c.type_id, e.* from assocd.change c, lateral (
        values (c.from_id, c.to_id, false), (c.to_id, c.from_id, true)) as e(near, far, turned)
    where c.run_id = $1::bigint and c.operation = 'archive' and c.state in ('planned', 'reported', 'blocked')
        and ($8::boolean or not e.turned)),
came as (
    select e.place, m.old from ends e join from_merge m on m.now = e.near
    where m.known and (e.reason = 'drift_added' and (e.turned or not m.seen)
        or exists (select from assocd.managed o where o.sync = $2 and o.from_id = m.old and o.to_id = e.far)
        or exists (select from assocd.change k join named using (run_id)
            where k.ordinal > 0 and k.from_id = m.old and k.to_id = e.far and k.operation = 'create'))
    union all
    select e.place, m.old from ends e join to_merge m on m.now = e.far
    where exists (select from assocd.change k join named using (run_id)
            where k.ordinal > 0 and k.from_id = e.near and k.to_id = m.old and (k.operation = 'create' or k.run_id <> $1::bigint))
        or (e.turned or e.reason = 'drift_added')
            and exists (select from assocd.managed o where o.sync = $2 and o.from_id = e.near and o.to_id = m.old)
        or e.reason = 'drift_added' and exists (select from assocd.change k join assocd.run r using (run_id)
            where k.merged_from is not null and k.from_id = e.near and k.to_id = m.old and r.sync = $2 and k.run_id < $1::bigint)
        or e.reason = 'drift_added' and exists (
            select from assocd.let_go o where o.sync = $2 and o.from_id = e.near and o.to_id = m.old
                and not exists (
                    select from assocd.run r join assocd.change d using (run_id)
                    where r.sync = $2 and r.started_at > o.let_go_at and d.ordinal > 0 and d.from_id = e.from_id
                        and d.to_id = e.to_id and (d.category, d.type_id) = (e.category, e.type_id)
                        and d.state in ('sent', 'applied', 'verified', 'unverified', 'unknown')))),
kept as (select place, min(old) as old from came group by place),
archives as materialized (
    select assocd.keep_merged($1::bigint, array_agg(place), array_agg(old)) from kept having count(*) > 0),
seen as (
    insert into assocd.merged as s (sync, old_id, now_id, mapping, brought, run_id)
    select $2, m.old, m.now, case when l.looked_at then $9 else '' end,
        exists (select from kept k join ends e using (place) where k.old = m.old and e.near = m.now and not e.turned)
        or exists (select from assocd.change b where b.run_id = $1::bigint and b.from_id = m.now and b.merged_from = m.old),
        $1::bigint
    from from_merge m, lateral (select
        exists (select from ends e where e.near = m.now and not e.turned and e.reason = 'drift_added')
        or $10::boolean and exists (select from assocd.managed o where o.sync = $2 and o.from_id = m.now) as looked_at) l
    where m.known and not m.seen
    on conflict (sync, old_id, now_id) do update
    set mapping = excluded.mapping, brought = excluded.brought or s.brought, run_id = excluded.run_id
    where excluded.mapping <> '' and (s.run_id < excluded.run_id or s.mapping = '')),
creates as materialized (
    select c.ordinal, c.from_id, c.to_id, c.state, format('%s record %s was merged into %s in HubSpot', $7::text, m.old, m.now) as message
    from to_merge m join assocd.change c on c.to_id = m.old
    where c.run_id = $1::bigint and c.operation = 'create' and c.state in ('planned', 'reported')),
skipped as materialized (
    select assocd.move_changes($1::bigint, 'create', array_agg(ordinal), '{planned}', 'skipped', array_agg(message))
    from creates where state = 'planned' having count(*) > 0),
-- On the left of an outer join, so that both are done whatever the plan.
done as materialized (select count(*) from (select 1 from archives union all select 1 from skipped) d)
insert into assocd.reject (sync, origin, from_id, to_id, category, message, first_run_id, last_run_id)
select distinct on (from_id, to_id) $2, 'source', from_id::text, to_id::text, 'merged',
    message || '; the source must name that one', $1::bigint, $1::bigint
from (select c.* from done left join (
        select * from creates
        where not exists (select from assocd.run where run_id = $1::bigint and undoes is not null)) c on true offset 0) c
where from_id is not null
order by from_id, to_id
on conflict (sync, origin, quote_nullable(from_id), quote_nullable(to_id), quote_nullable(type)) do update
set last_seen = clock_timestamp(), last_run_id = excluded.last_run_id, attempts = assocd.reject.attempts + 1,
    category = excluded.category, message = excluded.message
returning message
