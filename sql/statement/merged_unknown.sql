-- Archives that might be about a merge are left out of the plan, because HubSpot does not tell about a record ($2): they are
-- towards it, or their from-record is to be linked to it, so that they may be towards what it was merged into.
update assocd.change c set state = 'skipped', message = 'HubSpot does not tell whether the record was deleted or merged'
where c.run_id = $1::bigint and c.operation = 'archive' and c.state = 'planned' and (c.to_id = any ($2::bigint[])
    or c.from_id in (select k.from_id from assocd.change k
        where k.run_id = $1::bigint and k.operation = 'create' and k.to_id = any ($2::bigint[])))
returning c.to_id
