-- The keys that mean a record ($4).
select k.key from assocd.record_key k join assocd.portal p on p.portal_id = k.portal_id
where p.portal = $1 and k.object = $2 and k.property = $3 and k.record_id = $4::bigint and k.outcome = 'resolved'
order by k.key limit 1000
