-- HubSpot asked the account to wait.
select assocd.hold_permits($1, $2, $3::bigint, $4)
