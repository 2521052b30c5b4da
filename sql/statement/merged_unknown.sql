-- Archives towards records that HubSpot does not tell about are left out of the plan.
update assocd.change set state = 'skipped', message = 'HubSpot does not tell whether the record was deleted or merged'
where run_id = $1::bigint and operation = 'archive' and state = 'planned' and to_id = any ($2::bigint[])
returning to_id
