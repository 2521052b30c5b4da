-- Changes of records that were deleted or merged in HubSpot are left out of the plan.
update assocd.change set state = 'skipped', message = 'the record was deleted or merged in HubSpot'
where run_id = $1::bigint and from_id = any($2::bigint[]) and state = 'planned'
