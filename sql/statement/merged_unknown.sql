-- Archives that might be about a merge are left out of the plan, because HubSpot does not tell about a record: they are
-- towards it ($2), or their from-record is to be linked to it, so that they may be towards what it was merged into. Of
-- from-records ($4): others added what such a one is known to have, so that it may have come from it. $3: both object
-- types are one, and each end of a link may be either.
with owned as (
    select o.from_id, o.to_id from assocd.managed o
    where o.sync = $5 and (o.from_id = any ($4::bigint[]) or $3::boolean and o.to_id = any ($2::bigint[]))),
linked as (
    select k.from_id, k.to_id from assocd.change k
    where k.run_id = $1::bigint and k.ordinal > 0 and k.operation = 'create' and (k.to_id = any ($2::bigint[]) or k.from_id = any ($4::bigint[]))),
ends as (
    select c.ordinal as place, c.to_id, c.reason, e.* from assocd.change c, lateral (
        values (c.from_id, c.to_id, false), (c.to_id, c.from_id, true)) as e(near, far, turned)
    where c.run_id = $1::bigint and c.ordinal > 0 and c.operation = 'archive' and c.state = 'planned' and ($3::boolean or not e.turned)),
doubtful as (
    select e.place, e.to_id from ends e
    where e.far = any ($2::bigint[]) or e.near in (select from_id from linked where to_id = any ($2::bigint[]))
        or e.turned and e.near in (select from_id from owned where to_id = any ($2::bigint[]))
        or e.reason = 'drift_added' and e.far in (
            select to_id from linked where from_id = any ($4::bigint[]) union select to_id from owned where from_id = any ($4::bigint[]))),
skipped as materialized (
    select assocd.move_changes($1::bigint, 'archive', array_agg(place), '{planned}', 'skipped',
        array_agg('HubSpot does not tell whether the record was deleted or merged'::text))
    from (select distinct place from doubtful) d having count(*) > 0)
select c.to_id from (select distinct place, to_id from doubtful) c, (select count(*) from skipped) s
