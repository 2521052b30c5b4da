-- Which record of an object type ($2) of a portal's account has a key, as HubSpot said last; which ones, if several have
-- it (the first ten).
select k.outcome, k.record_id, to_char(k.checked_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'),
    array_to_string(k.ids[1:10], ', ') || case when k.more or cardinality(k.ids) > 10 then ', …' else '' end
from assocd.record_key k join assocd.portal p on p.portal_id = k.portal_id
where p.portal = $1 and k.object = $2 and k.property = $3 and k.key = $4
