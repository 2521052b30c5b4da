-- May one search go to HubSpot now?
select granted, wait_ms, why from assocd.take_search($1, $2::integer, $3::bigint, $4)
