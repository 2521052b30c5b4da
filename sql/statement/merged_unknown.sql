-- Archives that might be about a merge are left out of the plan, because HubSpot does not tell about a record: they are
-- towards it ($2), or their from-record is to be linked to it, so that they may be towards what it was merged into. Of
-- from-records ($4): others added what such a one is known to have, so that it may have come from it. $3: both object
-- types are one, and each end of a link may be either. So are creates towards such a to-record ($6): the create might wipe a
-- label of the record that it was merged into.
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
    from (select distinct place from doubtful) d having count(*) > 0),
creates as (
    select c.ordinal as place, c.to_id from assocd.change c
    where c.run_id = $1::bigint and c.ordinal > 0 and c.operation = 'create' and c.state = 'planned' and c.to_id = any ($6::bigint[])),
waiting as materialized (
    select assocd.move_changes($1::bigint, 'create', array_agg(place), '{planned}', 'skipped',
        array_agg('HubSpot does not tell whether the record was deleted or merged'::text))
    from creates having count(*) > 0),
done as materialized (select count(*) as parts from (select 1 from skipped union all select 1 from waiting) d)
select c.to_id
from (select distinct place, to_id from doubtful union all select place, to_id from creates) c, done where done.parts > 0
