-- Records whose reading HubSpot refused, and whether their time to be tried again has not come.
select assocd.record_id(from_id), retry_at > clock_timestamp() from assocd.reject
where sync = $1 and origin = 'hubspot' and operation = 'read' order by 1
